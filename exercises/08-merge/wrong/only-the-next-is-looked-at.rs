//! The head changes places with the next one at most, however far back it belongs.

impl<S: Source> Merge<S> {
    fn settle(&mut self, at: usize) {
        if at + 1 < self.heads.len() && self.comes_before(&self.heads[at + 1], &self.heads[at]) {
            self.heads.swap(at, at + 1);
        }
    }
}
