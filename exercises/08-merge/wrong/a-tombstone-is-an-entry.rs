//! Shows deleted keys, with no value.

impl<S: Source> Visible<S> {
    fn forward(&mut self) -> Result<(), S::Error> {
        while self.source.is_valid() {
            if self.source.key().timestamp <= self.as_of {
                self.at = At::Source;
                return Ok(());
            }
            self.keep_key();
            self.skip_too_new()?;
        }
        Ok(())
    }
}
