//! The payload is compared with the size of the largest batch, and its timestamp and count are
//! forgotten.

impl<'a> Record<'a> {
    pub fn decode(bytes: &'a [u8], place: Place) -> Result<Self, Invalid> {
        let cut_short = |needed| Invalid::CutShort {
            needed,
            found: bytes.len(),
        };
        let mut input = bytes;
        let (Ok(stored), Ok(size), Ok(mark)) = (
            get_u32(&mut input),
            get_u32(&mut input),
            get_u64(&mut input),
        ) else {
            return Err(cut_short(RECORD_HEADER_SIZE));
        };
        let Some((&number, rest)) = input.split_first() else {
            return Err(cut_short(RECORD_HEADER_SIZE));
        };
        let kind = Kind::from_number(number).ok_or(Invalid::Kind { number })?;
        let size = size as usize;
        if size > BATCH_SIZE_MAX {
            return Err(Invalid::TooLong {
                size,
                size_max: PAYLOAD_SIZE_MAX,
            });
        }
        let payload = rest
            .get(..size)
            .ok_or_else(|| cut_short(RECORD_HEADER_SIZE + size))?;
        let computed = checksum(place, &bytes[4..RECORD_HEADER_SIZE + size]);
        if computed != stored {
            return Err(Invalid::Checksum { stored, computed });
        }
        Ok(Self {
            kind,
            mark: Position(mark),
            payload,
        })
    }
}
