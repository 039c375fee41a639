//! Searches each source for the entry, where a step would do.

impl Direction {
    fn turn<S: Source>(self, source: &mut S, entry: InternalKey<'_>) -> Result<(), S::Error> {
        match self {
            Self::Forward => source.seek(entry)?,
            Self::Backward => source.seek_for_prev(entry)?,
        }
        while source.is_valid() && self.see(order(source.key(), entry)).is_le() {
            self.step(source)?;
        }
        Ok(())
    }
}
