//! The search passes the table whose largest key is the one sought.
//!
//! origin: off by one in the binary search over the boundaries of files
//! package: ferrisdb-sstable
//! caught by: lockstep, 20000

impl Table {
    pub fn overlaps(&self, first: &[u8], last: &[u8]) -> bool {
        let Properties {
            entries,
            smallest_key,
            largest_key,
            ..
        } = &self.properties;
        *entries > 0 && &**smallest_key <= last && first < &**largest_key
    }
}
