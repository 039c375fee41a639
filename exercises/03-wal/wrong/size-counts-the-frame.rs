//! The size field counts the frame as well as the payload.

impl<'a> Record<'a> {
    pub fn frame(buffer: &mut [u8], kind: Kind, mark: Position, place: Place) {
        let payload_size = u32::try_from(buffer.len()).expect("a legal batch is far below 4 GiB");
        buffer[4..8].copy_from_slice(&payload_size.to_le_bytes());
        buffer[8..16].copy_from_slice(&mark.0.to_le_bytes());
        buffer[16] = kind as u8;
        let checksum = checksum(place, &buffer[4..]);
        buffer[..4].copy_from_slice(&checksum.to_le_bytes());
    }
}
