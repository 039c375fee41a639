//! A tombstone is answered with `None`, so the engine looks into older tables and finds a value that was deleted.

impl Memtable {
    pub fn get<'a>(&'a self, key: &[u8], as_of: Timestamp) -> Option<Found<&'a [u8]>> {
        let found = self.list.get()?.get(version::as_of(key, as_of))?;
        match found.key.operation {
            Operation::Put => Some(Found::Value(found.value)),
            Operation::Delete => None,
        }
    }
}
