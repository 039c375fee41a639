//! Each segment starts at position 0, so positions do not go on from one segment to the next.

impl Writer {
    fn rotate(&mut self) -> Result<()> {
        let name = SegmentFile::new(&self.directory, self.current.number.saturating_add(1));
        let next = Segment::create(&self.environment, name, Position(0), Position(0))?;
        self.names_unsynced = true;
        self.metrics.count_segment();
        self.unsynced.push(mem::replace(&mut self.current, next));
        Ok(())
    }
}
