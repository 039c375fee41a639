//! A new segment is synced, but not the directory: after a power cut the bytes are on the disk, and
//! no name leads to them.
//!
//! origin: Pillai et al., "All file systems are not created equal", 2014, found it in several
//! package: ferrisdb-wal
//! caught by: powercut, 50000

impl Writer {
    fn sync_all(&mut self, mode: SyncMode) -> Result<()> {
        let end = self.current.end();
        if mode == SyncMode::None || self.durable == end {
            return Ok(());
        }
        for segment in self.unsynced.drain(..) {
            segment.sync(mode)?;
        }
        self.current.sync(mode)?;
        self.durable = end;
        Ok(())
    }
}
