//! The bytes of the segment with which the log begins are made durable, and its name is not.

impl Writer {
    fn secure_beginning(&mut self, needed_from: Position) -> Result<()> {
        let mut earlier = self.earlier.iter();
        let first = earlier.find(|earlier| earlier.end > needed_from);
        let (number, start) = first.map_or((self.current.number, self.current.start), |earlier| {
            (earlier.file.number, earlier.start)
        });
        if self.durable >= start.plus(SEGMENT_HEADER_SIZE) {
            return Ok(());
        }
        let mut open = self.unsynced.iter().chain([&self.current]);
        if let Some(segment) = open.find(|segment| segment.number == number) {
            segment.sync(SyncMode::Data)?;
        }
        Ok(())
    }
}
