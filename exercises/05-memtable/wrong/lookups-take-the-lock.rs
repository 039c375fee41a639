//! A lookup takes the lock of the writers, so while freeze waits for a large write, readers wait too.

impl Memtable {
    pub fn get<'a>(&'a self, key: &[u8], as_of: Timestamp) -> Option<Found<&'a [u8]>> {
        let _frozen = self.frozen.read().unwrap_or_else(PoisonError::into_inner);
        let found = self.list.get()?.get(version::as_of(key, as_of))?;
        Some(match found.key.operation {
            Operation::Put => Found::Value(found.value),
            Operation::Delete => Found::Deleted,
        })
    }
}
