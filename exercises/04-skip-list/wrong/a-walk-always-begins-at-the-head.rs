//! Forgets where it was told to begin.

impl SkipList {
    pub(crate) fn walk<'a>(
        &'a self,
        mut before: Node<'a>,
        level: usize,
        target: &Target<'_>,
        known: Link,
    ) -> (Node<'a>, Link) {
        before = self.head();
        loop {
            let link = before.next(level);
            if link == known || !self.leads_before(link, target) {
                return (before, link);
            }
            match self.follow(link) {
                Some(next) => before = next,
                None => return (before, link),
            }
        }
    }
}
