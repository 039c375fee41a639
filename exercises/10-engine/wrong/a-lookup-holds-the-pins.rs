//! A lookup holds the lock of the pins, so a reader that waits for the disk stops everybody.

impl Shared {
    pub(crate) fn get<T>(
        &self,
        key: &[u8],
        as_of: Option<Timestamp>,
        take: impl FnOnce(Value<'_>) -> T,
    ) -> Result<Option<T>> {
        let _pins = lock(&self.pins);
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
                return Ok(found.value().map(|value| take(Value::Block(value))));
            }
        }
        Ok(None)
    }
}
