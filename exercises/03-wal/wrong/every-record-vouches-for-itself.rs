//! Each record carries its own position as its mark and not the position of the last sync.

impl Writer {
    fn write_record(&mut self, kind: Kind) -> Result<()> {
        let size = self.buffer.len() as u64;
        let size_max = self.options.segment_size_max.min(SEGMENT_SIZE_LIMIT / 2);
        let fits = self.current.size + size <= size_max;
        if !fits && self.current.size > SEGMENT_HEADER_SIZE {
            self.limit_unsynced()?;
            self.rotate()?;
        }
        let segment = &mut self.current;
        let place = Place {
            file_number: segment.number,
            offset: segment.size,
        };
        Record::frame(&mut self.buffer, kind, segment.end(), place);
        segment
            .file
            .write_all_at(segment.size, &self.buffer)
            .context("write to", &segment.path)?;
        segment.size += size;
        self.mark = self.durable;
        self.metrics.bytes += size;
        Ok(())
    }
}
