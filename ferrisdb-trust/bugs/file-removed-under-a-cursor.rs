//! The files of a compaction's inputs are removed although a cursor still reads them.
//!
//! origin: engines that count references of the newest version only
//! package: ferrisdb-engine
//! caught by: lockstep, 20000

impl Shared {
    pub(crate) fn take_obsolete(&self) -> Vec<u64> {
        let mut pins = lock(&self.pins);
        std::mem::take(&mut pins.dropped).into_iter().collect()
    }
}
