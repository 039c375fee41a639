//! The checksum is computed before size, mark and kind are filled in, so it covers zeros.

impl<'a> Record<'a> {
    pub fn frame(buffer: &mut [u8], kind: Kind, mark: Position, place: Place) {
        let checksum = checksum(place, &buffer[4..]);
        buffer[..4].copy_from_slice(&checksum.to_le_bytes());
        let payload_size = u32::try_from(buffer.len() - RECORD_HEADER_SIZE)
            .expect("a legal batch is far below 4 GiB");
        buffer[4..8].copy_from_slice(&payload_size.to_le_bytes());
        buffer[8..16].copy_from_slice(&mark.0.to_le_bytes());
        buffer[16] = kind as u8;
    }
}
