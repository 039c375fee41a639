//! An empty memtable is set aside as well, and becomes a table that begins and ends nowhere.

impl Engine {
    pub(crate) fn freeze_with(&self, log: &mut Log) -> Result<bool> {
        let log_start = log.writer()?.end();
        let memory = Memory::new(&self.options, log_start);
        self.shared.change(|parts| parts.with_memory(memory));
        Ok(true)
    }
}
