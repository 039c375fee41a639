//! `delete` says true of a key whose value had expired already.

impl Store {
    pub fn delete(&mut self, key: impl AsRef<[u8]>, now_ms: u64) -> bool {
        self.entries.remove(key.as_ref()).is_some()
    }
}
