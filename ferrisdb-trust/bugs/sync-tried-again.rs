//! A sync that failed is tried again, and succeeds: the operating system has given the bytes up
//! that it could not write, and takes the file for clean.
//!
//! origin: PostgreSQL, 2018 ("fsyncgate")
//! package: ferrisdb-wal
//! caught by: faults, 20000

impl Segment {
    pub(crate) fn sync(&self, mode: SyncMode) -> Result<()> {
        let sync = || match mode {
            SyncMode::None => Ok(()),
            SyncMode::Data => self.file.sync_data(),
            SyncMode::Full => self.file.sync(),
        };
        sync().or_else(|_| sync()).context("sync", &self.path)?;
        Ok(())
    }
}
