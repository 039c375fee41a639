//! A sync that fails is ignored, and the file gets its name all the same.

impl Writer {
    fn publish(&mut self) -> Result<()> {
        let fs = &*self.environment.fs;
        let (unfinished, path) = (self.name.unfinished(), &self.name.path);
        let _ = self.file.sync_data();
        fs.rename(&unfinished, path)
            .context("rename", &unfinished)?;
        self.path = Some(path.clone());
        fs.sync_dir(&self.directory)
            .context("sync", &self.directory)?;
        self.path = None;
        Ok(())
    }
}
