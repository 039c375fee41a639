//! Of a field that comes twice the largest counts.

impl Edit {
    pub fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        let mut edit = Self::new();
        let mut input = bytes;
        let input = &mut input;
        while !input.is_empty() {
            match get_byte("tag", input)? {
                LOG_START => edit.log_start = Some(get_varint(input)?),
                LAST_TIMESTAMP => edit.last_timestamp = Some(Timestamp(get_varint(input)?)),
                NEXT_NUMBER => edit.next_number = edit.next_number.max(Some(get_varint(input)?)),
                REMOVE => edit.remove.push((get_level(input)?, get_varint(input)?)),
                ADD => {
                    let level = get_level(input)?;
                    edit.add.push((level, Arc::new(TableMeta::decode(input)?)));
                }
                tag => return Err(Invalid::Tag { tag }),
            }
        }
        Ok(edit)
    }
}
