//! What can go wrong with a database.

use std::path::PathBuf;
use std::sync::Arc;

use ferrisdb_engine as engine;
use ferrisdb_manifest as manifest;
use ferrisdb_sstable as sstable;
use ferrisdb_wal as wal;

use crate::owner;

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
        "the database in {} is open already, {}; close that one first, \
         or share it: a `Db` can be used from many threads",
        path.display(),
        owner::words(owner.as_deref())
    )]
    InUse {
        /// The database's directory.
        path: PathBuf,
        /// Who has it open, if that is known: `process 4711, since 2026-03-01T09:30:00Z`.
        owner: Option<String>,
    },

    /// Data in the log that was on the disk for certain is damaged or gone.
    #[error(transparent)]
    Corruption(Box<wal::Corruption>),

    /// A table cannot be read.
    #[error(transparent)]
    Table(Box<sstable::Error>),

    /// A file is not called like a table.
    #[error(
        "{} is not called like a table, such as 0000000001.sst; name the tables that an \
         sstable::Writer has made",
        path.display()
    )]
    NoTable {
        /// The file.
        path: PathBuf,
    },

    /// A table is whole, but not the one that the manifest names.
    #[error(
        "{} is whole, but not the table that the manifest names: size or number of entries differ. \
         Restore the file from a copy",
        path.display()
    )]
    OtherTable {
        /// The table's file.
        path: PathBuf,
    },

    /// The list of tables is damaged or not ours, or a table that it names is missing.
    #[error(transparent)]
    Manifest(Box<manifest::Error>),

    /// An earlier write, sync or background work failed, so what is on the disk is not known.
    /// Reads go on; to write again, open the database again.
    #[error(
        "the database takes no more writes since an earlier one failed ({cause}); open it again \
         to find out what reached the disk"
    )]
    WritesStopped {
        /// What failed, in words.
        cause: Arc<str>,
    },

    /// The database was opened with [`Options::read_only`](crate::Options::read_only).
    #[error("the database was opened for reading only; open it for writing to change it")]
    ReadOnly,

    /// The database is being closed.
    #[error("the database is being closed")]
    Closed,

    /// The database was made by a later version of FerrisDB.
    #[error(
        "{} says that the database has format version {version}, and this FerrisDB knows versions up \
         to {}; open it with the FerrisDB that made it, or a later one",
        path.display(),
        crate::settings::FORMAT_VERSION
    )]
    TooNew {
        /// The file that says so.
        path: PathBuf,
        /// The version of the directory's layout.
        version: i64,
    },

    /// The file in which the database keeps its options cannot be understood.
    #[error(
        "{}: {reason}. It holds no data: move it away, and the database writes a new one",
        path.display()
    )]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The memory for more writes could not be had.
    #[error(transparent)]
    Memtable(ferrisdb_memtable::Error),

    /// The directory holds files that this version cannot read, or that are not a log's.
    #[error(transparent)]
    Log(wal::Error),

    /// The engine refused for another reason, say since batches are missing between the tables and
    /// the log.
    #[error(transparent)]
    Engine(Box<engine::Error>),

    /// The operating system gives no thread for background work.
    #[error("no thread for background work could be started")]
    Thread {
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    /// Whether bytes that were on the disk are damaged or gone, so that nothing helps but a copy.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        use {manifest::Error as Manifest, sstable::Error as Table, wal::Error as Log};
        match self {
            Self::Corruption(_) | Self::OtherTable { .. } | Self::Settings { .. } => true,
            Self::Table(error) => matches!(**error, Table::Corruption(_) | Table::NotATable { .. }),
            Self::Manifest(error) => matches!(
                **error,
                Manifest::Corruption(_)
                    | Manifest::MissingCurrent { .. }
                    | Manifest::MissingManifest { .. }
                    | Manifest::MissingTable { .. }
                    | Manifest::NotOurs { .. }
                    | Manifest::TooLarge { .. }
            ),
            Self::Log(error) => matches!(error, Log::NotASegment { .. } | Log::TooLarge { .. }),
            Self::Engine(error) => matches!(**error, engine::Error::MissingBatches { .. }),
            _ => false,
        }
    }
}

impl From<engine::Error> for Error {
    fn from(error: engine::Error) -> Self {
        use engine::Error as Engine;
        match error {
            Engine::Core(error) => Self::Core(error),
            Engine::InUse { path } => Self::InUse { path, owner: None },
            Engine::Log(wal::Error::Corruption(corruption)) => Self::Corruption(corruption),
            Engine::Log(error) => Self::Log(error),
            Engine::Manifest(error) => Self::Manifest(Box::new(error)),
            Engine::Table(error) => Self::Table(error),
            Engine::OtherTable { path, .. } => Self::OtherTable { path },
            Engine::Memtable(error) => Self::Memtable(error),
            Engine::WritesStopped { cause } => Self::WritesStopped { cause },
            Engine::ReadOnly => Self::ReadOnly,
            other => Self::Engine(Box::new(other)),
        }
    }
}

impl From<wal::Error> for Error {
    fn from(error: wal::Error) -> Self {
        engine::Error::from(error).into()
    }
}

impl From<manifest::Error> for Error {
    fn from(error: manifest::Error) -> Self {
        engine::Error::from(error).into()
    }
}

impl From<sstable::Error> for Error {
    fn from(error: sstable::Error) -> Self {
        engine::Error::from(error).into()
    }
}
