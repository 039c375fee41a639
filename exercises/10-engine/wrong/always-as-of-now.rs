//! Everybody reads as of now, also who asked for an earlier timestamp.

impl Shared {
    pub(crate) fn get<T>(
        &self,
        key: &[u8],
        as_of: Option<Timestamp>,
        take: impl FnOnce(Value<'_>) -> T,
    ) -> Result<Option<T>> {
        let guard = pin();
        let parts = self.parts(&guard);
        let as_of = self.published();
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
