//! Integers that are as long as they need to be (LEB128, as in protobuf and WebAssembly).
//!
//! Seven bits a byte, lowest first; the top bit says that another byte follows:
//!
//! ```text
//!   300 = 10 0101100 in binary
//!
//!         1 0101100   0 0000010
//!         │ └──┬──┘   │ └──┬──┘
//!         │  bits 0-6 │  bits 7-13
//!         more        last
//!         = ac        = 02
//! ```
//!
//! A value has exactly one encoding: the shortest. 64 bits need at most ten bytes, and of the
//! tenth only one bit is left to use.

use crate::{Error, Result};

/// The longest varint, in bytes: that of `u64::MAX`.
pub const VARINT_SIZE_MAX: usize = 10;

/// The bit that says that another byte follows.
const MORE: u8 = 0x80;

/// Appends `value` in one to ten bytes.
#[inline]
pub fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= u64::from(MORE) {
        out.push(value.to_le_bytes()[0] | MORE);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Takes a varint off `input`. On an error `input` stays as it was.
///
/// Bytes that end before the varint does are [`Error::Truncated`], more than 64 bits are
/// [`Error::VarintOverflow`], and an encoding with a shorter one beside it is
/// [`Error::VarintOverlong`].
#[inline]
pub fn get_varint(input: &mut &[u8]) -> Result<u64> {
    todo!(
        "collect seven bits a byte until a byte without the top bit; refuse what put_varint never writes"
    )
}
