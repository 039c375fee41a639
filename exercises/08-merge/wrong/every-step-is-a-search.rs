//! Searches for the next key, also where it is one step away.

impl<S: Source> Visible<S> {
    pub fn next(&mut self) -> Result<(), S::Error> {
        match std::mem::replace(&mut self.at, At::Nothing) {
            At::Nothing => return Ok(()),
            At::Source => self.keep_key(),
            At::Kept => {}
        }
        self.seek_behind()?;
        self.forward()
    }
}
