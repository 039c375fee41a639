//! Removes a head in the cheapest way, which puts the last one into its place.

impl<S: Source> Merge<S> {
    fn step(&mut self, at: usize) -> Result<(), S::Error> {
        let number = self.heads[at].source;
        let source = &mut self.sources[number];
        let moved = self.direction.step(source);
        if moved.is_err() {
            self.heads.clear();
        } else if !source.is_valid() {
            self.heads.swap_remove(at);
        } else if self.heads.len() > 1 {
            self.heads[at] = Head::new(number, source.key());
            self.settle(at);
        }
        moved
    }
}
