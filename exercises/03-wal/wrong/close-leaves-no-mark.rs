//! Closing syncs, and leaves no mark behind the last batch, so later damage to it looks like
//! a torn tail.

impl Writer {
    pub fn close(mut self) -> Result<()> {
        self.sync(SyncMode::Data)?;
        self.attempt(|writer| writer.current.trim())?;
        if self.options.spares_max > 0 {
            recycle::remove_leftovers(&*self.environment.fs, &self.directory, &[])?;
        }
        Ok(())
    }
}
