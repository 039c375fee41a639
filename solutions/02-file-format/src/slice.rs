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
    let what = "slice";
    let mut rest = *input;
    let claimed = get_varint(&mut rest)?;
    let size = match usize::try_from(claimed) {
        Ok(size) if size <= size_max => size,
        _ => {
            return Err(Error::TooLong {
                what,
                size: claimed,
                size_max,
            });
        }
    };
    let Some((bytes, rest)) = rest.split_at_checked(size) else {
        return Err(Error::Truncated {
            what,
            needed: size,
            found: rest.len(),
        });
    };
    *input = rest;
    Ok(bytes)
}
