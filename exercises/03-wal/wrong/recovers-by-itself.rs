//! The writer refuses one call after a failure and then goes on.

impl Writer {
    fn attempt<T>(&mut self, action: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.failed {
            self.failed = false;
            return Err(Error::WriterFailed);
        }
        let result = action(self);
        self.failed = result.is_err();
        result
    }
}
