//! No blank frame is written behind the last record, so what the file held before looks like half a
//! record whenever a process dies.

pub(crate) fn blank(end: u64, file_size: u64) -> &'static [u8] {
    &[]
}
