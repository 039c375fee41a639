//! What a merge notes of each source: enough to compare without asking it, most of the time.

use std::cmp::{Ordering, Reverse};

use ferrisdb_core::{InternalKey, Timestamp};

/// A source that is at a version, and what is noted of that version.
///
/// ```text
///   source   prefix                     timestamp
///   2        "article-" as a number     17
/// ```
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    /// Which source it is. A smaller number is a newer source.
    pub(crate) source: usize,
    /// The first eight bytes of the user key as a number, with zeros behind a
    /// shorter key. Where two of these differ, the keys differ in the same way.
    pub(crate) prefix: u64,
    /// When the version was written.
    pub(crate) timestamp: Timestamp,
}

impl Head {
    /// Notes where a source is.
    #[inline]
    pub(crate) fn new(source: usize, key: InternalKey<'_>) -> Self {
        Self {
            source,
            prefix: prefix(key.user_key),
            timestamp: key.timestamp,
        }
    }
}

/// The first eight bytes of a key as a big-endian number.
#[inline]
fn prefix(user_key: &[u8]) -> u64 {
    if let Some(first) = user_key.first_chunk() {
        return u64::from_be_bytes(*first);
    }
    let mut padded = [0; 8];
    padded[..user_key.len()].copy_from_slice(user_key);
    u64::from_be_bytes(padded)
}

/// The order of versions: keys ascend, timestamps descend. Unlike that of [`InternalKey`] it does
/// not look at the operation, in which two entries with the same key and timestamp cannot differ.
#[inline]
pub(crate) fn order(left: InternalKey<'_>, right: InternalKey<'_>) -> Ordering {
    let of = |key: InternalKey<'_>| Reverse(key.timestamp);
    left.user_key
        .cmp(right.user_key)
        .then_with(|| of(left).cmp(&of(right)))
}
