//! The writer still believes that there is something to clean up, and removes the finished
//! table when it is dropped.

impl Writer {
    fn publish(&mut self) -> Result<()> {
        let fs = &*self.environment.fs;
        let (unfinished, path) = (self.name.unfinished(), &self.name.path);
        self.file.sync_data().context("sync", &unfinished)?;
        fs.rename(&unfinished, path)
            .context("rename", &unfinished)?;
        self.path = Some(path.clone());
        fs.sync_dir(&self.directory)
            .context("sync", &self.directory)?;
        Ok(())
    }
}
