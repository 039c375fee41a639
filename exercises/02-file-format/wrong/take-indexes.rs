//! Indexing panics when the bytes are not there.

pub(crate) fn take<const N: usize>(input: &mut &[u8], what: &'static str) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&input[..N]);
    *input = &input[N..];
    Ok(bytes)
}
