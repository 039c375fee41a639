//! The first step may fail; the next ones may not, and their errors are lost.

impl Direction {
    fn turn<S: Source>(self, source: &mut S, entry: InternalKey<'_>) -> Result<(), S::Error> {
        if source.is_valid() {
            let _ = self.step(source);
        } else {
            let _ = self.start(source);
        }
        while source.is_valid() && self.see(order(source.key(), entry)).is_le() {
            self.step(source)?;
        }
        Ok(())
    }
}
