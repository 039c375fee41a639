//! The manifest does not say up to which timestamp the tables go. A database whose log is empty
//! begins again at the first, and what is written then is hidden by what is old.
//!
//! origin: sequence numbers recovered from the log alone
//! package: ferrisdb-engine
//! caught by: lockstep, 20000

impl Engine {
    pub(crate) fn flush_memory(&self, memory: &Memory, log_start: Position) -> Result<()> {
        let number = self.next_number()?;
        let meta = self.tables.write(&memory.table, number)?;
        let edit = Edit::new().log_start(log_start.0).add(0, meta);
        self.commit_edit(&edit, SuperVersion::flushed)
    }
}
