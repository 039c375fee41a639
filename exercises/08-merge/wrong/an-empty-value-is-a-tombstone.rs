//! Takes an entry without a value for a deleted one.

impl<S: Source> Visible<S> {
    fn forward(&mut self) -> Result<(), S::Error> {
        while self.source.is_valid() {
            let is_too_new = self.source.key().timestamp > self.as_of;
            if !is_too_new && !self.source.value().is_empty() {
                self.at = At::Source;
                return Ok(());
            }
            self.keep_key();
            if is_too_new {
                self.skip_too_new()?;
            } else {
                self.leave()?;
            }
        }
        Ok(())
    }
}
