//! The file says whose it is.

use crate::{Result, step_2};

/// What every counter file starts with, and nobody else's file.
pub const MAGIC: &[u8; 8] = b"RECEIPTS";

/// The file for a number.
pub fn encode(number: u32) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(step_2::encode(number));
    bytes
}

/// The number in a file.
pub fn decode(bytes: &[u8]) -> Result<u32> {
    let Some(number) = bytes.strip_prefix(MAGIC) else {
        return Err("this is not a counter file".to_owned());
    };
    step_2::decode(number)
}
