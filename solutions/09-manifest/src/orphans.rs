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
        self.check_usable()?;
        let (fs, directory) = (&*self.environment.fs, &self.directory);
        let paths = fs.list(directory).context("list", directory)?;
        let names: HashSet<FileName> = paths
            .iter()
            .filter_map(|path| FileName::from_path(path))
            .collect();
        for (level, table) in self.current().tables() {
            let (name, number) = (FileName::Table(table.number), table.number);
            if !names.contains(&name) {
                let path = name.path(directory);
                return Err(Error::MissingTable {
                    path,
                    number,
                    level,
                });
            }
        }
        let mut orphans = Orphans::default();
        for path in paths {
            if FileName::from_path(&path).is_some_and(|name| self.is_orphan(name)) {
                fs.remove(&path).context("remove", &path)?;
                orphans.removed.push(path);
            }
        }
        Ok(orphans)
    }

    /// Whether a file was left behind by an earlier life.
    fn is_orphan(&self, name: FileName) -> bool {
        match name {
            FileName::Current => false,
            FileName::NextCurrent => true,
            FileName::Manifest(number) => number != self.file_number(),
            FileName::UnfinishedTable(number) => number < self.first_number,
            FileName::Table(number) => {
                let needed = |version: &Version| version.find(number).is_some();
                number < self.first_number && !needed(&self.recovered) && !needed(&self.current())
            }
        }
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
