//! An empty value is taken for a tombstone.

impl Memtable {
    pub fn get<'a>(&'a self, key: &[u8], as_of: Timestamp) -> Option<Found<&'a [u8]>> {
        let found = self.list.get()?.get(version::as_of(key, as_of))?;
        if found.value.is_empty() {
            return Some(Found::Deleted);
        }
        Some(Found::Value(found.value))
    }
}
