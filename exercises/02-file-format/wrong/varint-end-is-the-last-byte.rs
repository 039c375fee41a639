//! Bytes that end too early are taken for the whole number.

pub fn get_varint(input: &mut &[u8]) -> Result<u64> {
    let mut value = 0;
    for (index, &byte) in input.iter().enumerate() {
        if index == VARINT_SIZE_MAX - 1 && byte > 1 {
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
    *input = &[];
    Ok(value)
}
