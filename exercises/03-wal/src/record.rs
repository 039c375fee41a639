//! One record of the log: a payload in a frame that proves it is whole, and in its place.
//!
//! ```text
//!   offset  size  field
//!        0     4  checksum       CRC32, see below
//!        4     4  payload size   in bytes
//!        8     8  durable mark   a position; never above the record's own
//!       16     1  kind           1 batch, 2 mark
//!       17     n  payload        a batch; nothing for a mark
//! ```
//!
//! The checksum covers the number of the file and the record's offset in it, which are not
//! stored, and then everything after the checksum. So a record that was moved, or that is left
//! over from an earlier life of the file, is not valid, although each of its bytes is right.

use ferrisdb_core::BATCH_SIZE_MAX;
use ferrisdb_format::{Checksum, get_u32, get_u64};

use crate::Position;

/// The size of the frame before the payload, in bytes.
pub const RECORD_HEADER_SIZE: usize = 17;

/// The largest payload: any legal batch, its timestamp and its count fit.
pub(crate) const PAYLOAD_SIZE_MAX: usize = BATCH_SIZE_MAX + 32;

/// What a record is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The payload is a batch. The numbers start at 1 so that zeros are never a record.
    Batch = 1,
    /// There is no payload; the record is there to carry its durable mark.
    Mark = 2,
}

impl Kind {
    fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Batch),
            2 => Some(Self::Mark),
            _ => None,
        }
    }
}

/// Where a record lies; part of what its checksum covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of the segment.
    pub file_number: u64,
    /// The offset of the record's first byte in the segment's file.
    pub offset: u64,
}

/// A record, as it lies in a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// What it is for.
    pub kind: Kind,
    /// The position below which all was known to be on the disk when this was written.
    pub mark: Position,
    /// The encoded batch.
    pub payload: &'a [u8],
}

/// Why the bytes at some place are not what belongs there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// The file ends inside the record.
    #[error("the record is cut short: it needs {needed} bytes, and {found} are left")]
    CutShort {
        /// How many bytes the record needs.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// No record is that long.
    #[error("the record claims a payload of {size} bytes, and {size_max} is the most")]
    TooLong {
        /// The claimed size of the payload.
        size: usize,
        /// The most it can be.
        size_max: usize,
    },
    /// No record has that kind.
    #[error("{number} is no kind of record")]
    Kind {
        /// The number found.
        number: u8,
    },
    /// The checksum is wrong.
    #[error("the record's checksum is {stored:08x}, its bytes give {computed:08x}")]
    Checksum {
        /// The checksum in the record.
        stored: u32,
        /// The checksum of its bytes, at this place.
        computed: u32,
    },
    /// A record or header claims to know more than can have been known when it was written.
    #[error("its durable mark {mark} is above its own position {position}")]
    MarkAhead {
        /// The mark.
        mark: Position,
        /// Where it lies.
        position: Position,
    },
    /// The checksum is right, but the payload is no batch.
    #[error("the record holds no batch: {0}")]
    Payload(#[from] ferrisdb_format::Error),
    /// The checksum is right, but the batch has an operation that does not exist.
    #[error("the record holds no batch: {number} stands for no operation")]
    Operation {
        /// The number found.
        number: u8,
    },
    /// The checksum is right, but there is more than the batch.
    #[error("the record holds more than a batch: {size} bytes follow its last entry")]
    Leftover {
        /// How many bytes.
        size: usize,
    },
    /// The segment's header is not whole.
    #[error("the segment's header is not valid: {0}")]
    Header(ferrisdb_format::Error),
    /// The segment's header is that of another segment, whose file this was.
    #[error("the segment's header is that of segment {number}")]
    OtherSegment {
        /// The number in the header.
        number: u64,
    },
    /// The segment does not start where the one before ends.
    #[error("the segment starts at position {start}, and the log goes on at {expected}")]
    Start {
        /// Where it starts.
        start: Position,
        /// Where it should start.
        expected: Position,
    },
    /// The segment that should follow is not there.
    #[error("the next segment should be number {expected}, and it does not exist")]
    MissingSegment {
        /// The number that should follow.
        expected: u64,
    },
}

/// The checksum of a record at `place` whose bytes after the checksum field are `covered`.
fn checksum(place: Place, covered: &[u8]) -> u32 {
    Checksum::new()
        .update(&place.file_number.to_le_bytes())
        .update(&place.offset.to_le_bytes())
        .update(covered)
        .finish()
}

impl<'a> Record<'a> {
    /// Turns `buffer`, whose first [`RECORD_HEADER_SIZE`] bytes are still free and whose rest is
    /// the payload, into a record for `place`.
    ///
    /// # Panics
    /// If the buffer has no room for the frame, or the payload is 4 GiB or larger.
    pub fn frame(buffer: &mut [u8], kind: Kind, mark: Position, place: Place) {
        todo!("fill in size, mark and kind as in the diagram, and the checksum of all that last")
    }

    /// The size of the record with its frame, in bytes.
    pub fn size(&self) -> usize {
        RECORD_HEADER_SIZE + self.payload.len()
    }

    /// Reads the record that starts at the first of `bytes`, which lie at `place`.
    ///
    /// The checksum is looked at last: it covers as many bytes as the size field says, so that
    /// field has to make sense first.
    pub fn decode(bytes: &'a [u8], place: Place) -> Result<Self, Invalid> {
        todo!(
            "read the frame, check kind and size, then that the payload is there, then the checksum"
        )
    }

    /// The durable mark of what may be a record, without a look at anything else.
    pub(crate) fn peek_mark(bytes: &[u8]) -> Option<Position> {
        let mark = bytes.get(8..16)?.try_into().ok()?;
        Some(Position(u64::from_le_bytes(mark)))
    }
}
