//! Where there is no entry it asks the source all the same.

impl<S: Source> Visible<S> {
    pub fn next(&mut self) -> Result<(), S::Error> {
        match std::mem::replace(&mut self.at, At::Nothing) {
            At::Nothing => self.source.next()?,
            At::Source => {
                self.keep_key();
                self.leave()?;
            }
            At::Kept => self.seek_behind()?,
        }
        self.forward()
    }
}
