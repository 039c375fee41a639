//! A reader notes as of when it reads, and only then which tables there are. In between, a
//! compaction drops what it should see. Here it lets others run in between, as a busy machine would.
//!
//! origin: reading the newest sequence number before the super-version is taken
//! package: ferrisdb-engine
//! caught by: threads, 60

impl Shared {
    pub(crate) fn get<T>(
        &self,
        key: &[u8],
        as_of: Option<Timestamp>,
        take: impl FnOnce(Value<'_>) -> T,
    ) -> Result<Option<T>> {
        let as_of = self.visible(as_of);
        if as_of.0 % 64 == 0 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let guard = pin();
        let parts = self.parts(&guard);
        for memory in parts.memories() {
            if let Some(found) = memory.table.get(key, as_of) {
                return Ok(found.value().map(|value| take(Value::Memory(value))));
            }
        }
        for table in parts.levels.with_key(key) {
            if let Some(found) = table.get_pinned(key, as_of)? {
                return Ok(found.value().map(|value| take(Value::Block(value))));
            }
        }
        Ok(None)
    }
}
