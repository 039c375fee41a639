//! A table gets a number that another had whose blocks still lie in the cache.
//!
//! origin: block caches that name blocks by the number of their file, and reuse that
//! package: ferrisdb-sstable
//! caught by: lockstep, 20000

impl Cache {
    pub(crate) fn next_table(&self) -> u64 {
        self.next_table.fetch_add(1, Ordering::Relaxed) % 8
    }
}
