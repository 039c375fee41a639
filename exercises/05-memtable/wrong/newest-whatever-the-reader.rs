//! Every reader gets the newest version, whatever its timestamp.

impl Memtable {
    pub fn get<'a>(&'a self, key: &[u8], as_of: Timestamp) -> Option<Found<&'a [u8]>> {
        let found = self.list.get()?.get(version::newest(key))?;
        Some(match found.key.operation {
            Operation::Put => Found::Value(found.value),
            Operation::Delete => Found::Deleted,
        })
    }
}
