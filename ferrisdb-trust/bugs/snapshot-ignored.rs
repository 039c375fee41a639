//! A compaction drops what a snapshot still shows.
//!
//! origin: engines that compact without asking which snapshots there are
//! package: ferrisdb-engine
//! caught by: lockstep, 20000

impl Shared {
    pub(crate) fn watermark(&self) -> Timestamp {
        self.published()
    }
}
