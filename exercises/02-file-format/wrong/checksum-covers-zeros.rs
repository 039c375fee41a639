//! Writer and reader agree: the checksum covers four zeros in its own place.

fn checksum_of(bytes: &[u8; HEADER_SIZE]) -> u32 {
    let mut bytes = *bytes;
    bytes[CHECKSUM.range()].fill(0);
    crate::checksum(&bytes)
}
