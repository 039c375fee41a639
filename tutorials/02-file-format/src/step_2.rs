//! The bytes are the same on every machine, and there are four of them.

use crate::Result;

/// The file for a number.
pub fn encode(number: u32) -> Vec<u8> {
    number.to_le_bytes().to_vec()
}

/// The number in a file.
pub fn decode(bytes: &[u8]) -> Result<u32> {
    let Ok(number) = bytes.try_into() else {
        return Err(format!("a counter has 4 bytes, not {}", bytes.len()));
    };
    Ok(u32::from_le_bytes(number))
}
