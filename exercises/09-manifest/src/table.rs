//! What a version knows about a table.
//!
//! ```text
//!   size      field
//!   varint    number
//!   varint    size                 of the file, in bytes
//!   varint    entries              versions of keys, tombstones included
//!   varint    deletions            tombstones
//!   varint    smallest timestamp
//!   varint    largest timestamp
//!   key       smallest             slice user key | varint timestamp | 1 operation
//!   key       largest              likewise
//! ```

use std::ops::RangeInclusive;

use ferrisdb_core::{KEY_SIZE_MAX, Operation, OwnedKey, Timestamp};
use ferrisdb_format::{get_slice, get_varint, put_slice, put_varint};

use crate::{Invalid, NUMBER_MAX, Refusal};

/// What a version knows about a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableMeta {
    /// The number of its file.
    pub number: u64,
    /// The size of its file, in bytes.
    pub size: u64,
    /// How many entries it has: versions of keys, tombstones included.
    pub entries: u64,
    /// How many of them are tombstones.
    pub deletions: u64,
    /// Its first key.
    pub smallest: OwnedKey,
    /// Its last key.
    pub largest: OwnedKey,
    /// The oldest timestamp in it.
    pub smallest_timestamp: Timestamp,
    /// The newest timestamp in it.
    pub largest_timestamp: Timestamp,
}

impl TableMeta {
    /// Whether it can have something of these user keys.
    #[must_use]
    pub fn overlaps(&self, user_keys: RangeInclusive<&[u8]>) -> bool {
        let (first, last) = user_keys.into_inner();
        self.smallest.user_key.as_slice() <= last && first <= self.largest.user_key.as_slice()
    }

    /// Whether it comes before `other` in level 0: newer, and of two that are equally new the
    /// one that was written later.
    pub(crate) fn is_newer_than(&self, other: &Self) -> bool {
        (self.largest_timestamp, self.number) > (other.largest_timestamp, other.number)
    }

    /// Refuses what no table can be.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let number = self.number;
        let sound = (1..=NUMBER_MAX).contains(&number)
            && self.entries > 0
            && self.deletions <= self.entries
            && self.smallest.as_key() <= self.largest.as_key()
            && self.smallest_timestamp <= self.largest_timestamp;
        sound
            .then_some(())
            .ok_or_else(|| Refusal::NoTable(Box::new(self.clone())))
    }

    /// Appends the table to an edit.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put_varint(out, self.number);
        put_varint(out, self.size);
        put_varint(out, self.entries);
        put_varint(out, self.deletions);
        put_varint(out, self.smallest_timestamp.0);
        put_varint(out, self.largest_timestamp.0);
        put_key(out, &self.smallest);
        put_key(out, &self.largest);
    }

    /// Takes a table off the front of an edit.
    pub(crate) fn decode(input: &mut &[u8]) -> Result<Self, Invalid> {
        Ok(Self {
            number: get_varint(input)?,
            size: get_varint(input)?,
            entries: get_varint(input)?,
            deletions: get_varint(input)?,
            smallest_timestamp: Timestamp(get_varint(input)?),
            largest_timestamp: Timestamp(get_varint(input)?),
            smallest: get_key(input)?,
            largest: get_key(input)?,
        })
    }
}

fn put_key(out: &mut Vec<u8>, key: &OwnedKey) {
    put_slice(out, &key.user_key);
    put_varint(out, key.timestamp.0);
    out.push(key.operation.into());
}

fn get_key(input: &mut &[u8]) -> Result<OwnedKey, Invalid> {
    let user_key = get_slice(input, KEY_SIZE_MAX)?.to_vec();
    let timestamp = Timestamp(get_varint(input)?);
    let number = get_byte("operation", input)?;
    let operation = Operation::try_from(number).map_err(|_| Invalid::Operation { number })?;
    Ok(OwnedKey {
        user_key,
        timestamp,
        operation,
    })
}

/// Takes one byte off the front.
pub(crate) fn get_byte(what: &'static str, input: &mut &[u8]) -> Result<u8, Invalid> {
    let Some((&byte, rest)) = input.split_first() else {
        let (needed, found) = (1, 0);
        return Err(ferrisdb_format::Error::Truncated {
            what,
            needed,
            found,
        }
        .into());
    };
    *input = rest;
    Ok(byte)
}
