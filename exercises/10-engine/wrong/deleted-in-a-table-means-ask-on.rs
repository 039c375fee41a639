//! A tombstone in a table counts as not found; those in memtables are obeyed.

impl Shared {
    pub(crate) fn get<T>(
        &self,
        key: &[u8],
        as_of: Option<Timestamp>,
        take: impl FnOnce(Value<'_>) -> T,
    ) -> Result<Option<T>> {
        let guard = pin();
        let parts = self.parts(&guard);
        let as_of = self.visible(as_of);
        for memory in parts.memories() {
            if let Some(found) = memory.table.get(key, as_of) {
                return Ok(found.value().map(|value| take(Value::Memory(value))));
            }
        }
        for table in parts.levels.with_key(key) {
            if let Some(value) = table
                .get_pinned(key, as_of)?
                .and_then(|found| found.value())
            {
                return Ok(Some(take(Value::Block(value))));
            }
        }
        Ok(None)
    }
}
