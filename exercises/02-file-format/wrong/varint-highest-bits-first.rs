//! Each byte moves what came before it up, so the first byte ends up highest.

pub fn get_varint(input: &mut &[u8]) -> Result<u64> {
    let mut value: u64 = 0;
    for (index, &byte) in input.iter().enumerate() {
        if index == VARINT_SIZE_MAX - 1 && byte > 1 {
            return Err(Error::VarintOverflow);
        }
        value = value << 7 | u64::from(byte & !MORE);
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
