//! A torn segment is taken for one that ends, and the next is replayed all the same: what is
//! recovered has a hole.
//!
//! origin: replay that skips what it cannot read, such as RocksDB's kSkipAnyCorruptedRecords
//! package: ferrisdb-wal
//! caught by: powercut, 50000

impl Walk {
    pub(crate) fn over(
        fs: &dyn FileSystem,
        directory: &Path,
        needed_from: Position,
        apply: &mut Apply<'_>,
    ) -> Result<Self> {
        let files = SegmentFile::list(fs, directory)?;
        let (unneeded, files) = needed::split(fs, &files, needed_from)?;
        let mut walk = Self {
            unneeded,
            kept: Vec::new(),
            damage: None,
            behind: Vec::new(),
            end: needed_from,
            mark: Position::default(),
            batch_end: Position::default(),
            batches: 0,
            last_timestamp: Timestamp::ZERO,
        };
        let mut bytes = BytesMut::new();
        for (index, file) in files.iter().enumerate() {
            read_segment(fs, file, &mut bytes)?;
            match walk.segment(file, &bytes, apply) {
                Ok(()) => {}
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Damage(damage)) => {
                    let begins_well = walk.kept.last().is_some_and(|kept| kept.file == *file);
                    walk.damage = Some(damage);
                    if !begins_well {
                        walk.behind = files[index..].to_vec();
                        break;
                    }
                }
            }
        }
        walk.end = walk.end.max(needed_from);
        Ok(walk)
    }

    fn header(&self, file: &SegmentFile, bytes: &[u8]) -> Result<SegmentHeader, Stop> {
        SegmentHeader::decode(bytes, file.number).map_err(|reason| {
            Stop::Damage(Damage {
                file: file.clone(),
                offset: 0,
                position: self.end,
                reason,
            })
        })
    }
}
