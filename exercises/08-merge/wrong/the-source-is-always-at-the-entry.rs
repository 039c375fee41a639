//! Forgets that on the way back the entry lies behind the source.

impl<S: Source> Visible<S> {
    pub fn next(&mut self) -> Result<(), S::Error> {
        match std::mem::replace(&mut self.at, At::Nothing) {
            At::Nothing => return Ok(()),
            At::Source | At::Kept if self.source.is_valid() => {
                self.keep_key();
                self.leave()?;
            }
            At::Source | At::Kept => self.source.seek_to_first()?,
        }
        self.forward()
    }
}
