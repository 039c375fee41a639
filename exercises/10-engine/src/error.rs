//! What can go wrong with an engine.

use std::path::PathBuf;
use std::sync::Arc;

use ferrisdb_core::Timestamp;
use ferrisdb_manifest as manifest;
use ferrisdb_memtable as memtable;
use ferrisdb_sstable as sstable;
use ferrisdb_wal as wal;

/// The result of anything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with an engine, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused, or a key, value or batch is too large. In the second case
    /// nothing happened, and the engine goes on.
    #[error(transparent)]
    Core(#[from] ferrisdb_core::Error),

    /// Somebody else has the directory open: another process, or another engine.
    #[error(
        "the database in {} is open already, in this process or another; close that one first, \
         or share it: it can be used from many threads",
        path.display()
    )]
    InUse {
        /// The directory.
        path: PathBuf,
    },

    /// The log is damaged, or not ours.
    #[error(transparent)]
    Log(wal::Error),

    /// The list of tables is damaged, or not ours, or an edit of it makes no sense.
    #[error(transparent)]
    Manifest(manifest::Error),

    /// A table is damaged, missing, or not ours.
    #[error(transparent)]
    Table(Box<sstable::Error>),

    /// A table is not the one that the manifest names.
    #[error(
        "{} has {found} bytes, and the manifest says {expected}. Restore the file from a copy",
        path.display()
    )]
    OtherTable {
        /// The table.
        path: PathBuf,
        /// The size in the manifest, in bytes.
        expected: u64,
        /// The size of the file, in bytes.
        found: u64,
    },

    /// The log goes on later than the tables end.
    #[error(
        "batches are missing: the tables that the manifest in {} names and the log hold what was \
         written up to {last}, and then the log goes on with {found}. The manifest is older than \
         the log; restore its file from a copy",
        directory.display()
    )]
    MissingBatches {
        /// The directory of the database.
        directory: PathBuf,
        /// Of the last batch that is there.
        last: Timestamp,
        /// Of the batch with which the log goes on.
        found: Timestamp,
    },

    /// The memory for more writes could not be had.
    #[error(transparent)]
    Memtable(memtable::Error),

    /// The validation that came with a batch said no. Nothing of the batch was written.
    #[error("the batch was not written, since its validation refused it; read again and retry")]
    Refused,

    /// An earlier write failed, so what is on the disk is not known. Reads go on.
    #[error(
        "the database takes no more writes since an earlier one failed ({cause}); open it again \
         to find out what reached the disk"
    )]
    WritesStopped {
        /// What failed, in words.
        cause: Arc<str>,
    },

    /// The engine was opened for reading only.
    #[error("the database was opened for reading only; open it for writing to change it")]
    ReadOnly,
}

impl From<wal::Error> for Error {
    fn from(error: wal::Error) -> Self {
        match error {
            wal::Error::Core(error) => Self::Core(error),
            other => Self::Log(other),
        }
    }
}

impl From<manifest::Error> for Error {
    fn from(error: manifest::Error) -> Self {
        match error {
            manifest::Error::Core(error) => Self::Core(error),
            other => Self::Manifest(other),
        }
    }
}

impl From<sstable::Error> for Error {
    fn from(error: sstable::Error) -> Self {
        match error {
            sstable::Error::Core(error) => Self::Core(error),
            other => Self::Table(Box::new(other)),
        }
    }
}

impl From<memtable::Error> for Error {
    fn from(error: memtable::Error) -> Self {
        match error {
            memtable::Error::Core(error) => Self::Core(error),
            other => Self::Memtable(other),
        }
    }
}
