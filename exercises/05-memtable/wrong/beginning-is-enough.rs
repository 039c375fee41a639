//! A key that only begins like the one asked for is taken for it.

impl Memtable {
    pub fn get<'a>(&'a self, key: &[u8], as_of: Timestamp) -> Option<Found<&'a [u8]>> {
        let mut cursor = self.list.get()?.cursor();
        cursor.seek(version::as_of(key, as_of));
        let found = cursor.current()?;
        if !found.key.user_key.starts_with(key) {
            return None;
        }
        Some(match found.key.operation {
            Operation::Put => Found::Value(found.value),
            Operation::Delete => Found::Deleted,
        })
    }
}
