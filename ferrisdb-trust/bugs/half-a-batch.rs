//! Each write of a batch is a record of its own, so that a crash keeps the first half of a batch.
//!
//! origin: mini-lsm #74
//! package: ferrisdb-wal
//! caught by: powercut, 50000

impl Writer {
    pub fn append_group<'b>(
        &mut self,
        batches: impl IntoIterator<Item = (Timestamp, &'b Batch)>,
    ) -> Result<Position> {
        self.buffer.clear();
        self.ends.clear();
        for (timestamp, batch) in batches {
            batch.check()?;
            for entry in batch.iter() {
                let mut one = Batch::new();
                match entry.operation {
                    ferrisdb_core::Operation::Put => one.put(entry.key, entry.value),
                    ferrisdb_core::Operation::Delete => one.delete(entry.key),
                }
                self.buffer
                    .resize(self.buffer.len() + RECORD_HEADER_SIZE, 0);
                payload::encode(timestamp, &one, &mut self.buffer);
                self.ends.push(self.buffer.len());
            }
        }
        if self.ends.is_empty() {
            return Ok(self.end());
        }
        self.attempt(|writer| writer.write_records(Kind::Batch))?;
        self.batch_end = self.current.end();
        self.metrics.appends += self.ends.len() as u64;
        Ok(self.batch_end)
    }
}
