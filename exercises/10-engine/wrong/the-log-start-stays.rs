//! The edit does not say from where on the log is needed, so the next opening looks for a log
//! that is gone.

impl Engine {
    pub(crate) fn flush_memory(&self, memory: &Memory, log_start: Position) -> Result<()> {
        let number = self.next_number()?;
        let meta = self.tables.write(&memory.table, number)?;
        let edit = Edit::new()
            .last_timestamp(meta.largest_timestamp)
            .add(0, meta);
        self.commit_edit(&edit, SuperVersion::flushed)
    }
}
