//! Counting up as in arithmetic: 0xFF turns to 0x00 and stays there.

pub fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    for byte in end.iter_mut().rev() {
        if *byte < 0xFF {
            *byte += 1;
            return Some(end);
        }
        *byte = 0x00;
    }
    None
}
