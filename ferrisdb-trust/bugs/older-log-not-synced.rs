//! A sync covers the newest segment of the log alone: after a power cut the older ones, whose
//! batches were acknowledged before, may be gone.
//!
//! origin: leveldb #193
//! package: ferrisdb-wal
//! caught by: powercut, 200000

impl Writer {
    fn sync_all(&mut self, mode: SyncMode) -> Result<()> {
        let end = self.current.end();
        if mode == SyncMode::None || self.durable == end {
            return Ok(());
        }
        self.unsynced.clear();
        if self.names_unsynced {
            self.environment
                .fs
                .sync_dir(&self.directory)
                .context("sync", &self.directory)?;
            self.names_unsynced = false;
        }
        self.current.sync(mode)?;
        self.durable = end;
        Ok(())
    }
}
