//! Takes one step and does not look where it leads. A memtable may have grown in between.

impl Direction {
    fn turn<S: Source>(self, source: &mut S, entry: InternalKey<'_>) -> Result<(), S::Error> {
        if source.is_valid() {
            self.step(source)
        } else {
            self.start(source)
        }
    }
}
