//! An empty memtable is frozen too, and makes a table without entries, which begins and ends
//! nowhere.
//!
//! origin: horaedb #394
//! package: ferrisdb-engine
//! caught by: lockstep, 20000

impl Engine {
    pub(crate) fn freeze_with(&self, log: &mut Log) -> Result<bool> {
        let log_start = log.writer()?.end();
        let memory = Memory::new(&self.options, log_start);
        self.shared.change(|parts| parts.with_memory(memory));
        Ok(true)
    }
}
