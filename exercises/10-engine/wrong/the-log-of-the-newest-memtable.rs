//! The edit says that the log is needed from where the newest memtable begins. Others that are
//! not flushed yet lie before that.

impl Engine {
    pub(crate) fn flush_memory(&self, memory: &Memory, log_start: Position) -> Result<()> {
        let log_start = self.shared.parts(&pin()).memory.log_start.max(log_start);
        let number = self.next_number()?;
        let meta = self.tables.write(&memory.table, number)?;
        let edit = Edit::new()
            .log_start(log_start.0)
            .last_timestamp(meta.largest_timestamp)
            .add(0, meta);
        self.commit_edit(&edit, SuperVersion::flushed)
    }
}
