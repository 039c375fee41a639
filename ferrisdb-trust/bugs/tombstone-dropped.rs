//! A compaction drops a tombstone although an older version of its key lies further down: the key
//! comes back to life.
//!
//! origin: tombstones dropped in any compaction rather than in that of the lowest level
//! package: ferrisdb-compaction
//! caught by: lockstep, 20000

impl Underneath {
    pub fn may_hold(&mut self, user_key: &[u8]) -> bool {
        let _ = user_key;
        false
    }
}
