//! The first step may fail; the steps past what has grown may not, and the source drops out in silence.

impl Direction {
    fn turn<S: Source>(self, source: &mut S, entry: InternalKey<'_>) -> Result<(), S::Error> {
        if source.is_valid() {
            self.step(source)?;
        } else {
            self.start(source)?;
        }
        while source.is_valid() && self.see(order(source.key(), entry)).is_le() {
            let _ = self.step(source);
        }
        Ok(())
    }
}
