//! The log is let go before the edit is durable. A crash in between loses what was flushed.

impl Engine {
    pub(crate) fn flush_memory(&self, memory: &Memory, log_start: Position) -> Result<()> {
        let number = self.next_number()?;
        let meta = self.tables.write(&memory.table, number)?;
        let edit = Edit::new()
            .log_start(log_start.0)
            .last_timestamp(meta.largest_timestamp)
            .add(0, meta);
        if let Some(mut log) = self.queue.try_turn() {
            self.retire(&mut log, log_start)?;
        }
        self.commit_edit(&edit, SuperVersion::flushed)
    }
}
