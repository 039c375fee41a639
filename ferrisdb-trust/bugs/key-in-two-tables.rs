//! The versions of a key are split between two tables of a level. The next compaction takes only
//! the one with the newer versions down, and the older ones hide them.
//!
//! origin: leveldb #320
//! package: ferrisdb-compaction
//! caught by: lockstep, 20000

impl Split {
    pub fn before(&mut self, key: InternalKey<'_>, value: &[u8]) -> bool {
        while let Some(table) = self.below.get(self.passed)
            && KeyRange::of(table).last < key.user_key
        {
            if !self.is_empty {
                self.overlap += table.size;
            }
            self.passed += 1;
        }
        let is_full = self.size >= self.table_size || self.overlap > self.overlap_max;
        let ends = !self.is_empty && is_full;
        if ends {
            (self.size, self.overlap) = (0, 0);
        }
        self.size += (key.user_key.len() + value.len()) as u64;
        self.is_empty = false;
        self.last.clear();
        self.last.extend_from_slice(key.user_key);
        ends
    }
}
