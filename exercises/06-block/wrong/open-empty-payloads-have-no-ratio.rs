//! A stored size of zero is left out of the ratio, so a frame of fourteen bytes may claim 17 MiB.

pub fn open(mut frame: Bytes, kind: Kind, location: Location) -> Result<Bytes> {
    let header = Header::decode(&frame)?;
    check_stored_size(header.stored_size, frame.len() - FRAME_HEADER_SIZE)?;
    let (stored, computed) = (header.checksum, checksum(location, &frame[4..]));
    if stored != computed {
        return Err(Error::damaged(0, Damage::Checksum { stored, computed }));
    }
    if header.kind != kind as u8 {
        let (expected, found) = (kind, header.kind);
        return Err(Error::damaged(4, Damage::Kind { expected, found }));
    }
    let number = header.compression;
    let compression = Compression::from_number(number)
        .ok_or_else(|| Error::damaged(5, Damage::Compression { number }))?;
    let raw_size = header.raw_size;
    let size_max = match header.stored_size {
        0 => BLOCK_SIZE_MAX,
        size => BLOCK_SIZE_MAX.min(size.saturating_mul(RATIO_MAX)),
    };
    if raw_size > size_max {
        let damage = Damage::TooLong {
            what: "decompressed payload",
            size: raw_size as u64,
            size_max,
        };
        return Err(Error::damaged(10, damage));
    }
    frame.advance(FRAME_HEADER_SIZE);
    compression::decompress(compression, frame, raw_size)
        .map_err(|damage| Error::damaged(FRAME_HEADER_SIZE, damage))
}
