//! Asks about one link and returns another.

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
            if link == known || !self.leads_before(link, target) {
                return (before, before.next(level));
            }
            match self.follow(link) {
                Some(next) => before = next,
                None => return (before, link),
            }
        }
    }
}
