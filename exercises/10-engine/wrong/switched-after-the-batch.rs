//! A new memtable is made after the batch that has filled the old one, so the batch that does not
//! fit is an error.

impl Memory {
    pub(crate) fn write(
        &self,
        timestamp: Timestamp,
        batch: &Batch,
        log_start: Position,
        options: &Options,
    ) -> Result<Option<Self>> {
        self.table.write(timestamp, batch)?;
        let full = self.table.memory_used() >= self.table.size_budget();
        Ok(full.then(|| Self::new(options, log_start)))
    }
}
