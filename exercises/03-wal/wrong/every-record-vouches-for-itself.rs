//! Each record carries its own position as its mark and not the position of the last sync.

impl Writer {
    fn write_records(&mut self, kind: Kind) -> Result<()> {
        let size_max = segment::size_max(&self.options);
        let mut buffer = mem::take(&mut self.buffer);
        let ends = mem::take(&mut self.ends);
        let (mut written, mut start) = (0, 0);
        for &end in &ends {
            let mut offset = self.current.size + (start - written) as u64;
            let fits = offset + (end - start) as u64 <= size_max;
            if !fits && offset > SEGMENT_HEADER_SIZE {
                self.write(&buffer[written..start], start - written)?;
                written = start;
                self.next_segment()?;
                offset = self.current.size;
            }
            let place = Place {
                file_number: self.current.number,
                offset,
            };
            let mark = self.current.start.plus(offset);
            Record::frame(&mut buffer[start..end], kind, mark, place);
            start = end;
        }
        let size = buffer.len() - written;
        let end = self.current.size + size as u64;
        buffer.extend_from_slice(slack::blank(end, self.current.file_size));
        self.write(&buffer[written..], size)?;
        self.mark = self.durable;
        (self.buffer, self.ends) = (buffer, ends);
        Ok(())
    }
}
