//! Closing leaves a mark behind and does not sync it, so a power cut takes the protection
//! away.

impl Writer {
    pub fn close(mut self) -> Result<()> {
        self.sync(SyncMode::Data)?;
        if self.mark < self.batch_end {
            self.append_mark()?;
        }
        self.attempt(|writer| writer.current.trim())?;
        if self.options.spares_max > 0 {
            recycle::remove_leftovers(&*self.environment.fs, &self.directory, &[])?;
        }
        Ok(())
    }
}
