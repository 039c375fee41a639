//! The old segment is dropped at rotation, so no later sync covers what it holds.

impl Writer {
    fn rotate(&mut self) -> Result<()> {
        let name = SegmentFile::new(&self.directory, self.current.number.saturating_add(1));
        let next = Segment::create(&self.environment, name, self.current.end(), self.durable)?;
        self.names_unsynced = true;
        self.metrics.count_segment();
        self.current = next;
        Ok(())
    }
}
