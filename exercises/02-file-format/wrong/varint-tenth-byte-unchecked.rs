//! Ten bytes are 70 bits; the upper six fall off unseen.

pub fn get_varint(input: &mut &[u8]) -> Result<u64> {
    let mut value = 0;
    for (index, &byte) in input.iter().enumerate() {
        if index == VARINT_SIZE_MAX {
            return Err(Error::VarintOverflow);
        }
        value |= u64::from(byte & !MORE) << (7 * index);
        if byte & MORE == 0 {
            if byte == 0 && index > 0 {
                return Err(Error::VarintOverlong);
            }
            *input = &input[index + 1..];
            return Ok(value);
        }
    }
    Err(Error::Truncated {
        what: "varint",
        needed: input.len() + 1,
        found: input.len(),
    })
}
