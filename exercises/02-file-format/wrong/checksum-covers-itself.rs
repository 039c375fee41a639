//! The checksum is a part of what it is computed from.

fn checksum_of(bytes: &[u8; HEADER_SIZE]) -> u32 {
    crate::checksum(bytes)
}
