//! What is left is swallowed, although it is too little.

pub(crate) fn take<const N: usize>(input: &mut &[u8], what: &'static str) -> Result<[u8; N]> {
    let Some((bytes, rest)) = input.split_first_chunk::<N>() else {
        let found = std::mem::take(input).len();
        return Err(Error::Truncated {
            what,
            needed: N,
            found,
        });
    };
    *input = rest;
    Ok(*bytes)
}
