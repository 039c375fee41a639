//! Closing leaves a mark behind and does not sync it, so a power cut takes the protection
//! away.

impl Writer {
    pub fn close(mut self) -> Result<()> {
        self.sync(SyncMode::Data)?;
        if self.mark >= self.batch_end {
            return Ok(());
        }
        self.buffer.clear();
        self.buffer.resize(RECORD_HEADER_SIZE, 0);
        self.attempt(|writer| writer.write_record(Kind::Mark))
    }
}
