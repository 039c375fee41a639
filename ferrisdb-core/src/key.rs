//! The order in which versions of keys are kept.

use std::cmp::{Ordering, Reverse};
use std::fmt;

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
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.user_key
            .cmp(other.user_key)
            .then_with(|| Reverse(self.timestamp).cmp(&Reverse(other.timestamp)))
            .then_with(|| self.operation.cmp(&other.operation))
    }
}

impl PartialOrd for InternalKey<'_> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// An [`InternalKey`] that owns its bytes: for keys that are kept, and for messages.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OwnedKey {
    /// The key as the user wrote it.
    pub user_key: Vec<u8>,
    /// When this version was written.
    pub timestamp: Timestamp,
    /// What was done to the key.
    pub operation: Operation,
}

impl OwnedKey {
    /// The same key, borrowed.
    #[must_use]
    pub fn as_key(&self) -> InternalKey<'_> {
        InternalKey {
            user_key: &self.user_key,
            timestamp: self.timestamp,
            operation: self.operation,
        }
    }
}

impl From<InternalKey<'_>> for OwnedKey {
    fn from(key: InternalKey<'_>) -> Self {
        Self {
            user_key: key.user_key.to_vec(),
            timestamp: key.timestamp,
            operation: key.operation,
        }
    }
}

/// How many bytes of a key a message shows.
const SHOWN_SIZE_MAX: usize = 48;

impl fmt::Display for OwnedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.user_key[..self.user_key.len().min(SHOWN_SIZE_MAX)];
        let rest = self.user_key.len() - shown.len();
        write!(f, "\"{}\"", shown.escape_ascii())?;
        if rest > 0 {
            write!(f, " and {rest} more bytes")?;
        }
        write!(f, " {}", self.timestamp)?;
        match self.operation {
            Operation::Put => Ok(()),
            Operation::Delete => f.write_str(" (deleted)"),
        }
    }
}

impl fmt::Debug for OwnedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
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

    #[test]
    fn an_owned_key_is_the_same_key_and_prints_the_start_of_a_long_one() {
        let key = put(b"apple", 7);
        assert_eq!(OwnedKey::from(key).as_key(), key);
        assert_eq!(OwnedKey::from(key).to_string(), "\"apple\" @7");
        let long = OwnedKey {
            user_key: vec![b'x'; 50],
            operation: Operation::Delete,
            ..OwnedKey::from(key)
        };
        let expected = format!("\"{}\" and 2 more bytes @7 (deleted)", "x".repeat(48));
        assert_eq!(long.to_string(), expected);
    }
}
