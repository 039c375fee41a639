//! The highest mark is sought in records only, and the mark of the header is forgotten.

impl Walk {
    fn segment(
        &mut self,
        file: &SegmentFile,
        bytes: &[u8],
        apply: &mut Apply<'_>,
    ) -> Result<(), Stop> {
        let header = self.header(file, bytes)?;
        let mut kept = Kept {
            file: file.clone(),
            start: header.start,
            size: SEGMENT_HEADER_SIZE,
        };
        let mut batch = Batch::new();
        let result = loop {
            self.end = kept.end();
            let rest = &bytes[usize::try_from(kept.size).expect("the segment is in memory")..];
            if rest.is_empty() {
                break Ok(());
            }
            let damage = |reason| Damage::at_end_of(&kept, reason);
            let place = Place {
                file_number: file.number,
                offset: kept.size,
            };
            let record = match Record::decode(rest, place) {
                Ok(record) => record,
                Err(reason) => break Err(Stop::Damage(damage(reason))),
            };
            if record.mark > self.end {
                let reason = Invalid::MarkAhead {
                    mark: record.mark,
                    position: self.end,
                };
                break Err(Stop::Damage(damage(reason)));
            }
            if record.kind == Kind::Batch {
                let timestamp = payload::decode(record.payload, &mut batch)
                    .map_err(|reason| damage(reason).into_corruption(Proof::Checksum))?;
                apply(timestamp, &batch);
                self.batches += 1;
                self.last_timestamp = timestamp;
                self.batch_end = self.end.plus(record.size() as u64);
            }
            self.mark = self.mark.max(record.mark);
            kept.size += record.size() as u64;
        };
        self.kept.push(kept);
        result
    }
}
