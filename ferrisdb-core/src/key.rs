//! The order in which versions of keys are kept.

use std::cmp::{Ordering, Reverse};

use crate::{Operation, Timestamp};

/// One version of one key: what the engine sorts by.
///
/// User keys ascend, byte by byte. Versions of the same key *descend* by timestamp, so that
/// the first version found at or after `(key, t)` is the newest one that a reader at time `t`
/// may see:
///
/// ```text
///   apple @9   apple @4   apple @1   banana @7   cherry @8   cherry @2
///              ^ a reader at @5 starts here and is done
/// ```
///
/// A batch holds at most one version of a key, and each batch has a timestamp of its own, so
/// key and timestamp decide the order alone; the operation follows only to make it total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InternalKey<'a> {
    /// The key as the user wrote it.
    pub user_key: &'a [u8],
    /// When this version was written.
    pub timestamp: Timestamp,
    /// What was done to the key.
    pub operation: Operation,
}

impl Ord for InternalKey<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.user_key
            .cmp(other.user_key)
            .then_with(|| Reverse(self.timestamp).cmp(&Reverse(other.timestamp)))
            .then_with(|| self.operation.cmp(&other.operation))
    }
}

impl PartialOrd for InternalKey<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(user_key: &[u8], timestamp: u64) -> InternalKey<'_> {
        InternalKey {
            user_key,
            timestamp: Timestamp(timestamp),
            operation: Operation::Put,
        }
    }

    #[test]
    fn keys_ascend_and_versions_descend() {
        let mut keys = [
            put(b"b", 1),
            put(b"a", 1),
            put(b"a", 9),
            put(b"", 5),
            put(b"ab", 3),
        ];
        keys.sort();
        let sorted = [
            put(b"", 5),
            put(b"a", 9),
            put(b"a", 1),
            put(b"ab", 3),
            put(b"b", 1),
        ];
        assert_eq!(keys, sorted);
    }
}
