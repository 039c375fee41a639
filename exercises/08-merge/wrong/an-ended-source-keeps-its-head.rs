//! A source that came to its end stays in the list.

impl<S: Source> Merge<S> {
    fn step(&mut self, at: usize) -> Result<(), S::Error> {
        let number = self.heads[at].source;
        let source = &mut self.sources[number];
        let moved = self.direction.step(source);
        if moved.is_err() {
            self.heads.clear();
        } else if source.is_valid() && self.heads.len() > 1 {
            self.heads[at] = Head::new(number, source.key());
            self.settle(at);
        }
        moved
    }
}
