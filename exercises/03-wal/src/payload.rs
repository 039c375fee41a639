//! A batch as the payload of a record.
//!
//! ```text
//!   offset  size     field
//!        0  8        timestamp
//!        8  varint   number of entries
//!                    then, for each entry:
//!           1        operation        1 put, 2 delete
//!           varint   key size
//!           n        key
//!           varint   value size       put only
//!           n        value            put only
//! ```

use ferrisdb_core::{Batch, KEY_SIZE_MAX, Operation, Timestamp, VALUE_SIZE_MAX};
use ferrisdb_format::{get_slice, get_u64, get_varint, put_slice, put_u64, put_varint};

use crate::Invalid;

/// Appends the batch to `out`.
pub(crate) fn encode(timestamp: Timestamp, batch: &Batch, out: &mut Vec<u8>) {
    out.reserve(batch.size());
    put_u64(out, timestamp.0);
    put_varint(out, batch.len() as u64);
    for entry in batch.iter() {
        out.push(entry.operation.into());
        put_slice(out, entry.key);
        if entry.operation == Operation::Put {
            put_slice(out, entry.value);
        }
    }
}

/// Reads a batch into `batch`, whose earlier content is forgotten.
///
/// The record's checksum was right, so whatever is wrong here was written like that.
pub(crate) fn decode(mut bytes: &[u8], batch: &mut Batch) -> Result<Timestamp, Invalid> {
    let input = &mut bytes;
    let timestamp = Timestamp(get_u64(input)?);
    let count = get_varint(input)?;
    batch.clear();
    for _ in 0..count {
        let operation = get_operation(input)?;
        let key = get_slice(input, KEY_SIZE_MAX)?;
        match operation {
            Operation::Put => batch.put(key, get_slice(input, VALUE_SIZE_MAX)?),
            Operation::Delete => batch.delete(key),
        }
    }
    if input.is_empty() {
        Ok(timestamp)
    } else {
        Err(Invalid::Leftover { size: input.len() })
    }
}

fn get_operation(input: &mut &[u8]) -> Result<Operation, Invalid> {
    let what = "operation";
    let truncated = ferrisdb_format::Error::Truncated {
        what,
        needed: 1,
        found: 0,
    };
    let (&number, rest) = input.split_first().ok_or(truncated)?;
    *input = rest;
    Operation::try_from(number).map_err(|_| Invalid::Operation { number })
}
