//! One record of a manifest: a payload in a frame that proves it is whole, and in its place.
//!
//! ```text
//!   offset  size  field
//!        0     4  checksum       CRC32, see below
//!        4     4  payload size   in bytes
//!        8     8  durable        an offset in this file; never above the record's own
//!       16     1  kind           1 snapshot, 2 edit, 3 mark
//!       17     n  payload        a snapshot or an edit; nothing for a mark
//! ```
//!
//! As in the log, the checksum covers the number of the file and the record's offset in it, which
//! are not stored, and then everything after the checksum. *durable* is what the log calls its
//! durable mark: every byte of the file below that offset was on the disk when the record was
//! written.
//!
//! The payload of a snapshot is a version's number (varint) and the edit that leads to it.

use ferrisdb_format::{Checksum, HEADER_SIZE, get_u32, get_u64};

use crate::file::FILE_SIZE_MAX;
use crate::table::get_byte;
use crate::{Invalid, Result};

/// The size of the frame before the payload, in bytes.
pub const RECORD_HEADER_SIZE: usize = 17;

/// The largest payload, in bytes: all that fits into a file behind its header. That is a snapshot
/// of four million tables with short keys, or of eight thousand with the longest that there are.
pub(crate) const PAYLOAD_SIZE_MAX: usize = FILE_SIZE_MAX - HEADER_SIZE - RECORD_HEADER_SIZE;

/// What a record is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A version as a whole. Each manifest begins with one, and has no other.
    Snapshot = 1,
    /// What changed.
    Edit = 2,
    /// Nothing; the record is there to say what is durable. It is the last one.
    Mark = 3,
}

impl Kind {
    fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Snapshot),
            2 => Some(Self::Edit),
            3 => Some(Self::Mark),
            _ => None,
        }
    }
}

/// Where a record lies; part of what its checksum covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of the manifest.
    pub file_number: u64,
    /// The offset of the record's first byte in the file.
    pub offset: u64,
}

/// A record, as it lies in a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// What it is for.
    pub kind: Kind,
    /// All bytes of the file below this offset were on the disk when this was written.
    pub durable: u64,
    /// A snapshot, an edit, or nothing.
    pub payload: &'a [u8],
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
    /// The size of the record with its frame, in bytes.
    pub fn size(&self) -> usize {
        RECORD_HEADER_SIZE + self.payload.len()
    }

    /// The record as bytes for `place`. A payload that fits into no manifest is refused.
    pub fn encode(&self, place: Place) -> Result<Vec<u8>> {
        let size = self.payload.len();
        let payload_size = match u32::try_from(size) {
            Ok(fits) if size <= PAYLOAD_SIZE_MAX => fits,
            _ => {
                return Err(ferrisdb_core::Error::TooLarge {
                    what: "record of the manifest",
                    size,
                    size_max: PAYLOAD_SIZE_MAX,
                }
                .into());
            }
        };
        let mut bytes = Vec::with_capacity(self.size());
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&payload_size.to_le_bytes());
        bytes.extend_from_slice(&self.durable.to_le_bytes());
        bytes.push(self.kind as u8);
        bytes.extend_from_slice(self.payload);
        let checksum = checksum(place, &bytes[4..]);
        bytes[..4].copy_from_slice(&checksum.to_le_bytes());
        Ok(bytes)
    }

    /// Reads the record that starts at the first of `bytes`, which lie at `place`.
    ///
    /// The checksum covers as many bytes as the size field says, so that field has to make sense
    /// first.
    pub fn decode(bytes: &'a [u8], place: Place) -> Result<Self, Invalid> {
        let cut_short = |needed| Invalid::CutShort {
            needed,
            found: bytes.len(),
        };
        if bytes.len() < RECORD_HEADER_SIZE {
            return Err(cut_short(RECORD_HEADER_SIZE));
        }
        let mut input = bytes;
        let stored = get_u32(&mut input)?;
        let size = get_u32(&mut input)? as usize;
        let durable = get_u64(&mut input)?;
        let number = get_byte("kind", &mut input)?;
        let kind = Kind::from_number(number).ok_or(Invalid::Kind { number })?;
        let payload = input.get(..size);
        let payload = payload.ok_or_else(|| cut_short(RECORD_HEADER_SIZE + size))?;
        let computed = checksum(place, &bytes[4..RECORD_HEADER_SIZE + size]);
        if computed != stored {
            return Err(Invalid::Checksum { stored, computed });
        }
        if durable > place.offset {
            let offset = place.offset;
            return Err(Invalid::DurableAhead { durable, offset });
        }
        Ok(Self {
            kind,
            durable,
            payload,
        })
    }

    /// What may be a record says is durable, without a look at anything else.
    pub(crate) fn peek_durable(bytes: &[u8]) -> Option<u64> {
        let durable = bytes.get(8..16)?.try_into().ok()?;
        Some(u64::from_le_bytes(durable))
    }
}
