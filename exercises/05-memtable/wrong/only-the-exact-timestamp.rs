//! Only a version with exactly the timestamp of the reader is found.

impl Memtable {
    pub fn get<'a>(&'a self, key: &[u8], as_of: Timestamp) -> Option<Found<&'a [u8]>> {
        let found = self.list.get()?.get(version::as_of(key, as_of))?;
        if found.key.timestamp != as_of {
            return None;
        }
        Some(match found.key.operation {
            Operation::Put => Found::Value(found.value),
            Operation::Delete => Found::Deleted,
        })
    }
}
