//! Takes one step, and shows an older version of the same key.

impl<S: Source> Visible<S> {
    pub fn next(&mut self) -> Result<(), S::Error> {
        match std::mem::replace(&mut self.at, At::Nothing) {
            At::Nothing => return Ok(()),
            At::Source => self.source.next()?,
            At::Kept => self.seek_behind()?,
        }
        self.forward()
    }
}
