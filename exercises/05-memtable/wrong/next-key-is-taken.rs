//! The place where the search ends is taken for the key, although it may belong to the next one.

impl Memtable {
    pub fn get<'a>(&'a self, key: &[u8], as_of: Timestamp) -> Option<Found<&'a [u8]>> {
        let mut cursor = self.list.get()?.cursor();
        cursor.seek(version::as_of(key, as_of));
        let found = cursor.current()?;
        Some(match found.key.operation {
            Operation::Put => Found::Value(found.value),
            Operation::Delete => Found::Deleted,
        })
    }
}
