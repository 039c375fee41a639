//! The file says whether it is still what was written.

use crate::{Result, step_3};

/// A function from bytes to a number that changes when the bytes do.
pub type Check = fn(&[u8]) -> u32;

/// The file for a number.
pub fn encode(number: u32, check: Check) -> Vec<u8> {
    let mut bytes = step_3::encode(number);
    let checksum = check(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// The number in a file.
pub fn decode(bytes: &[u8], check: Check) -> Result<u32> {
    let Some((content, stored)) = bytes.split_last_chunk() else {
        return Err("the file is too short to hold a checksum".to_owned());
    };
    let number = step_3::decode(content)?;
    let (stored, computed) = (u32::from_le_bytes(*stored), check(content));
    if stored != computed {
        return Err(format!(
            "damaged: stored {stored:08x}, computed {computed:08x}"
        ));
    }
    Ok(number)
}

/// All bytes added up.
pub fn sum(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |sum, &byte| sum.wrapping_add(byte.into()))
}

/// The CRC32 of zip, PNG and Ethernet, one bit at a time.
///
/// The bits are divided, as one very long number, by a fixed number of 33 bits.
/// The checksum is the remainder. "Divided" without carrying, so subtracting is `^`.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut remainder = u32::MAX;
    for &byte in bytes {
        remainder ^= u32::from(byte);
        for _ in 0..8 {
            let divides = remainder & 1 == 1;
            remainder >>= 1;
            if divides {
                remainder ^= 0xedb8_8320;
            }
        }
    }
    !remainder
}
