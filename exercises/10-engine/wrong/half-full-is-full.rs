//! A memtable is ended when half of it is used, so tables are half as large and there are twice
//! as many.

impl Memory {
    pub(crate) fn write(
        &self,
        timestamp: Timestamp,
        batch: &Batch,
        log_start: Position,
        options: &Options,
    ) -> Result<Option<Self>> {
        if self.table.memory_used() * 2 > self.table.size_budget() {
            let next = Self::new(options, log_start);
            next.table.write(timestamp, batch)?;
            return Ok(Some(next));
        }
        match self.table.write(timestamp, batch) {
            Err(memtable::Error::Full { .. }) => {}
            written => return Ok(written.map(|()| None)?),
        }
        let next = Self::new(options, log_start);
        next.table.write(timestamp, batch)?;
        Ok(Some(next))
    }
}
