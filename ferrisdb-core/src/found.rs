//! What one place knows about a key.

/// What a memtable or a table knows about a key as of some moment.
///
/// A lookup asks one place after the other, newest first, and stops at the first that knows
/// anything: a value, or that the key was deleted. So a lookup returns `Option<Found>`, with
/// three answers that must not be mixed up:
///
/// ```text
///   Some(Found::Value(v))   the value is v, which may be empty   stop
///   Some(Found::Deleted)    a tombstone: the key is gone         stop
///   None                    nothing is known here                ask the next, older place
/// ```
///
/// An answer of `None` for a tombstone would let an older place bring the key back to life.
///
/// `V` is `&[u8]` where the value is borrowed, `Vec<u8>` where it was copied, and `Bytes` where
/// it shares the memory of its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<V> {
    /// The key has this value.
    Value(V),
    /// The key was deleted, so older places need not be asked.
    Deleted,
}

impl<V> Found<V> {
    /// The value, if there is one: what a user of the database gets to see.
    #[must_use]
    pub fn value(self) -> Option<V> {
        match self {
            Self::Value(value) => Some(value),
            Self::Deleted => None,
        }
    }

    /// The same answer, with the value in another form.
    #[must_use]
    pub fn map<W>(self, form: impl FnOnce(V) -> W) -> Found<W> {
        match self {
            Self::Value(value) => Found::Value(form(value)),
            Self::Deleted => Found::Deleted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_is_a_value_and_a_tombstone_is_none() {
        assert_eq!(Found::Value(b"").value(), Some(b""));
        assert_eq!(Found::<&[u8]>::Deleted.value(), None);
    }

    #[test]
    fn another_form_of_a_tombstone_is_a_tombstone() {
        assert_eq!(
            Found::Value(b"red").map(|value| value.to_vec()),
            Found::Value(b"red".to_vec())
        );
        assert_eq!(Found::<&[u8]>::Deleted.map(<[u8]>::to_vec), Found::Deleted);
    }
}
