//! The places in the list from which a reader looks.
//!
//! The list compares keys and timestamps only, so the operation in these is of no account.

use ferrisdb_core::{BatchEntry, InternalKey, Operation, Timestamp};

/// Where a reader as of `as_of` begins to look for `user_key`: the first version at or behind
/// this place is the newest one that it may see, or belongs to a later key.
pub(crate) fn as_of(user_key: &[u8], as_of: Timestamp) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: as_of,
        operation: Operation::Put,
    }
}

/// No version of `user_key` lies before this place.
pub(crate) fn newest(user_key: &[u8]) -> InternalKey<'_> {
    as_of(user_key, Timestamp::MAX)
}

/// No version of `user_key` lies behind this place.
pub(crate) fn oldest(user_key: &[u8]) -> InternalKey<'_> {
    as_of(user_key, Timestamp::ZERO)
}

/// The version that a write at `timestamp` makes.
pub(crate) fn of<'a>(entry: &BatchEntry<'a>, timestamp: Timestamp) -> InternalKey<'a> {
    InternalKey {
        user_key: entry.key,
        timestamp,
        operation: entry.operation,
    }
}
