//! A memtable that is full is an error, and nobody makes a new one.

impl Memory {
    pub(crate) fn write(
        &self,
        timestamp: Timestamp,
        batch: &Batch,
        log_start: Position,
        options: &Options,
    ) -> Result<Option<Self>> {
        self.table.write(timestamp, batch)?;
        Ok(None)
    }
}
