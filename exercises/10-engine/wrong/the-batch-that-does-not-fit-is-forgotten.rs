//! The new memtable is made, and the batch for which it was made is not in it.

impl Memory {
    pub(crate) fn write(
        &self,
        timestamp: Timestamp,
        batch: &Batch,
        log_start: Position,
        options: &Options,
    ) -> Result<Option<Self>> {
        match self.table.write(timestamp, batch) {
            Err(memtable::Error::Full { .. }) => {}
            written => return Ok(written.map(|()| None)?),
        }
        let next = Self::new(options, log_start);
        Ok(Some(next))
    }
}
