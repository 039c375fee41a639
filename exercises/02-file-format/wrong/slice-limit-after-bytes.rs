//! The bytes are counted before the limit is looked at.

pub fn get_slice<'a>(input: &mut &'a [u8], size_max: usize) -> Result<&'a [u8]> {
    let what = "slice";
    let mut rest = *input;
    let claimed = get_varint(&mut rest)?;
    let size = usize::try_from(claimed).unwrap_or(usize::MAX);
    let Some((bytes, rest)) = rest.split_at_checked(size) else {
        return Err(Error::Truncated {
            what,
            needed: size,
            found: rest.len(),
        });
    };
    if size > size_max {
        return Err(Error::TooLong {
            what,
            size: claimed,
            size_max,
        });
    }
    *input = rest;
    Ok(bytes)
}
