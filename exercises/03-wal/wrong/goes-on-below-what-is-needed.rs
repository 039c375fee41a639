//! A log that ends below the position from which it is needed goes on where it ends. What is appended
//! then lies below that position too, and nobody will ever read it again.

impl Walk {
    pub(crate) fn over(
        fs: &dyn FileSystem,
        directory: &Path,
        needed_from: Position,
        apply: &mut Apply<'_>,
    ) -> Result<Self> {
        let files = SegmentFile::list(fs, directory)?;
        if files.is_empty() && needed_from > Position(0) {
            let file = SegmentFile::new(directory, 1);
            let reason = Invalid::MissingSegment {
                expected: file.number,
            };
            let damage = Damage {
                file,
                offset: 0,
                position: needed_from,
                reason,
            };
            return Err(damage.into_corruption(Proof::Needed {
                needed: needed_from,
            }));
        }
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
            let damage = match walk.segment(file, &bytes, apply) {
                Ok(()) => continue,
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Damage(damage)) => damage,
            };
            let kept = walk.kept.last().is_some_and(|kept| kept.file == *file);
            let behind = &files[if kept { index + 1 } else { index }..];
            if kept && slack::is_followed(fs, &damage, behind.first())? {
                continue;
            }
            if let Some(proof) = damage::find_proof(fs, &damage, behind)? {
                return Err(damage.into_corruption(proof));
            }
            if kept && behind.is_empty() && slack::is_blank(&damage, &bytes) {
                break;
            }
            if walk.kept.is_empty() && needed_from > Position(0) {
                // Nothing is retired before the segment that begins the log is durable.
                return Err(damage.into_corruption(Proof::Needed {
                    needed: needed_from,
                }));
            }
            walk.behind = behind.to_vec();
            walk.damage = Some(damage);
            break;
        }
        Ok(walk)
    }
}
