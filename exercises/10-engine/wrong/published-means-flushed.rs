//! The edit claims that everything that readers see is in tables, also what is in newer
//! memtables.

impl Engine {
    pub(crate) fn flush_memory(&self, memory: &Memory, log_start: Position) -> Result<()> {
        let number = self.next_number()?;
        let meta = self.tables.write(&memory.table, number)?;
        let edit = Edit::new()
            .log_start(log_start.0)
            .last_timestamp(self.published().max(meta.largest_timestamp))
            .add(0, meta);
        self.commit_edit(&edit, SuperVersion::flushed)
    }
}
