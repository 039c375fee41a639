//! A source that had come to its end is not brought back.

impl Direction {
    fn turn<S: Source>(self, source: &mut S, entry: InternalKey<'_>) -> Result<(), S::Error> {
        self.step(source)?;
        while source.is_valid() && self.see(order(source.key(), entry)).is_le() {
            self.step(source)?;
        }
        Ok(())
    }
}
