//! What can go wrong with a manifest.

use std::path::{Path, PathBuf};

use crate::TableMeta;

/// The result of anything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with a manifest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error(transparent)]
    Core(#[from] ferrisdb_core::Error),

    /// An edit makes no sense. It did not happen.
    #[error(transparent)]
    Refused(#[from] Refusal),

    /// Bytes that were on the disk for certain are damaged or gone.
    #[error(transparent)]
    Corruption(#[from] Box<Corruption>),

    /// There are files of a database, and nothing that says what they mean.
    #[error(
        "{} is missing, and {} shows that there is a database. Put CURRENT back from a copy of \
         the database; nothing was changed",
        path.display(),
        found.display()
    )]
    MissingCurrent {
        /// Where it should be.
        path: PathBuf,
        /// A file that would mean nothing without it.
        found: PathBuf,
    },

    /// The manifest that counts does not exist.
    #[error(
        "{} is missing, and CURRENT names it. Put it back from a copy of the database; nothing \
         was changed",
        path.display()
    )]
    MissingManifest {
        /// Where it should be.
        path: PathBuf,
    },

    /// The file of a table does not exist.
    #[error(
        "{} is missing, a table of level {level}. Put it back from a copy of the database; \
         nothing was removed",
        path.display()
    )]
    MissingTable {
        /// Where it should be.
        path: PathBuf,
        /// The number of the table.
        number: u64,
        /// Its level.
        level: usize,
    },

    /// A file with the name of a manifest, or `CURRENT`, holds something else.
    #[error(
        "{} is not what its name says ({reason}). Put it back from a copy of the database",
        path.display()
    )]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// What its header says.
        reason: ferrisdb_format::Error,
    },

    /// A file with the name of a manifest is larger than any manifest. It was not read.
    #[error(
        "{} has {size} bytes, and no manifest has more than {size_max}. Put it back from a copy \
         of the database",
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

    /// The database was written by a newer FerrisDB.
    #[error("cannot read {}: {reason}. Open it with that version or a newer one", path.display())]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// The versions in question.
        reason: ferrisdb_format::Error,
    },

    /// A write or sync failed earlier.
    #[error(
        "{} takes no more edits since an earlier write failed; open the database again",
        path.display()
    )]
    Failed {
        /// The manifest.
        path: PathBuf,
    },
}

impl Error {
    /// Damage to something that was on the disk.
    #[cold]
    pub(crate) fn corruption(path: &Path, offset: u64, reason: Invalid, proof: Proof) -> Self {
        let path = path.to_owned();
        Box::new(Corruption {
            path,
            offset,
            reason,
            proof,
        })
        .into()
    }
}

/// Bytes that were on the disk for certain, and are damaged or gone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} is damaged at offset {offset}: {reason}. This is not what a crash leaves: {proof}. Put \
     the file back from a copy of the database",
    path.display()
)]
#[non_exhaustive]
pub struct Corruption {
    /// The file.
    pub path: PathBuf,
    /// Where the damage begins, in bytes from the start of the file.
    pub offset: u64,
    /// What is there.
    pub reason: Invalid,
    /// How it is known that something else was there.
    pub proof: Proof,
}

/// How it is known that a place was on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Proof {
    /// Nobody refers to the file before this part of it is on the disk.
    #[error("the file was made current only when this part of it was on the disk")]
    Whole,
    /// A later record knows it.
    #[error(
        "the record at offset {offset} was written when all before offset {durable} was on the disk"
    )]
    Record {
        /// Where the record is.
        offset: u64,
        /// What it says is durable.
        durable: u64,
    },
    /// The bytes are those that were written, and should not have been.
    #[error("the checksum is right, so it was written like that")]
    Checksum,
}

/// Why the bytes at some place are not what belongs there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// The file ends inside the record.
    #[error("the record is cut short: it needs {needed} bytes, and {found} are left")]
    CutShort {
        /// How many bytes the record needs.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// No record has that kind.
    #[error("{number} is no kind of record")]
    Kind {
        /// The number found.
        number: u8,
    },
    /// The checksum is wrong.
    #[error("the record's checksum is {stored:08x}, its bytes give {computed:08x}")]
    Checksum {
        /// The checksum in the record.
        stored: u32,
        /// The checksum of its bytes, at this place.
        computed: u32,
    },
    /// A record claims to know more than can have been known when it was written.
    #[error("the record says that {durable} bytes were on the disk, and lies at offset {offset}")]
    DurableAhead {
        /// What it says is durable.
        durable: u64,
        /// Where it lies.
        offset: u64,
    },
    /// There is something behind a mark, which is always the last record.
    #[error("something follows the mark, which is always the last record")]
    BehindTheMark,
    /// The first record is no snapshot.
    #[error("the first record is no snapshot")]
    NoSnapshot,
    /// There is a snapshot that is not the first record.
    #[error("there is a second snapshot")]
    SecondSnapshot,
    /// The header is not whole.
    #[error("the header is not valid: {0}")]
    Header(ferrisdb_format::Error),
    /// The header is that of another manifest.
    #[error("the header is that of manifest {number}")]
    OtherFile {
        /// The number in the header.
        number: u64,
    },
    /// There is more in the file than there should be.
    #[error("{size} bytes too many follow")]
    Leftover {
        /// How many bytes.
        size: usize,
    },
    /// The payload is not made up of numbers and keys.
    #[error("the record holds no edit: {0}")]
    Payload(#[from] ferrisdb_format::Error),
    /// The payload has a field that does not exist.
    #[error("the record holds no edit: no field has the tag {tag}")]
    Tag {
        /// The tag found.
        tag: u8,
    },
    /// A key in the payload has an operation that does not exist.
    #[error("the record holds no edit: {number} stands for no operation")]
    Operation {
        /// The number found.
        number: u8,
    },
    /// The payload is an edit that makes no sense after those before it.
    #[error("the edit makes no sense: {0}")]
    Refused(#[from] Refusal),
}

/// Why an edit makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such level.
    #[error("there is no level {level}; they go from 0 to 6")]
    NoSuchLevel {
        /// The level.
        level: usize,
    },
    /// A table is to be removed that is not there.
    #[error("table {number} cannot be removed from level {level}: it is not there")]
    NotThere {
        /// The level.
        level: usize,
        /// The number of the table.
        number: u64,
    },
    /// A table would be there twice.
    #[error("table {number} cannot be added: it is there already")]
    Twice {
        /// The number of the table.
        number: u64,
    },
    /// A table has a number that was never handed out.
    #[error("table {number} cannot be added: numbers from {next} on are not taken yet")]
    NotTaken {
        /// The number of the table.
        number: u64,
        /// The next number that would be handed out.
        next: u64,
    },
    /// Two tables of a level, other than level 0, would have keys in common.
    #[error(
        "table {} ({:?} to {:?}) cannot be added to level {level}: it overlaps table {} ({:?} to {:?})",
        second.number, second.smallest, second.largest, first.number, first.smallest, first.largest
    )]
    Overlap {
        /// The level.
        level: usize,
        /// The table that is there.
        first: Box<TableMeta>,
        /// The table that was to be added.
        second: Box<TableMeta>,
    },
    /// No table can be like this: without a number or entries, with more tombstones than
    /// entries, or with its largest key or timestamp below its smallest.
    #[error("{0:?} is no table: it has no number, no entries, or ends before it begins")]
    NoTable(Box<TableMeta>),
    /// Something that only grows would shrink.
    #[error("the {what} cannot go back from {from} to {to}")]
    Backwards {
        /// "log start", "last timestamp" or "next number".
        what: &'static str,
        /// What it is.
        from: u64,
        /// What it was to be.
        to: u64,
    },
    /// There are no more numbers.
    #[error("there are no more numbers for files")]
    NumbersUsedUp,
}
