//! The table is one edit and the log's start another: two syncs where one is enough.

impl Engine {
    pub(crate) fn flush_memory(&self, memory: &Memory, log_start: Position) -> Result<()> {
        let number = self.next_number()?;
        let meta = self.tables.write(&memory.table, number)?;
        let edit = Edit::new()
            .last_timestamp(meta.largest_timestamp)
            .add(0, meta);
        self.commit_edit(&edit, SuperVersion::flushed)?;
        let edit = Edit::new().log_start(log_start.0);
        self.commit_edit(&edit, SuperVersion::with_levels)
    }
}
