//! A source that failed is at no version, and is taken for one that came to its end.

impl<S: Source> Merge<S> {
    fn step(&mut self, at: usize) -> Result<(), S::Error> {
        let number = self.heads[at].source;
        let source = &mut self.sources[number];
        let _ = self.direction.step(source);
        if !source.is_valid() {
            self.heads.remove(at);
        } else if self.heads.len() > 1 {
            self.heads[at] = Head::new(number, source.key());
            self.settle(at);
        }
        Ok(())
    }
}
