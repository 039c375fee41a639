//! All records of a group are framed before the first is written, as if none of them would have to
//! go into the next segment.

impl Writer {
    fn write_records(&mut self, kind: Kind) -> Result<()> {
        let size_max = segment::size_max(&self.options);
        let mut buffer = mem::take(&mut self.buffer);
        let ends = mem::take(&mut self.ends);
        if ends.len() == 1 && self.current.size + buffer.len() as u64 > size_max {
            if self.current.size > SEGMENT_HEADER_SIZE {
                self.next_segment()?;
            }
        }
        let mut start = 0;
        for &end in &ends {
            let place = Place {
                file_number: self.current.number,
                offset: self.current.size + start as u64,
            };
            Record::frame(&mut buffer[start..end], kind, self.durable, place);
            start = end;
        }
        let (mut written, mut start) = (0, 0);
        for &end in &ends {
            let offset = self.current.size + (start - written) as u64;
            let fits = offset + (end - start) as u64 <= size_max;
            if !fits && offset > SEGMENT_HEADER_SIZE {
                self.write(&buffer[written..start], start - written)?;
                written = start;
                self.next_segment()?;
            }
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
