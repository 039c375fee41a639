//! Where there is no entry, it looks for one from where the source happens to be.

impl<S: Source> Visible<S> {
    pub fn next(&mut self) -> Result<(), S::Error> {
        match std::mem::replace(&mut self.at, At::Nothing) {
            At::Nothing => {}
            At::Source => {
                self.keep_key();
                self.leave()?;
            }
            At::Kept => self.seek_behind()?,
        }
        self.forward()
    }
}
