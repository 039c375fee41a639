//! The new segment claims that everything before it is durable, which no sync has said: a
//! power cut then looks like corruption.

impl Writer {
    fn rotate(&mut self) -> Result<()> {
        let name = SegmentFile::new(&self.directory, self.current.number.saturating_add(1));
        let next = Segment::create(
            &self.environment,
            name,
            self.current.end(),
            self.current.end(),
        )?;
        self.names_unsynced = true;
        self.metrics.count_segment();
        self.unsynced.push(mem::replace(&mut self.current, next));
        Ok(())
    }
}
