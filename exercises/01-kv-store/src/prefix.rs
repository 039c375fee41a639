//! Where the keys that share a prefix end.

/// The smallest key that is larger than every key starting with `prefix`; `None` if there
/// is no such key.
///
/// In byte order the keys with a common prefix stand side by side, so "starts with `ab`" is
/// the range from `ab` up to, but not including, `ac`:
///
/// ```text
///   aa   ab   ab\x00   abz   ab\xFF   ab\xFF\xFF   ac
///        └────────── start with "ab" ──────────┘   └ prefix_end
/// ```
///
/// The last byte goes up by one. A byte `0xFF` has no next one: it is dropped, and the byte
/// before it goes up instead. A prefix of nothing but `0xFF` bytes (or of no bytes at all)
/// has no end: the keys after it all start with it.
///
/// ```
/// use kv_store::prefix_end;
///
/// assert_eq!(prefix_end(b"ab"), Some(b"ac".to_vec()));
/// assert_eq!(prefix_end(b"a\xFF"), Some(b"b".to_vec()));
/// assert_eq!(prefix_end(b"\xFF"), None);
/// ```
pub fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    todo!("drop the 0xFF bytes at the end of the prefix, then add one to the byte that is now last")
}
