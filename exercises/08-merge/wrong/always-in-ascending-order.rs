//! The list ascends also on the way back, where the largest version comes first.

impl<S: Source> Merge<S> {
    fn settle(&mut self, at: usize) {
        let head = self.heads[at];
        let behind = &self.heads[at + 1..];
        let Some((next, others)) = behind.split_first() else {
            return;
        };
        let comes_before = |left: &Head, right: &Head| {
            order(
                self.sources[left.source].key(),
                self.sources[right.source].key(),
            )
            .then(left.source.cmp(&right.source))
            .is_lt()
        };
        if comes_before(&head, next) {
            return;
        }
        let passed = 1 + others.partition_point(|other| comes_before(other, &head));
        self.heads.copy_within(at + 1..=at + passed, at);
        self.heads[at + passed] = head;
    }
}
