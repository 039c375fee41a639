//! Integers of fixed size, lowest byte first.
//!
//! ```text
//!   put_u32(0x0000_002a)  →  2a 00 00 00      on every machine
//! ```
//!
//! Writing appends to a `Vec<u8>`. Reading takes bytes off the front of a slice: the slice that
//! the caller holds gets shorter, so the next read goes on where this one stopped.

use crate::{Error, Result};

/// Takes the first `N` bytes off `input`.
///
/// With fewer than `N` left it returns [`Error::Truncated`], and `input` stays as it was.
#[inline]
pub(crate) fn take<const N: usize>(input: &mut &[u8], what: &'static str) -> Result<[u8; N]> {
    todo!("take N bytes off the front of the input, or say that it is cut short")
}

/// Appends two bytes.
#[inline]
pub fn put_u16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_le_bytes());
}

/// Appends four bytes.
#[inline]
pub fn put_u32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

/// Appends eight bytes.
#[inline]
pub fn put_u64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes());
}

/// Takes two bytes off `input`. On an error `input` stays as it was.
#[inline]
pub fn get_u16(input: &mut &[u8]) -> Result<u16> {
    Ok(u16::from_le_bytes(take(input, "u16")?))
}

/// Takes four bytes off `input`. On an error `input` stays as it was.
#[inline]
pub fn get_u32(input: &mut &[u8]) -> Result<u32> {
    Ok(u32::from_le_bytes(take(input, "u32")?))
}

/// Takes eight bytes off `input`. On an error `input` stays as it was.
#[inline]
pub fn get_u64(input: &mut &[u8]) -> Result<u64> {
    Ok(u64::from_le_bytes(take(input, "u64")?))
}
