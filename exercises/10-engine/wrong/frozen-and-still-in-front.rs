//! The memtable is ended, and no new one takes the writes.

impl Engine {
    pub(crate) fn freeze_with(&self, log: &mut Log) -> Result<bool> {
        log.writer()?;
        if self.shared.parts(&pin()).memory.table.is_empty() {
            return Ok(false);
        }
        self.shared.parts(&pin()).memory.table.freeze();
        Ok(true)
    }
}
