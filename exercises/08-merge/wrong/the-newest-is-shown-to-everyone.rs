//! Does not ask what the reader may see.

impl<S: Source> Visible<S> {
    fn forward(&mut self) -> Result<(), S::Error> {
        while self.source.is_valid() {
            if self.source.key().operation == Operation::Put {
                self.at = At::Source;
                return Ok(());
            }
            self.keep_key();
            self.leave()?;
        }
        Ok(())
    }
}
