//! The bytes are copied, and the input stays where it is.

pub(crate) fn take<const N: usize>(input: &mut &[u8], what: &'static str) -> Result<[u8; N]> {
    let Some((bytes, _)) = input.split_first_chunk::<N>() else {
        return Err(Error::Truncated {
            what,
            needed: N,
            found: input.len(),
        });
    };
    Ok(*bytes)
}
