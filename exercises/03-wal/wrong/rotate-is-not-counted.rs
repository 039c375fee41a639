//! The metrics do not learn of the new segment.

impl Writer {
    fn rotate(&mut self) -> Result<()> {
        let name = SegmentFile::new(&self.directory, self.current.number.saturating_add(1));
        let next = Segment::create(&self.environment, name, self.current.end(), self.durable)?;
        self.names_unsynced = true;
        self.unsynced.push(mem::replace(&mut self.current, next));
        Ok(())
    }
}
