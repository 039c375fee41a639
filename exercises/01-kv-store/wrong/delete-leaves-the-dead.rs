//! `delete` asks `get` first, so it never removes what has expired.

impl Store {
    pub fn delete(&mut self, key: impl AsRef<[u8]>, now_ms: u64) -> bool {
        if self.get(key.as_ref(), now_ms).is_none() {
            return false;
        }
        self.entries.remove(key.as_ref());
        true
    }
}
