//! After the rename the writer still knows the file by its old name, so what it removes after
//! a failure is not there.

impl Writer {
    fn publish(&mut self) -> Result<()> {
        let fs = &*self.environment.fs;
        let (unfinished, path) = (self.name.unfinished(), &self.name.path);
        self.file.sync_data().context("sync", &unfinished)?;
        fs.rename(&unfinished, path)
            .context("rename", &unfinished)?;
        fs.sync_dir(&self.directory)
            .context("sync", &self.directory)?;
        self.path = None;
        Ok(())
    }
}
