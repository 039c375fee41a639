//! Only the newest version of a key counts for the size of a table.

impl Split {
    pub fn before(&mut self, key: InternalKey<'_>, value: &[u8]) -> bool {
        while let Some(table) = self.below.get(self.passed)
            && KeyRange::of(table).last < key.user_key
        {
            // A table that lies wholly before the first key is none of ours.
            if !self.is_empty {
                self.overlap += table.size;
            }
            self.passed += 1;
        }
        let is_full = self.size >= self.table_size || self.overlap > self.overlap_max;
        let ends = !self.is_empty && is_full && self.last != key.user_key;
        if ends {
            (self.size, self.overlap) = (0, 0);
        }
        if self.is_empty || self.last != key.user_key {
            self.size += (key.user_key.len() + value.len()) as u64;
        }
        self.is_empty = false;
        self.last.clear();
        self.last.extend_from_slice(key.user_key);
        ends
    }
}
