//! The length is read from the caller's input and stays read, whatever comes after.

pub fn get_slice<'a>(input: &mut &'a [u8], size_max: usize) -> Result<&'a [u8]> {
    let what = "slice";
    let claimed = get_varint(input)?;
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
    let Some((bytes, rest)) = input.split_at_checked(size) else {
        return Err(Error::Truncated {
            what,
            needed: size,
            found: input.len(),
        });
    };
    *input = rest;
    Ok(bytes)
}
