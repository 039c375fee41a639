//! Setting a key again changes the value and leaves the old expiry in place.

impl Store {
    pub fn set(&mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let key = key.as_ref().to_vec();
        let old_end = self.entries.get(&key).and_then(Entry::expires_at_ms);
        let entry = match old_end {
            Some(end) => Entry::expiring(value, end, 0),
            None => Entry::forever(value),
        };
        self.entries.insert(key, entry);
    }
}
