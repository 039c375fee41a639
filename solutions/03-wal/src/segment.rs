//! One file of the log: its name and its header.
//!
//! A segment is called after its number, `0000000001.wal`, and starts with the header that all
//! files have. The part of that header which each type of file uses as it likes is laid out
//! here; offsets count from the start of the file:
//!
//! ```text
//!   offset  size  field
//!       40     8  start          the position of the segment's first byte
//!       48     8  durable mark   a position; never above the start
//!       56     8  zero
//! ```

use std::path::{Path, PathBuf};

use ferrisdb_core::{FileSystem, IoContext};
use ferrisdb_format::{HEADER_SIZE, Header, Magic};

use crate::{Error, Invalid, Options, Position, Result};

/// The size of a segment's header, in bytes.
pub const SEGMENT_HEADER_SIZE: u64 = HEADER_SIZE as u64;

/// No segment is larger than this, in bytes: replay reads a segment into memory as a whole.
pub(crate) const SEGMENT_SIZE_LIMIT: u64 = 1 << 30;

/// The size from which on a segment is followed by a new one, in bytes.
pub(crate) fn size_max(options: &Options) -> u64 {
    options.segment_size_max.min(SEGMENT_SIZE_LIMIT / 2)
}

/// A file that has the name of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentFile {
    /// The number in its name.
    pub number: u64,
    /// The whole path.
    pub path: PathBuf,
}

impl SegmentFile {
    /// The segment of that number in a directory.
    #[must_use]
    pub fn new(directory: &Path, number: u64) -> Self {
        Self {
            number,
            path: directory.join(format!("{number:010}.wal")),
        }
    }

    /// The segment that a path names, if it names one.
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        let number = path
            .file_name()?
            .to_str()?
            .strip_suffix(".wal")?
            .parse()
            .ok()?;
        let file = Self::new(path.parent()?, number);
        // `1.wal` or `+000000001.wal` would be a second file of the same number.
        (file.path == path).then_some(file)
    }

    /// All segments in a directory, by number.
    pub fn list(fs: &dyn FileSystem, directory: &Path) -> Result<Vec<Self>> {
        let paths = fs.list(directory).context("list", directory)?;
        let mut files: Vec<_> = paths
            .iter()
            .filter_map(|path| Self::from_path(path))
            .collect();
        files.sort_by_key(|file| file.number);
        Ok(files)
    }
}

/// What a segment's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHeader {
    /// The segment's number; the same as in its name.
    pub number: u64,
    /// The position of the segment's first byte.
    pub start: Position,
    /// The position below which all was known to be on the disk when the segment was begun.
    pub mark: Position,
    /// When it was begun, in microseconds since 1970-01-01 00:00:00 UTC.
    pub created_at_us: u64,
}

impl SegmentHeader {
    /// The header as bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; HEADER_SIZE] {
        let mut header = Header::new(Magic::WAL, self.number, self.created_at_us);
        header.extra[..8].copy_from_slice(&self.start.0.to_le_bytes());
        header.extra[8..16].copy_from_slice(&self.mark.0.to_le_bytes());
        header.encode()
    }

    /// Reads the header of segment `number` from the first of its bytes.
    pub fn decode(bytes: &[u8], number: u64) -> Result<Self, Invalid> {
        let header = Header::decode(bytes, Magic::WAL).map_err(Invalid::Header)?;
        let position = |at: usize| {
            let bytes = header.extra[at..at + 8]
                .try_into()
                .expect("8 bytes are 8 bytes");
            Position(u64::from_le_bytes(bytes))
        };
        let (start, mark) = (position(0), position(8));
        if header.file_number != number {
            return Err(Invalid::OtherSegment {
                number: header.file_number,
            });
        }
        if mark > start {
            return Err(Invalid::MarkAhead {
                mark,
                position: start,
            });
        }
        Ok(Self {
            number,
            start,
            mark,
            created_at_us: header.created_at_us,
        })
    }
}

/// Refuses a file whose header no crash can have left like that: only a person can have put it
/// there, or a newer FerrisDB.
///
/// A crash leaves the bytes that were written, or zeros where nothing was; it does not change
/// the magic into something else.
pub(crate) fn refuse_foreign(file: &SegmentFile, bytes: &[u8]) -> Result<()> {
    let Err(reason) = Header::decode(bytes, Magic::WAL) else {
        return Ok(());
    };
    let path = file.path.clone();
    if matches!(reason, ferrisdb_format::Error::UnsupportedVersion { .. }) {
        return Err(Error::NewerVersion { path, reason });
    }
    if bytes
        .iter()
        .zip(Magic::WAL.0)
        .any(|(&byte, magic)| byte != magic && byte != 0)
    {
        return Err(Error::NotASegment { path, reason });
    }
    Ok(())
}
