//! Reading a manifest from its start to its end, changing nothing.
//!
//! Each edit is synced before the next is written, so a crash can only damage the last one, and
//! nobody was promised that. Damage further ahead, or to an edit that was acknowledged, is a
//! different matter: then the version would silently be an old one. The records behind the
//! damage tell the two apart, since each says what was on the disk when it was written.

use std::path::Path;

use ferrisdb_core::FileSystem;
use ferrisdb_format::{HEADER_SIZE, Magic, get_varint};

use crate::file::{read, read_header};
use crate::{
    Edit, Error, FileName, Invalid, Kind, Place, Proof, Record, Result, TornTail, Version,
};

/// What a manifest holds.
#[derive(Debug)]
pub(crate) struct Contents {
    /// The version after the last edit.
    pub(crate) version: Version,
    /// How many edits there are.
    pub(crate) edits: u64,
    /// What lies behind the last of them.
    pub(crate) torn_tail: Option<TornTail>,
}

/// Reads a manifest; `None` if it does not exist.
pub(crate) fn read_manifest(
    fs: &dyn FileSystem,
    directory: &Path,
    number: u64,
) -> Result<Option<Contents>> {
    let path = FileName::Manifest(number).path(directory);
    let Some(bytes) = read(fs, &path)? else {
        return Ok(None);
    };
    let header = read_header(&path, &bytes, Magic::MANIFEST)?;
    if header.file_number != number {
        let number = header.file_number;
        let reason = Invalid::OtherFile { number };
        return Err(Error::corruption(&path, 0, reason, Proof::Whole));
    }
    walk(&path, number, &bytes).map(Some)
}

/// Follows the records of manifest `number`, whose bytes these are, header included.
///
/// The snapshot has to be whole. Then come edits, until the end of the file, a mark, or
/// something that is no record: a torn tail, unless [`find_proof`] proves that it is none.
fn walk(path: &Path, number: u64, bytes: &[u8]) -> Result<Contents> {
    todo!(
        "read the snapshot, apply edits until something is no edit, then tell a torn tail from damage"
    )
}

/// Searches everything from `start` on for a record that was written when more than the first
/// `end` bytes were on the disk.
fn find_proof(number: u64, bytes: &[u8], start: usize, end: u64) -> Option<Proof> {
    (start..bytes.len()).find_map(|offset| {
        let rest = &bytes[offset..];
        // Nearly always says no, and saves the checksum.
        let durable = Record::peek_durable(rest)?;
        let place = Place {
            file_number: number,
            offset: offset as u64,
        };
        let proves = (end + 1..=place.offset).contains(&durable);
        (proves && Record::decode(rest, place).is_ok()).then_some(Proof::Record {
            offset: place.offset,
            durable,
        })
    })
}

/// The version that the first record holds.
fn read_snapshot(record: Record<'_>) -> Result<Version, Invalid> {
    if record.kind != Kind::Snapshot {
        return Err(Invalid::NoSnapshot);
    }
    let mut payload = record.payload;
    let number = get_varint(&mut payload)?;
    Ok(Version::from_snapshot(number, &Edit::decode(payload)?)?)
}
