//! A reader as of the largest timestamp is taken for one that reads just before it.

impl Memtable {
    pub fn get<'a>(&'a self, key: &[u8], as_of: Timestamp) -> Option<Found<&'a [u8]>> {
        // Where the newest version would lie is taken for a place that no version has.
        let as_of = as_of.min(Timestamp(u64::MAX - 1));
        let found = self.list.get()?.get(version::as_of(key, as_of))?;
        Some(match found.key.operation {
            Operation::Put => Found::Value(found.value),
            Operation::Delete => Found::Deleted,
        })
    }
}
