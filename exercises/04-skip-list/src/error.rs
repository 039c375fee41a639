//! Why an insert was refused. Nothing has changed in any of these cases.

use ferrisdb_core::Timestamp;

/// The result of anything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a list could not be made, or an insert was refused. Nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The key or value is too large.
    #[error(transparent)]
    Core(#[from] ferrisdb_core::Error),

    /// There is no room left.
    #[error(
        "the list is full: {needed} bytes are needed and {left} are left; write to a new list, \
         or ask for a larger one"
    )]
    Full {
        /// What was asked for, in bytes.
        needed: usize,
        /// What is left, in bytes.
        left: usize,
    },

    /// The list holds this version of this key already.
    #[error("the list already holds this key as of {timestamp}; a version is written once")]
    Duplicate {
        /// The timestamp of both.
        timestamp: Timestamp,
    },

    /// A list of this size cannot be addressed.
    #[error(
        "a list cannot have {capacity} bytes, {capacity_max} is the most possible; use several"
    )]
    TooLarge {
        /// What was asked for, in bytes.
        capacity: usize,
        /// The largest list, in bytes.
        capacity_max: usize,
    },

    /// The operating system has no such amount of memory.
    #[error("there is not enough memory for a list of {capacity} bytes; ask for a smaller one")]
    OutOfMemory {
        /// What was asked for, in bytes.
        capacity: usize,
    },
}
