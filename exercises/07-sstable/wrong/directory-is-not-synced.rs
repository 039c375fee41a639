//! The new name is never made durable, so a finished table can be gone after a power cut.

impl Writer {
    fn publish(&mut self) -> Result<()> {
        let fs = &*self.environment.fs;
        let (unfinished, path) = (self.name.unfinished(), &self.name.path);
        self.file.sync_data().context("sync", &unfinished)?;
        fs.rename(&unfinished, path)
            .context("rename", &unfinished)?;
        self.path = None;
        Ok(())
    }
}
