//! The length is used before anyone has looked whether there are so many bytes.

pub fn get_slice<'a>(input: &mut &'a [u8], size_max: usize) -> Result<&'a [u8]> {
    let what = "slice";
    let mut rest = *input;
    let claimed = get_varint(&mut rest)?;
    let size = match usize::try_from(claimed) {
        Ok(size) if size <= size_max => size,
        _ => {
            return Err(Error::TooLong {
                what,
                size: claimed,
                size_max,
            });
        }
    };
    let (bytes, rest) = rest.split_at(size);
    *input = rest;
    Ok(bytes)
}
