//! The number of index levels is looked at last, so a footer that is wrong in more than one way
//! is refused for the wrong reason.

impl Footer {
    pub fn decode(bytes: &[u8; FOOTER_SIZE], location: Location) -> Result<Self, Reason> {
        if bytes[MAGIC_AT..] != Magic::TABLE.0 {
            return Err(Reason::NoFooter);
        }
        let input = &mut bytes.as_slice();
        let (stored, computed) = (get_u32(input)?, checksum(location, bytes));
        if stored != computed {
            return Err(Reason::Checksum { stored, computed });
        }
        let footer = Self::fields(input)?;
        let (end, tail_size) = (location.offset, location.offset.saturating_sub(footer.tail));
        check_place(Part::Data, footer.tail, tail_size, HEADER_SIZE as u64..end)?;
        let parts = [
            (Part::Index, Some(footer.index)),
            (Part::Filter, footer.filter),
            (Part::Properties, Some(footer.properties)),
        ];
        for (what, handle) in parts {
            if let Some(Handle { offset, size }) = handle {
                check_place(what, offset, u64::from(size), footer.tail..end)?;
            }
        }
        if !(1..=2).contains(&footer.index_levels) {
            let found = footer.index_levels;
            return Err(Reason::Levels { found });
        }
        Ok(footer)
    }
}
