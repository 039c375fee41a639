//! A failed write or sync is reported and forgotten: the writer goes on as if nothing had
//! happened.

impl Writer {
    fn attempt<T>(&mut self, action: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.failed {
            return Err(Error::WriterFailed);
        }
        action(self)
    }
}
