//! The checksum covers the number of the file but not the offset, so a record that was moved
//! is valid.

fn checksum(place: Place, covered: &[u8]) -> u32 {
    Checksum::new()
        .update(&place.file_number.to_le_bytes())
        .update(covered)
        .finish()
}
