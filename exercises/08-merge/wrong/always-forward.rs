//! Steps forward, also on the way back.

impl<S: Source> Merge<S> {
    fn step(&mut self, at: usize) -> Result<(), S::Error> {
        let number = self.heads[at].source;
        let source = &mut self.sources[number];
        let moved = source.next();
        if moved.is_err() {
            self.heads.clear();
        } else if !source.is_valid() {
            self.heads.remove(at);
        } else if self.heads.len() > 1 {
            self.heads[at] = Head::new(number, source.key());
            self.settle(at);
        }
        moved
    }
}
