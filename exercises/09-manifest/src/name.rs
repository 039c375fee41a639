//! *Given.* The names of the files that a manifest knows: its own, and those of the tables.
//!
//! | name | what it is |
//! |---|---|
//! | `CURRENT` | says which manifest counts |
//! | `CURRENT.tmp` | what will be `CURRENT` |
//! | `0000000012.manifest` | a manifest |
//! | `0000000007.sst` | a table |
//! | `0000000007.sst.tmp` | a table that is being written |
//!
//! They share one sequence of numbers. Segments of the log have a sequence of their own.

use std::path::{Path, PathBuf};

/// The largest number that a file can have. Far from the end of `u64`, so that adding to a
/// number from a file never overflows.
pub const NUMBER_MAX: u64 = u64::MAX / 4;

/// The name of a file, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileName {
    /// The file that says which manifest counts.
    Current,
    /// What will be `CURRENT`, when it is whole.
    NextCurrent,
    /// A manifest.
    Manifest(u64),
    /// A table.
    Table(u64),
    /// A table that is being written.
    UnfinishedTable(u64),
}

impl FileName {
    /// The path of that file in a directory.
    #[must_use]
    pub fn path(self, directory: &Path) -> PathBuf {
        directory.join(match self {
            Self::Current => "CURRENT".to_owned(),
            Self::NextCurrent => "CURRENT.tmp".to_owned(),
            Self::Manifest(number) => format!("{number:010}.manifest"),
            Self::Table(number) => format!("{number:010}.sst"),
            Self::UnfinishedTable(number) => format!("{number:010}.sst.tmp"),
        })
    }

    /// What a path names, if it is one of these.
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let numbered = |suffix| {
            let number = name.strip_suffix(suffix)?.parse().ok()?;
            (number <= NUMBER_MAX).then_some(number)
        };
        let found = match name {
            "CURRENT" => Self::Current,
            "CURRENT.tmp" => Self::NextCurrent,
            _ => numbered(".manifest")
                .map(Self::Manifest)
                .or_else(|| numbered(".sst").map(Self::Table))
                .or_else(|| numbered(".sst.tmp").map(Self::UnfinishedTable))?,
        };
        // `7.sst` or `+000000007.sst` would be a second file of the same number.
        (found.path(path.parent()?) == path).then_some(found)
    }

    /// The number in it.
    #[must_use]
    pub fn number(self) -> Option<u64> {
        match self {
            Self::Current | Self::NextCurrent => None,
            Self::Manifest(number) | Self::Table(number) | Self::UnfinishedTable(number) => {
                Some(number)
            }
        }
    }
}
