//! The edit does not say up to which timestamp everything is in tables, so it is replayed once
//! more, and time goes back if the log is empty.

impl Engine {
    pub(crate) fn flush_memory(&self, memory: &Memory, log_start: Position) -> Result<()> {
        let number = self.next_number()?;
        let meta = self.tables.write(&memory.table, number)?;
        let edit = Edit::new().log_start(log_start.0).add(0, meta);
        self.commit_edit(&edit, SuperVersion::flushed)
    }
}
