//! What is replayed need not come right after what is in the tables. If the manifest has lost the
//! edit that took in a table, nobody misses the table's batch.
//!
//! origin: this engine, until it compared the timestamps
//! package: ferrisdb-engine
//! caught by: rot, 1000000

impl Replay {
    fn write(&mut self, timestamp: Timestamp, batch: &Batch) -> Result<()> {
        let memory = &self.parts.memory;
        if let Some(next) = memory.write(timestamp, batch, self.log_start, &self.options)? {
            self.parts = self.parts.with_memory(next);
        }
        Ok(())
    }
}
