//! The comparison looks straight into the map, where expired values lie too.

impl Store {
    pub fn compare_and_set(
        &mut self,
        key: impl AsRef<[u8]>,
        expected: Option<&[u8]>,
        new: Entry,
        now_ms: u64,
    ) -> Result<(), Conflict> {
        let key = key.as_ref();
        let actual = self.entries.get(key).map(Entry::value);
        if actual != expected {
            return Err(Conflict {
                actual: actual.map(<[u8]>::to_vec),
            });
        }
        self.entries.insert(key.to_vec(), new);
        Ok(())
    }
}
