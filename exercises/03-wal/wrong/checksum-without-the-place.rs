//! The checksum covers the bytes of the record only, so a record is valid wherever it lies.

fn checksum(place: Place, covered: &[u8]) -> u32 {
    Checksum::new().update(covered).finish()
}
