//! Looks through the list from its beginning, one head after the other.

impl<S: Source> Merge<S> {
    fn settle(&mut self, at: usize) {
        let mut at = at;
        while at + 1 < self.heads.len() && self.comes_before(&self.heads[at + 1], &self.heads[at]) {
            self.heads.swap(at, at + 1);
            at += 1;
        }
    }
}
