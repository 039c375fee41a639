//! Leaves a key whose newest version is too new, although an older one is to be shown.

impl<S: Source> Visible<S> {
    fn forward(&mut self) -> Result<(), S::Error> {
        while self.source.is_valid() {
            let key = self.source.key();
            if key.timestamp <= self.as_of && key.operation == Operation::Put {
                self.at = At::Source;
                return Ok(());
            }
            self.keep_key();
            self.leave()?;
        }
        Ok(())
    }
}
