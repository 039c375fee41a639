//! The directory is synced before the rename, which makes the old name durable and not the
//! new one.

impl Writer {
    fn publish(&mut self) -> Result<()> {
        let fs = &*self.environment.fs;
        let (unfinished, path) = (self.name.unfinished(), &self.name.path);
        self.file.sync_data().context("sync", &unfinished)?;
        fs.sync_dir(&self.directory)
            .context("sync", &self.directory)?;
        fs.rename(&unfinished, path)
            .context("rename", &unfinished)?;
        self.path = None;
        Ok(())
    }
}
