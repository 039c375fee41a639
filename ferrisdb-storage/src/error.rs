//! What can go wrong with a database.

use std::path::{Path, PathBuf};

/// The result of anything that touches the database.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with a database, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused, or a key, value or batch is too large. In the second case
    /// nothing happened, and the database goes on.
    #[error(transparent)]
    Core(#[from] ferrisdb_core::Error),

    /// Somebody else has the database open: another process, or another [`Db`](crate::Db).
    #[error(
        "the database in {} is open already, in this process or another; close that one first, \
         or share it: a `Db` can be used from many threads",
        path.display()
    )]
    InUse {
        /// The database's directory.
        path: PathBuf,
    },

    /// Data in the log that was on the disk for certain is damaged or gone.
    #[error(transparent)]
    Corruption(Box<ferrisdb_wal::Corruption>),

    /// A table cannot be read. All that it holds is also in the log.
    #[error("{0} (or open the database again: that writes all tables anew from the log)")]
    Table(#[source] Box<ferrisdb_sstable::Error>),

    /// An earlier write or sync failed, so what is on the disk is not known. Reads go on; to
    /// write again, open the database again.
    #[error(
        "the database takes no more writes since an earlier one failed; open it again to find \
         out what reached the disk"
    )]
    WritesStopped,

    /// The memory for more writes could not be had.
    #[error(transparent)]
    Memtable(ferrisdb_memtable::Error),

    /// The directory holds files that this version cannot read, or that are not a log's.
    #[error(transparent)]
    Log(ferrisdb_wal::Error),
}

impl From<ferrisdb_wal::Error> for Error {
    fn from(error: ferrisdb_wal::Error) -> Self {
        use ferrisdb_wal::Error as Log;
        match error {
            Log::Core(error) => Self::Core(error),
            Log::Corruption(corruption) => Self::Corruption(corruption),
            Log::WriterFailed => Self::WritesStopped,
            other => Self::Log(other),
        }
    }
}

impl From<ferrisdb_sstable::Error> for Error {
    fn from(error: ferrisdb_sstable::Error) -> Self {
        match error {
            ferrisdb_sstable::Error::Core(error) => Self::Core(error),
            other => Self::Table(Box::new(other)),
        }
    }
}

impl From<ferrisdb_memtable::Error> for Error {
    fn from(error: ferrisdb_memtable::Error) -> Self {
        match error {
            ferrisdb_memtable::Error::Core(error) => Self::Core(error),
            other => Self::Memtable(other),
        }
    }
}

impl Error {
    /// An error that came up while the database was being opened.
    pub(crate) fn while_opening(error: ferrisdb_wal::Error, directory: &Path) -> Self {
        match Self::from(error) {
            Self::Core(ferrisdb_core::Error::Io {
                action: "lock",
                source,
                ..
            }) if source.kind() == std::io::ErrorKind::WouldBlock => Self::InUse {
                path: directory.to_owned(),
            },
            error => error,
        }
    }
}
