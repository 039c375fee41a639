//! Reading the log from its start to its end, changing nothing.

use std::path::Path;

use bytes::BytesMut;
use ferrisdb_core::{Access, Batch, FileSystem, IoContext, Timestamp};
use ferrisdb_format::BytesMutExt;

use crate::{
    Corruption, Error, Invalid, Kind, Place, Position, Proof, Record, Recovery, Result,
    SEGMENT_HEADER_SIZE, SegmentFile, SegmentHeader, damage, needed, payload,
    segment::{self, SEGMENT_SIZE_LIMIT},
    slack,
};

/// What is called with each batch of the log, in the order in which they were appended.
pub(crate) type Apply<'a> = dyn FnMut(Timestamp, &Batch) + 'a;

/// Reads the log in `directory` from its start, calls `apply` with each batch, and tells how
/// the log ended. Changes nothing on the disk and takes no lock.
///
/// `needed_from` is the position from which the log is needed: an error if it starts later.
/// Reading begins with the segment in which that position lies.
pub fn replay(
    fs: &dyn FileSystem,
    directory: &Path,
    needed_from: Position,
    apply: &mut dyn FnMut(Timestamp, &Batch),
) -> Result<Recovery> {
    Ok(Walk::over(fs, directory, needed_from, apply)?.into_recovery())
}

/// A segment, or the part of it, that belongs to the log.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) file: SegmentFile,
    /// The position of the segment's first byte.
    pub(crate) start: Position,
    /// How many bytes of it belong to the log.
    pub(crate) size: u64,
}

impl Kept {
    /// The position after its last byte.
    pub(crate) fn end(&self) -> Position {
        self.start.plus(self.size)
    }
}

/// The first place where neither a valid record nor the next segment is.
#[derive(Debug, Clone)]
pub(crate) struct Damage {
    pub(crate) file: SegmentFile,
    pub(crate) offset: u64,
    pub(crate) position: Position,
    pub(crate) reason: Invalid,
}

impl Damage {
    /// Damage right behind what is kept of a segment.
    fn at_end_of(kept: &Kept, reason: Invalid) -> Self {
        let (file, offset) = (kept.file.clone(), kept.size);
        Self {
            file,
            offset,
            position: kept.end(),
            reason,
        }
    }

    /// The damage as an error, given the proof that it is no torn tail.
    pub(crate) fn into_corruption(self, proof: Proof) -> Error {
        let Self {
            file,
            offset,
            position,
            reason,
        } = self;
        Box::new(Corruption {
            path: file.path,
            offset,
            position,
            reason,
            proof,
        })
        .into()
    }
}

/// What a walk over the log has seen.
#[derive(Debug)]
pub(crate) struct Walk {
    /// Segments from before the position from which the log is needed, oldest first. Only their
    /// headers were read, and there may be gaps between them.
    pub(crate) unneeded: Vec<SegmentFile>,
    /// The segments that hold the log, oldest first.
    pub(crate) kept: Vec<Kept>,
    /// Where the log ends, if it does not end with the last byte of the last segment.
    pub(crate) damage: Option<Damage>,
    /// Segments that lie behind the damage and hold nothing of the log.
    pub(crate) behind: Vec<SegmentFile>,
    /// The end of the log; never below the position from which it is needed.
    pub(crate) end: Position,
    /// The highest durable mark.
    pub(crate) mark: Position,
    /// The end of the last batch.
    pub(crate) batch_end: Position,
    pub(crate) batches: u64,
    pub(crate) last_timestamp: Timestamp,
}

impl Walk {
    /// Walks over the log in `directory`.
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
        walk.end = walk.end.max(needed_from);
        Ok(walk)
    }

    /// Takes in one more segment, up to its end or to the first damage.
    fn segment(
        &mut self,
        file: &SegmentFile,
        bytes: &[u8],
        apply: &mut Apply<'_>,
    ) -> Result<(), Stop> {
        todo!(
            "check the header, then take in record after record up to the end or the first damage"
        )
    }

    /// The header of the next segment, if it is valid and continues the log.
    fn header(&self, file: &SegmentFile, bytes: &[u8]) -> Result<SegmentHeader, Stop> {
        let damage = |reason| Damage {
            file: file.clone(),
            offset: 0,
            position: self.end,
            reason,
        };
        let header = SegmentHeader::decode(bytes, file.number).map_err(damage)?;
        let wrong_start = || {
            damage(Invalid::Start {
                start: header.start,
                expected: self.end,
            })
        };
        if let Some(previous) = self.kept.last() {
            let expected = previous.file.number.saturating_add(1);
            if file.number != expected {
                let reason = Invalid::MissingSegment { expected };
                return Err(Damage::at_end_of(previous, reason).into());
            }
            if header.start != self.end {
                return Err(wrong_start().into());
            }
        } else if header.start > self.end {
            return Err(wrong_start()
                .into_corruption(Proof::Needed { needed: self.end })
                .into());
        }
        Ok(header)
    }
}

/// Why a walk stops.
enum Stop {
    /// The log ends here, one way or another.
    Damage(Damage),
    /// It cannot be told where the log ends.
    Error(Error),
}

impl From<Damage> for Stop {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Reads a whole segment into `bytes`, whose earlier content is forgotten.
///
/// A segment is as large as its options allowed, or as its one large batch; memory for one at a
/// time is what replay needs.
pub(crate) fn read_segment(
    fs: &dyn FileSystem,
    file: &SegmentFile,
    bytes: &mut BytesMut,
) -> Result<()> {
    let open = fs
        .open(&file.path, Access::Read)
        .context("open", &file.path)?;
    let size = open.size().context("read the size of", &file.path)?;
    if size > SEGMENT_SIZE_LIMIT {
        let path = file.path.clone();
        return Err(Error::TooLarge {
            path,
            size,
            size_max: SEGMENT_SIZE_LIMIT,
        });
    }
    let size = usize::try_from(size).expect("1 GiB fits into the address space");
    bytes.clear();
    bytes
        .read_exact_from(&*open, 0, size)
        .context("read", &file.path)?;
    segment::refuse_foreign(file, bytes)
}
