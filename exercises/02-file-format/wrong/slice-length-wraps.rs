//! `as u32` keeps the lower half of the length and drops the rest.

pub fn get_slice<'a>(input: &mut &'a [u8], size_max: usize) -> Result<&'a [u8]> {
    let what = "slice";
    let mut rest = *input;
    let claimed = get_varint(&mut rest)?;
    let size = match usize::try_from(claimed as u32) {
        Ok(size) if size <= size_max => size,
        _ => {
            return Err(Error::TooLong {
                what,
                size: claimed,
                size_max,
            });
        }
    };
    let Some((bytes, rest)) = rest.split_at_checked(size) else {
        return Err(Error::Truncated {
            what,
            needed: size,
            found: rest.len(),
        });
    };
    *input = rest;
    Ok(bytes)
}
