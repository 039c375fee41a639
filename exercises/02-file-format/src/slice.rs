//! Bytes with their length in front.
//!
//! ```text
//!   ┌──────────────┬────────────────────┐
//!   │ length       │ bytes              │
//!   │ varint       │ as many as it says │
//!   └──────────────┴────────────────────┘
//! ```

use crate::{Error, Result, get_varint, put_varint};

/// Appends the length of `bytes`, then `bytes`.
#[inline]
pub fn put_slice(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Takes a slice of at most `size_max` bytes off `input`. On an error `input` stays as it was.
///
/// The length is a claim of whoever wrote the bytes. It is held against `size_max` first
/// ([`Error::TooLong`]) and then against what is there ([`Error::Truncated`]), so a caller that
/// copies the slice never allocates more than it declared. The result borrows from the input:
/// nothing is copied here.
#[inline]
pub fn get_slice<'a>(input: &mut &'a [u8], size_max: usize) -> Result<&'a [u8]> {
    todo!(
        "read the length, hold it against the limit and then against what is there, and split the slice off"
    )
}
