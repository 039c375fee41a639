//! The end is the prefix with a byte 0xFF behind it.

pub fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    end.push(0xFF);
    Some(end)
}
