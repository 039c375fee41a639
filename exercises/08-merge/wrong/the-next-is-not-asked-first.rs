//! Searches the whole list at once, also where the head only has to stay where it is.

impl<S: Source> Merge<S> {
    fn settle(&mut self, at: usize) {
        let head = self.heads[at];
        let behind = &self.heads[at + 1..];
        let passed = behind.partition_point(|other| self.comes_before(other, &head));
        self.heads.copy_within(at + 1..=at + passed, at);
        self.heads[at + passed] = head;
    }
}
