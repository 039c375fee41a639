//! `80 00` is read as 0.

pub fn get_varint(input: &mut &[u8]) -> Result<u64> {
    let mut value = 0;
    for (index, &byte) in input.iter().enumerate() {
        if index == VARINT_SIZE_MAX - 1 && byte > 1 {
            return Err(Error::VarintOverflow);
        }
        value |= u64::from(byte & !MORE) << (7 * index);
        if byte & MORE == 0 {
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
