//! Asks first whether the link leads before the target.

impl SkipList {
    pub(crate) fn walk<'a>(
        &'a self,
        mut before: Node<'a>,
        level: usize,
        target: &Target<'_>,
        known: Link,
    ) -> (Node<'a>, Link) {
        loop {
            let link = before.next(level);
            if !self.leads_before(link, target) || link == known {
                return (before, link);
            }
            match self.follow(link) {
                Some(next) => before = next,
                None => return (before, link),
            }
        }
    }
}
