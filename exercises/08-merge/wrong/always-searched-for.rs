//! Searches for the next version at once, also where it is one step away.

impl<S: Source> Visible<S> {
    fn forward(&mut self) -> Result<(), S::Error> {
        while self.source.is_valid() {
            let key = self.source.key();
            let (is_too_new, operation) = (key.timestamp > self.as_of, key.operation);
            if !is_too_new && operation == Operation::Put {
                self.at = At::Source;
                return Ok(());
            }
            self.keep_key();
            if is_too_new {
                self.source.seek(version(&self.key, self.as_of))?;
            } else {
                self.seek_behind()?;
            }
        }
        Ok(())
    }
}
