//! The file gets its name without a sync: after a power cut the name is there and the bytes
//! are not.

impl Writer {
    fn publish(&mut self) -> Result<()> {
        let fs = &*self.environment.fs;
        let (unfinished, path) = (self.name.unfinished(), &self.name.path);
        self.file.size().context("sync", &unfinished)?;
        fs.rename(&unfinished, path)
            .context("rename", &unfinished)?;
        self.path = Some(path.clone());
        fs.sync_dir(&self.directory)
            .context("sync", &self.directory)?;
        self.path = None;
        Ok(())
    }
}
