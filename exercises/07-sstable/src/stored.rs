//! What a table knows about a key.

use ferrisdb_core::Found;

/// What a table knows about a key: a value, or that the key is gone.
///
/// `V` is a `Vec<u8>` where the value was copied, and `Bytes` where it still lies in its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored<V> {
    /// The key has this value.
    Value(V),
    /// The key was deleted; older tables need not be asked.
    Deleted,
}

impl<V: AsRef<[u8]>> Stored<V> {
    /// The same, borrowed, as memtables say it.
    pub fn found(&self) -> Found<'_> {
        match self {
            Self::Value(value) => Found::Value(value.as_ref()),
            Self::Deleted => Found::Deleted,
        }
    }
}

impl<V> Stored<V> {
    /// The value, unless the key was deleted.
    pub fn into_value(self) -> Option<V> {
        match self {
            Self::Value(value) => Some(value),
            Self::Deleted => None,
        }
    }
}
