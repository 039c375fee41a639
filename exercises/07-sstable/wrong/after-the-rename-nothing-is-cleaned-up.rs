//! The writer forgets the file as soon as it is renamed, so a directory that cannot be synced
//! leaves a table behind that was never promised.

impl Writer {
    fn publish(&mut self) -> Result<()> {
        let fs = &*self.environment.fs;
        let (unfinished, path) = (self.name.unfinished(), &self.name.path);
        self.file.sync_data().context("sync", &unfinished)?;
        fs.rename(&unfinished, path)
            .context("rename", &unfinished)?;
        self.path = None;
        fs.sync_dir(&self.directory)
            .context("sync", &self.directory)?;
        self.path = None;
        Ok(())
    }
}
