//! Puts the head back with what was noted of the version that it has left.

impl<S: Source> Merge<S> {
    fn step(&mut self, at: usize) -> Result<(), S::Error> {
        let number = self.heads[at].source;
        let source = &mut self.sources[number];
        let moved = self.direction.step(source);
        if moved.is_err() {
            self.heads.clear();
        } else if !source.is_valid() {
            self.heads.remove(at);
        } else if self.heads.len() > 1 {
            self.settle(at);
        }
        moved
    }
}
