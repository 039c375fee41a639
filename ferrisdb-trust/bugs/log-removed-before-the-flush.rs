//! The log is removed that a memtable needs before its table is on the disk.
//!
//! origin: engines that begin a new log, and remove the old one, when the memtable is full
//! package: ferrisdb-engine
//! caught by: powercut, 50000

impl Engine {
    pub fn flush_oldest(&self) -> Result<Option<u64>> {
        let _one_at_a_time = lock(&self.flushing);
        self.check()?;
        let Some((memory, log_start)) = self.oldest_frozen() else {
            return Ok(None);
        };
        let before = self.tables.written();
        self.retire(&mut self.queue.turn(), log_start)?;
        self.flush_memory(&memory, log_start)?;
        Ok(Some(self.tables.written() - before))
    }
}
