//! A group is taken for durable as soon as it is written: everybody in it is told so before the
//! sync, and the sync then finds nothing to do.

impl Writer {
    pub fn append_group<'b>(
        &mut self,
        batches: impl IntoIterator<Item = (Timestamp, &'b Batch)>,
    ) -> Result<Position> {
        self.buffer.clear();
        self.ends.clear();
        for (timestamp, batch) in batches {
            batch.check()?;
            self.buffer
                .resize(self.buffer.len() + RECORD_HEADER_SIZE, 0);
            payload::encode(timestamp, batch, &mut self.buffer);
            self.ends.push(self.buffer.len());
        }
        if self.ends.is_empty() {
            return Ok(self.end());
        }
        self.attempt(|writer| writer.write_records(Kind::Batch))?;
        self.batch_end = self.current.end();
        self.metrics.appends += self.ends.len() as u64;
        if self.ends.len() > 1 {
            self.durable = self.current.end();
        }
        Ok(self.batch_end)
    }
}
