//! Why a write was refused.

use ferrisdb_core::Timestamp;
use ferrisdb_skiplist as skiplist;

/// The result of anything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a write was refused. Nothing of it is in the table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A key, a value or the batch is too large.
    #[error(transparent)]
    Core(#[from] ferrisdb_core::Error),

    /// The batch does not fit any more.
    #[error(
        "the memtable is full: the batch needs {needed} bytes and {left} are left; freeze this \
         table and write to a new one"
    )]
    Full {
        /// What the batch needs, in bytes.
        needed: usize,
        /// What is left, in bytes.
        left: usize,
    },

    /// The table was frozen: it takes no more writes, ever.
    #[error("the memtable is frozen and takes no more writes; write to the one that replaced it")]
    Frozen,

    /// The table holds a version of one of the keys with this timestamp already.
    #[error(
        "the memtable already holds a write of one of these keys as of {timestamp}; each batch \
         needs a timestamp of its own"
    )]
    Duplicate {
        /// The timestamp of both.
        timestamp: Timestamp,
    },

    /// There is no memory for a table of this size.
    #[error("cannot make room for the memtable: {0}")]
    NoRoom(skiplist::Error),
}

impl From<skiplist::Error> for Error {
    fn from(error: skiplist::Error) -> Self {
        match error {
            skiplist::Error::Core(error) => Self::Core(error),
            skiplist::Error::Full { needed, left } => Self::Full { needed, left },
            skiplist::Error::Duplicate { timestamp } => Self::Duplicate { timestamp },
            error => Self::NoRoom(error),
        }
    }
}
