//! The file gets its name first and is synced then, so a power cut in between leaves half a
//! table under the name of a whole one.

impl Writer {
    fn publish(&mut self) -> Result<()> {
        let fs = &*self.environment.fs;
        let (unfinished, path) = (self.name.unfinished(), &self.name.path);
        fs.rename(&unfinished, path)
            .context("rename", &unfinished)?;
        self.path = Some(path.clone());
        self.file.sync_data().context("sync", &unfinished)?;
        fs.sync_dir(&self.directory)
            .context("sync", &self.directory)?;
        self.path = None;
        Ok(())
    }
}
