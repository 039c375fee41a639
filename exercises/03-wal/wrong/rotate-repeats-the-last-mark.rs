//! The new header repeats the mark of the last record, and does not carry what a sync has said
//! since.

impl Writer {
    fn rotate(&mut self) -> Result<()> {
        let name = SegmentFile::new(&self.directory, self.current.number.saturating_add(1));
        let next = Segment::create(&self.environment, name, self.current.end(), self.mark)?;
        self.names_unsynced = true;
        self.metrics.count_segment();
        self.unsynced.push(mem::replace(&mut self.current, next));
        Ok(())
    }
}
