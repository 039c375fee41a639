//! What can go wrong with a log.

use std::path::PathBuf;

use crate::{Invalid, Position};

/// The result of anything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with a log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused, or a key, value or batch is too large.
    #[error(transparent)]
    Core(#[from] ferrisdb_core::Error),

    /// Bytes that were on the disk for certain are damaged or gone.
    #[error(transparent)]
    Corruption(#[from] Box<Corruption>),

    /// A file with the name of a segment holds something else.
    #[error(
        "{} has the name of a log segment but is none: {reason}. Move it out of the directory, \
         or put the right file in its place",
        path.display()
    )]
    NotASegment {
        /// The file.
        path: PathBuf,
        /// What its header says.
        reason: ferrisdb_format::Error,
    },

    /// A file with the name of a segment is larger than any segment. It was not read.
    #[error(
        "{} has {size} bytes, and no log segment has more than {size_max}. Move it out of the \
         directory, or put the right file in its place",
        path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
        /// The most it can be.
        size_max: u64,
    },

    /// The log was written by a newer FerrisDB.
    #[error("cannot read {}: {reason}. Open it with that version or a newer one", path.display())]
    NewerVersion {
        /// The segment.
        path: PathBuf,
        /// The versions in question.
        reason: ferrisdb_format::Error,
    },

    /// A write or sync failed earlier. What the file holds now is not known.
    #[error(
        "the log takes no more writes since an earlier one failed; open the database again to \
         find out what reached the disk"
    )]
    WriterFailed,
}

/// Damage to bytes that were on the disk for certain, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the log is damaged at {}, offset {offset} (position {position}): {reason}. {proof}. Restore \
     the file from a copy; the batches before this place are intact",
    path.display()
)]
#[non_exhaustive]
pub struct Corruption {
    /// The segment.
    pub path: PathBuf,
    /// The offset in that file, in bytes.
    pub offset: u64,
    /// The same place, counted from the beginning of the log.
    pub position: Position,
    /// What is wrong there.
    pub reason: Invalid,
    /// Why it cannot be the torn tail of a crash.
    pub proof: Proof,
}

/// Why damage is not the torn tail of a crash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Proof {
    /// Something written later says that the place was durable.
    #[error(
        "It is no torn tail: {} says at offset {offset} that everything below position {mark} \
         had reached the disk", path.display()
    )]
    Mark {
        /// The segment that carries the mark.
        path: PathBuf,
        /// Where in it.
        offset: u64,
        /// The mark.
        mark: Position,
    },

    /// The log is needed from an earlier position than the one where it starts.
    #[error("It is no torn tail: the log is needed from position {needed} on")]
    Needed {
        /// Where it should start.
        needed: Position,
    },

    /// The record is whole and its checksum is right, but what it holds makes no sense.
    #[error("It is no torn tail: the checksum is right")]
    Checksum,
}
