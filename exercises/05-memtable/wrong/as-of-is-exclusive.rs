//! A reader does not see the version with exactly its timestamp.

impl Memtable {
    pub fn get<'a>(&'a self, key: &[u8], as_of: Timestamp) -> Option<Found<&'a [u8]>> {
        let found = self
            .list
            .get()?
            .get(version::as_of(key, Timestamp(as_of.0.checked_sub(1)?)))?;
        Some(match found.key.operation {
            Operation::Put => Found::Value(found.value),
            Operation::Delete => Found::Deleted,
        })
    }
}
