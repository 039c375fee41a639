//! The checksum covers the offset but not the number of the file, so leftovers of a recycled
//! file are valid.

fn checksum(place: Place, covered: &[u8]) -> u32 {
    Checksum::new()
        .update(&place.offset.to_le_bytes())
        .update(covered)
        .finish()
}
