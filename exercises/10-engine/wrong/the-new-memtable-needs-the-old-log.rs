//! The new memtable claims to need the log from where the old one began, so nothing of the log
//! ever goes.

impl Engine {
    pub(crate) fn freeze_with(&self, log: &mut Log) -> Result<bool> {
        log.writer()?;
        let log_start = self.shared.parts(&pin()).memory.log_start;
        if self.shared.parts(&pin()).memory.table.is_empty() {
            return Ok(false);
        }
        let memory = Memory::new(&self.options, log_start);
        self.shared.change(|parts| parts.with_memory(memory));
        Ok(true)
    }
}
