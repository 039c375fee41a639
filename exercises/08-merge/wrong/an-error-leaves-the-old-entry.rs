//! Leaves the old entry only when the next one was found.

impl<S: Source> Visible<S> {
    pub fn next(&mut self) -> Result<(), S::Error> {
        match self.at {
            At::Nothing => return Ok(()),
            At::Source => {
                self.keep_key();
                self.leave()?;
            }
            At::Kept => self.seek_behind()?,
        }
        self.at = At::Nothing;
        self.forward()
    }
}
