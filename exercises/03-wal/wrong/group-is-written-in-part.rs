//! The batches of a group are appended one by one, so one that is too long is noticed when those
//! before it are in the log already. (It is also one write for each.)

impl Writer {
    pub fn append_group<'b>(
        &mut self,
        batches: impl IntoIterator<Item = (Timestamp, &'b Batch)>,
    ) -> Result<Position> {
        for (timestamp, batch) in batches {
            batch.check()?;
            self.buffer.clear();
            self.ends.clear();
            self.buffer.resize(RECORD_HEADER_SIZE, 0);
            payload::encode(timestamp, batch, &mut self.buffer);
            self.ends.push(self.buffer.len());
            self.attempt(|writer| writer.write_records(Kind::Batch))?;
            self.batch_end = self.current.end();
            self.metrics.appends += 1;
        }
        Ok(self.end())
    }
}
