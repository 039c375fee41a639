//! `or_insert` writes only where nothing stands yet.

impl Store {
    pub fn set(&mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.entries
            .entry(key.as_ref().to_vec())
            .or_insert(Entry::forever(value));
    }
}
