//! What surrounds every block in a file: how it is compressed, and the proof that it is whole.
//!
//! ```text
//!   offset  size  field
//!        0     4  checksum       CRC32, see below
//!        4     1  kind           1 data, 2 index, 3 filter, 4 properties
//!        5     1  compression    0 none, 1 LZ4, 2 Zstandard
//!        6     4  stored size    of the payload as it is stored, in bytes
//!       10     4  raw size       of the payload once it is decompressed
//!       14     n  payload
//! ```
//!
//! The checksum covers the number of the file and the frame's offset in it, which are not
//! stored, and then everything after the checksum. So a frame in the wrong place, or in the
//! wrong file, is not valid, although each of its bytes is right.

use std::cmp::Ordering;

use bytes::{Buf, Bytes};
use ferrisdb_format::{Checksum, get_u32};

use crate::compression::{self, Compression, RATIO_MAX};
use crate::{BLOCK_SIZE_MAX, Damage, Error, Result};

/// The size of the frame before the payload, in bytes.
pub const FRAME_HEADER_SIZE: usize = 14;

/// What a block is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Kind {
    /// Entries. The numbers start at 1 so that zeros are never a frame.
    Data = 1,
    /// Where the blocks of entries are.
    Index = 2,
    /// Which keys cannot be in the table.
    Filter = 3,
    /// What is known about the table as a whole.
    Properties = 4,
}

/// Where a frame lies; part of what its checksum covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Location {
    /// The number of the file.
    pub file_number: u64,
    /// The offset of the frame's first byte in the file.
    pub offset: u64,
}

/// The checksum of a frame at `location` whose bytes after the checksum field are `covered`.
fn checksum(location: Location, covered: &[u8]) -> u32 {
    Checksum::new()
        .update(&location.file_number.to_le_bytes())
        .update(&location.offset.to_le_bytes())
        .update(covered)
        .finish()
}

/// Appends `payload` to `out` in a frame for `location`, and returns the size of the frame.
///
/// The payload is stored as it is if compressing saves less than an eighth of it. One that is
/// larger than [`BLOCK_SIZE_MAX`] is refused, and nothing is appended.
pub fn seal(
    kind: Kind,
    payload: &[u8],
    compression: Compression,
    location: Location,
    out: &mut Vec<u8>,
) -> Result<usize> {
    let too_large = Error::TooLarge {
        what: "block",
        size: payload.len(),
        size_max: BLOCK_SIZE_MAX,
    };
    let raw_size = match u32::try_from(payload.len()) {
        Ok(size) if payload.len() <= BLOCK_SIZE_MAX => size,
        _ => return Err(too_large),
    };
    let start = out.len();
    out.extend_from_slice(&[0; FRAME_HEADER_SIZE]);
    let compression = compression::append(compression, payload, out);
    let frame = &mut out[start..];
    let stored_size = u32::try_from(frame.len() - FRAME_HEADER_SIZE)
        .expect("what is stored is never larger than the payload");
    frame[4] = kind as u8;
    frame[5] = compression as u8;
    frame[6..10].copy_from_slice(&stored_size.to_le_bytes());
    frame[10..14].copy_from_slice(&raw_size.to_le_bytes());
    let checksum = checksum(location, &frame[4..]);
    frame[..4].copy_from_slice(&checksum.to_le_bytes());
    Ok(frame.len())
}

/// The fields of a frame, as they are stored.
struct Header {
    checksum: u32,
    kind: u8,
    compression: u8,
    stored_size: usize,
    raw_size: usize,
}

impl Header {
    /// Reads the fields and believes none of them.
    fn decode(frame: &[u8]) -> Result<Self> {
        let mut input = frame;
        if let (Ok(checksum), Some((&[kind, compression], mut input))) =
            (get_u32(&mut input), input.split_first_chunk())
            && let (Ok(stored), Ok(raw)) = (get_u32(&mut input), get_u32(&mut input))
        {
            return Ok(Self {
                checksum,
                kind,
                compression,
                stored_size: stored as usize,
                raw_size: raw as usize,
            });
        }
        let damage = Damage::CutShort {
            what: "frame",
            needed: FRAME_HEADER_SIZE,
            found: frame.len(),
        };
        Err(Error::damaged(0, damage))
    }
}

/// Gives back the payload of a frame, which must be of `kind` and lie at `location`.
///
/// `frame` is the whole frame and nothing else. A payload that was stored as it is shares the
/// memory of `frame`. Nothing is decompressed before the checksum has been found right, and
/// nothing at all if it claims to become larger than [`BLOCK_SIZE_MAX`] or more than 255 times
/// as large as it is, which [`seal`] never lets happen.
pub fn open(mut frame: Bytes, kind: Kind, location: Location) -> Result<Bytes> {
    todo!(
        "believe nothing: stored size, checksum, kind, compression, raw size, and only then decompress"
    )
}

/// The payload has to take all of the frame that the fields leave.
fn check_stored_size(expected: usize, found: usize) -> Result<()> {
    let what = "payload";
    let damage = match expected.cmp(&found) {
        Ordering::Equal => return Ok(()),
        Ordering::Greater => Damage::CutShort {
            what,
            needed: expected,
            found,
        },
        Ordering::Less => Damage::Leftover {
            what,
            expected,
            found,
        },
    };
    Err(Error::damaged(6, damage))
}
