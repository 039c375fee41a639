//! The timestamp is loaded before the parts. In between, a compaction may drop what a reader as
//! of then has to see.

impl Shared {
    pub(crate) fn get<T>(
        &self,
        key: &[u8],
        as_of: Option<Timestamp>,
        take: impl FnOnce(Value<'_>) -> T,
    ) -> Result<Option<T>> {
        let as_of = self.visible(as_of);
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
