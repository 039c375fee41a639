//! Compares what was noted of the keys, and not the keys.

impl<S: Source> Merge<S> {
    fn settle(&mut self, at: usize) {
        let head = self.heads[at];
        let comes_before = |other: &Head| match self.direction.see(
            (other.prefix, std::cmp::Reverse(other.timestamp))
                .cmp(&(head.prefix, std::cmp::Reverse(head.timestamp))),
        ) {
            Ordering::Equal => other.source < head.source,
            unequal => unequal.is_lt(),
        };
        let passed = self.heads[at + 1..].partition_point(comes_before);
        self.heads.copy_within(at + 1..=at + passed, at);
        self.heads[at + passed] = head;
    }
}
