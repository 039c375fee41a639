//! What can go wrong with a table.

use std::fmt;
use std::path::PathBuf;

use ferrisdb_block::{Kind, OutOfOrder};

/// The result of anything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with a table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused, or a key or value is too large.
    #[error(transparent)]
    Core(#[from] ferrisdb_core::Error),

    /// Bytes of the file are damaged.
    #[error(transparent)]
    Corruption(#[from] Box<Corruption>),

    /// An entry does not come after the one before it. It was not added, and the writer goes on
    /// as if it had never been offered.
    #[error(transparent)]
    OutOfOrder(#[from] Box<OutOfOrder>),

    /// A file with the name of a table holds something else.
    #[error(
        "{} has the name of a table but is none ({reason}). Move it out of the directory, or \
         put the right file in its place",
        path.display()
    )]
    NotATable {
        /// The file.
        path: PathBuf,
        /// What its header says.
        reason: ferrisdb_format::Error,
    },

    /// The table was written by a newer FerrisDB.
    #[error("cannot read {}: {reason}. Open it with that version or a newer one", path.display())]
    NewerVersion {
        /// The table.
        path: PathBuf,
        /// The versions in question.
        reason: ferrisdb_format::Error,
    },

    /// A write failed earlier. The table cannot be finished.
    #[error(
        "the table at {} takes no more entries since an earlier write failed; write it anew",
        path.display()
    )]
    WriterFailed {
        /// The unfinished file.
        path: PathBuf,
    },
}

/// Damage to a table, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the table {} is damaged at offset {offset}, in the {part} there: {reason}. Restore the file \
     from a copy",
    path.display()
)]
#[non_exhaustive]
pub struct Corruption {
    /// The table.
    pub path: PathBuf,
    /// Where the damaged part begins, in bytes from the start of the file.
    pub offset: u64,
    /// Which part of the table it is.
    pub part: Part,
    /// What is wrong with it.
    pub reason: Reason,
}

/// A part of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The first 64 bytes.
    Header,
    /// A block of entries.
    Data,
    /// The index, or a part of it.
    Index,
    /// The filter.
    Filter,
    /// The properties.
    Properties,
    /// The last 64 bytes.
    Footer,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Data => "data block",
            Self::Index => "index block",
            Self::Filter => "filter",
            Self::Properties => "properties",
            Self::Footer => "footer",
        })
    }
}

impl std::convert::From<Kind> for Part {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Data => Self::Data,
            Kind::Filter => Self::Filter,
            Kind::Properties => Self::Properties,
            _ => Self::Index,
        }
    }
}

/// What is wrong with a part of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// A block is not what was written there.
    #[error(transparent)]
    Block(#[from] ferrisdb_block::Error),

    /// The header or the properties cannot be decoded.
    #[error(transparent)]
    Format(#[from] ferrisdb_format::Error),

    /// The file is shorter than any table.
    #[error("the file ends after {found} bytes, and a table has at least {needed}")]
    CutShort {
        /// The size of the smallest table.
        needed: u64,
        /// The size of the file.
        found: u64,
    },

    /// The last bytes of the file are not the end of a table.
    #[error("the file does not end with a footer: it was cut short, or something was appended")]
    NoFooter,

    /// The header carries the number of another file.
    #[error("it belongs to file number {found}, and the name says {expected}")]
    OtherFile {
        /// The number in the name.
        expected: u64,
        /// The number in the header.
        found: u64,
    },

    /// The checksum of the footer is wrong.
    #[error("the checksum is {stored:08x}, the bytes give {computed:08x}")]
    Checksum {
        /// The checksum in the file.
        stored: u32,
        /// The checksum of the bytes at this place.
        computed: u32,
    },

    /// A place is given that lies outside of where it can be.
    #[error(
        "it says that the {what} has {size} bytes at offset {offset}; it must lie in {start}..{end}"
    )]
    OutOfPlace {
        /// What would lie there.
        what: Part,
        /// Where it is said to begin.
        offset: u64,
        /// How large it is said to be.
        size: u64,
        /// The lowest offset that it could have.
        start: u64,
        /// The highest offset that it could reach to.
        end: u64,
    },

    /// An index has one level or two.
    #[error("an index with {found} levels does not exist")]
    Levels {
        /// The number in the file.
        found: u32,
    },

    /// Something does not agree with something else, although all checksums are right.
    #[error("{what}: {expected} was expected, {found} was found")]
    Mismatch {
        /// What was compared.
        what: &'static str,
        /// What one place says.
        expected: String,
        /// What the other says.
        found: String,
    },
}

impl Reason {
    pub(crate) fn mismatch(
        what: &'static str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self::Mismatch {
            what,
            expected: expected.into(),
            found: found.into(),
        }
    }
}
