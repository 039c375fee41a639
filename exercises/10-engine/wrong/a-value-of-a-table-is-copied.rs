//! A value that lies in a block is handed on as if it lay in the memtable, so that it is copied.

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
            if let Some(found) = table.get_pinned(key, as_of)? {
                return Ok(found.value().map(|value| take(Value::Memory(&value))));
            }
        }
        Ok(None)
    }
}
