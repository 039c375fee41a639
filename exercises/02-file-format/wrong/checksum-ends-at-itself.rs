//! Only what lies in front of the checksum is covered.

fn checksum_of(bytes: &[u8; HEADER_SIZE]) -> u32 {
    crate::checksum(&bytes[..CHECKSUM.offset])
}
