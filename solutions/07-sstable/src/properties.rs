//! What is known about a table as a whole.
//!
//! ```text
//!   size      field
//!   varint    entries              versions of keys, tombstones included
//!   varint    deletions            tombstones
//!   varint    keys                 different user keys
//!   varint    key bytes            of all entries, before anything was compressed
//!   varint    value bytes          likewise
//!   varint    data blocks
//!   varint    created at           microseconds since 1970
//!   1         compression          what was asked for: 0 none, 1 LZ4, 2 Zstandard
//!   varint    smallest timestamp
//!   varint    largest timestamp
//!   slice     smallest user key
//!   slice     largest user key
//! ```
//!
//! A reader that knows fewer fields ignores what follows them.

use ferrisdb_block::Compression;
use ferrisdb_core::{InternalKey, KEY_SIZE_MAX, Operation, Timestamp};
use ferrisdb_format::{Error, Result, get_slice, get_varint, put_slice, put_varint};

/// What is known about a table as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Properties {
    /// How many entries there are: versions of keys, tombstones included.
    pub entries: u64,
    /// How many of them are tombstones.
    pub deletions: u64,
    /// How many different user keys there are.
    pub keys: u64,
    /// The bytes of all user keys, each version counted.
    pub key_bytes: u64,
    /// The bytes of all values.
    pub value_bytes: u64,
    /// How many data blocks there are.
    pub data_blocks: u64,
    /// When the table was begun, in microseconds since 1970-01-01 00:00:00 UTC.
    pub created_at_us: u64,
    /// How blocks are compressed, if they shrink.
    pub compression: Compression,
    /// The oldest timestamp; [`Timestamp::MAX`] in a table without entries.
    pub smallest_timestamp: Timestamp,
    /// The newest timestamp; [`Timestamp::ZERO`] in a table without entries.
    pub largest_timestamp: Timestamp,
    /// The smallest user key; empty in a table without entries.
    pub smallest_key: Vec<u8>,
    /// The largest user key; empty in a table without entries.
    pub largest_key: Vec<u8>,
}

impl Properties {
    /// Those of a table without entries.
    pub(crate) fn new(compression: Compression, created_at_us: u64) -> Self {
        Self {
            entries: 0,
            deletions: 0,
            keys: 0,
            key_bytes: 0,
            value_bytes: 0,
            data_blocks: 0,
            created_at_us,
            compression,
            smallest_timestamp: Timestamp::MAX,
            largest_timestamp: Timestamp::ZERO,
            smallest_key: Vec::new(),
            largest_key: Vec::new(),
        }
    }

    /// Counts an entry, whose key is above all that were counted before; `is_new_key` says
    /// whether its user key is a new one. The largest key is not touched: it is the last one.
    pub(crate) fn count(&mut self, key: InternalKey<'_>, value: &[u8], is_new_key: bool) {
        if self.entries == 0 {
            self.smallest_key = key.user_key.to_vec();
        }
        self.entries += 1;
        self.deletions += u64::from(key.operation == Operation::Delete);
        self.keys += u64::from(is_new_key);
        self.key_bytes += key.user_key.len() as u64;
        self.value_bytes += value.len() as u64;
        self.smallest_timestamp = self.smallest_timestamp.min(key.timestamp);
        self.largest_timestamp = self.largest_timestamp.max(key.timestamp);
    }

    /// The properties as bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_varint(&mut out, self.entries);
        put_varint(&mut out, self.deletions);
        put_varint(&mut out, self.keys);
        put_varint(&mut out, self.key_bytes);
        put_varint(&mut out, self.value_bytes);
        put_varint(&mut out, self.data_blocks);
        put_varint(&mut out, self.created_at_us);
        out.push(self.compression as u8);
        put_varint(&mut out, self.smallest_timestamp.0);
        put_varint(&mut out, self.largest_timestamp.0);
        put_slice(&mut out, &self.smallest_key);
        put_slice(&mut out, &self.largest_key);
        out
    }

    /// Reads properties from the front of some bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut input = bytes;
        let input = &mut input;
        Ok(Self {
            entries: get_varint(input)?,
            deletions: get_varint(input)?,
            keys: get_varint(input)?,
            key_bytes: get_varint(input)?,
            value_bytes: get_varint(input)?,
            data_blocks: get_varint(input)?,
            created_at_us: get_varint(input)?,
            compression: compression(input)?,
            smallest_timestamp: Timestamp(get_varint(input)?),
            largest_timestamp: Timestamp(get_varint(input)?),
            smallest_key: get_slice(input, KEY_SIZE_MAX)?.to_vec(),
            largest_key: get_slice(input, KEY_SIZE_MAX)?.to_vec(),
        })
    }
}

fn compression(input: &mut &[u8]) -> Result<Compression> {
    let what = "compression";
    let Some((&number, rest)) = input.split_first() else {
        let (needed, found) = (1, 0);
        return Err(Error::Truncated {
            what,
            needed,
            found,
        });
    };
    *input = rest;
    Compression::from_number(number).ok_or(Error::TooLong {
        what,
        size: u64::from(number),
        size_max: 2,
    })
}
