//! `get` returns whatever is in the map, expired or not.

impl Store {
    pub fn get(&self, key: impl AsRef<[u8]>, now_ms: u64) -> Option<&[u8]> {
        self.entries.get(key.as_ref()).map(Entry::value)
    }
}
