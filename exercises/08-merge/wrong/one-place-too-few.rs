//! Counts the heads that come before this one only from the second on, and forgets the first.

impl<S: Source> Merge<S> {
    fn settle(&mut self, at: usize) {
        let head = self.heads[at];
        let behind = &self.heads[at + 1..];
        let Some((next, others)) = behind.split_first() else {
            return;
        };
        if self.comes_before(&head, next) {
            return;
        }
        let passed = others.partition_point(|other| self.comes_before(other, &head));
        self.heads.copy_within(at + 1..=at + passed, at);
        self.heads[at + passed] = head;
    }
}
