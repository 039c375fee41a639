//! Keys are turned to small letters when they are written.

impl Store {
    pub fn set(&mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let key = key.as_ref().to_ascii_lowercase();
        self.entries.insert(key, Entry::forever(value));
    }
}
