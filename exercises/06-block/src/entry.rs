//! One entry of a block: a version of a key, without the part that it shares with the key before.
//!
//! ```text
//!   size      field
//!   varint    shared size     bytes of the user key that are those of the key before
//!   varint    suffix size     bytes of the user key that follow them
//!   varint    value size
//!        1    operation       1 put, 2 delete
//!   varint    timestamp
//!        n    suffix
//!        n    value
//! ```
//!
//! Keys that lie beside one another mostly begin alike, since they are sorted: only what is new
//! is stored. At a restart point nothing is shared, so that reading can begin there.

use std::ops::Range;

use ferrisdb_core::{InternalKey, KEY_SIZE_MAX, Operation, Timestamp, VALUE_SIZE_MAX};
use ferrisdb_format::{get_varint, put_varint};

use crate::{Damage, Error, Result};

/// No entry takes more bytes than this besides its key and value: three sizes, an operation
/// and a timestamp.
pub(crate) const ENTRY_OVERHEAD_MAX: usize = 3 + 3 + 4 + 1 + 10;

/// No entry takes fewer bytes than this: one for each of its five numbers.
pub(crate) const ENTRY_SIZE_MIN: usize = 5;

/// Where the parts of an entry lie in its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// How many bytes of the user key are those of the key before.
    pub(crate) shared: usize,
    /// The rest of the user key.
    pub(crate) suffix: Range<usize>,
    /// The value; the next entry begins where it ends.
    pub(crate) value: Range<usize>,
    pub(crate) timestamp: Timestamp,
    pub(crate) operation: Operation,
}

impl Entry {
    /// The key without what it shares; the whole key at a restart point.
    #[inline]
    pub(crate) fn suffix_key<'a>(&self, entries: &'a [u8]) -> InternalKey<'a> {
        InternalKey {
            user_key: &entries[self.suffix.clone()],
            timestamp: self.timestamp,
            operation: self.operation,
        }
    }
}

/// How many bytes two keys have in common at their beginning.
#[inline]
pub(crate) fn shared_size(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// Appends an entry whose user key has its first `shared` bytes in common with the one before.
pub(crate) fn encode(out: &mut Vec<u8>, shared: usize, key: InternalKey<'_>, value: &[u8]) {
    let suffix = &key.user_key[shared..];
    put_varint(out, shared as u64);
    put_varint(out, suffix.len() as u64);
    put_varint(out, value.len() as u64);
    out.push(u8::from(key.operation));
    put_varint(out, key.timestamp.0);
    out.extend_from_slice(suffix);
    out.extend_from_slice(value);
}

/// Reads the entry that begins at `start` of `entries`, which are all entries of a block.
#[inline]
pub(crate) fn decode(entries: &[u8], start: usize) -> Result<Entry> {
    parse(entries, start).map_err(|damage| Error::damaged(start, damage))
}

/// Nothing is copied and nothing is believed: no key or value is longer than the longest legal
/// one, and the ranges lie within `entries`.
#[inline]
fn parse(entries: &[u8], start: usize) -> Result<Entry, Damage> {
    todo!(
        "take three sizes, the operation and the timestamp, then see whether the key and value are there"
    )
}

/// Takes a size of at most `size_max` off `input`.
#[inline]
fn get_size(input: &mut &[u8], what: &'static str, size_max: usize) -> Result<usize, Damage> {
    // Most sizes take one byte. This way out for them makes reading an entry a third faster.
    if let Some((&byte, rest)) = input.split_first()
        && usize::from(byte) <= size_max.min(0x7f)
    {
        *input = rest;
        return Ok(usize::from(byte));
    }
    get_long_size(input, what, size_max)
}

fn get_long_size(input: &mut &[u8], what: &'static str, size_max: usize) -> Result<usize, Damage> {
    let size = get_varint(input).map_err(Damage::Varint)?;
    match usize::try_from(size) {
        Ok(size) if size <= size_max => Ok(size),
        _ => Err(Damage::TooLong {
            what,
            size,
            size_max,
        }),
    }
}

/// Takes an operation off `input`.
#[inline]
fn get_operation(input: &mut &[u8]) -> Result<Operation, Damage> {
    let Some((&number, rest)) = input.split_first() else {
        return Err(Damage::CutShort {
            what: "operation",
            needed: 1,
            found: 0,
        });
    };
    *input = rest;
    Operation::try_from(number).map_err(|_| Damage::Operation { number })
}
