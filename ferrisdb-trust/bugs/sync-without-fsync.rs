//! A sync hands everything to the operating system, and does not ask it to write.
//!
//! origin: engines whose "sync" is a flush of their own buffer
//! package: ferrisdb-wal
//! caught by: powercut, 50000

impl Segment {
    pub(crate) fn sync(&self, mode: SyncMode) -> Result<()> {
        let _ = mode;
        Ok(())
    }
}
