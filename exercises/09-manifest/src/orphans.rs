//! Removing files that nothing needs.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;

use ferrisdb_core::IoContext;

use crate::{Error, FileName, Manifest, Result, Version};

/// What was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Orphans {
    /// The files, sorted by path.
    pub removed: Vec<PathBuf>,
}

impl Manifest {
    /// Removes what earlier lives of the database left behind: tables that were written and never
    /// became part of a version, or that were replaced and not removed in time; earlier
    /// manifests; and whatever was not finished.
    ///
    /// First it looks whether the files of all tables are there. If one is missing, nothing is
    /// removed: what looks like an orphan may be all that is left of the data.
    ///
    /// May be called at any time. It leaves alone the files of this life, which may be in the
    /// making, the tables of the current version, and those of the version with which the
    /// manifest was opened, which someone may still read. Files with other names are not its
    /// business.
    pub fn remove_orphans(&self) -> Result<Orphans> {
        todo!("check that all tables are there, then remove what earlier lives left")
    }
}

impl fmt::Display for Orphans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.removed.len() {
            0 => f.write_str("nothing to remove"),
            1 => f.write_str("removed 1 file that nothing needs"),
            count => write!(f, "removed {count} files that nothing needs"),
        }
    }
}
