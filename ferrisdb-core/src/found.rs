//! What one place knows about a key.

/// What a memtable or a table knows about a key as of some moment.
///
/// A lookup asks one place after the other, newest first, and stops at the first that knows
/// anything: a value, or that the key was deleted. So a lookup returns `Option<Found>`, with
/// three answers that must not be mixed up:
///
/// ```text
///   Some(Found::Value(v))   the value is v, which may be empty        stop
///   Some(Found::Deleted)    a tombstone: the key is gone              stop
///   None                    nothing is known here                     ask the next, older place
/// ```
///
/// An answer of `None` for a tombstone would let an older place bring the key back to life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// The key has this value.
    Value(&'a [u8]),
    /// The key was deleted, so older places need not be asked.
    Deleted,
}

impl<'a> Found<'a> {
    /// The value, if there is one: what a user of the database gets to see.
    #[must_use]
    pub fn value(self) -> Option<&'a [u8]> {
        match self {
            Self::Value(value) => Some(value),
            Self::Deleted => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_is_a_value_and_a_tombstone_is_none() {
        assert_eq!(Found::Value(b"").value(), Some(b"".as_slice()));
        assert_eq!(Found::Deleted.value(), None);
    }
}
