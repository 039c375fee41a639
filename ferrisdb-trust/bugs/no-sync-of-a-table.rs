//! A table gets its name, and the manifest names it, but its bytes are not on the disk: after a
//! compaction the tables that held them are gone.
//!
//! origin: surrealkv #390
//! package: ferrisdb-sstable
//! caught by: powercut, 50000

impl Writer {
    fn publish(&mut self) -> Result<()> {
        let fs = &*self.environment.fs;
        let (unfinished, path) = (self.name.unfinished(), &self.name.path);
        fs.rename(&unfinished, path)
            .context("rename", &unfinished)?;
        self.path = Some(path.clone());
        fs.sync_dir(&self.directory)
            .context("sync", &self.directory)?;
        self.path = None;
        Ok(())
    }
}
