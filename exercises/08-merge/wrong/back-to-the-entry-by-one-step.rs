//! Takes one step from before the entry, and trusts that it leads there.

impl<S: Source> Visible<S> {
    pub fn next(&mut self) -> Result<(), S::Error> {
        match std::mem::replace(&mut self.at, At::Nothing) {
            At::Nothing => return Ok(()),
            At::Source => self.keep_key(),
            At::Kept if self.source.is_valid() => self.source.next()?,
            At::Kept => self.source.seek_to_first()?,
        }
        self.leave()?;
        self.forward()
    }
}
