//! *Given.* The name of a table: `0000000007.sst`, and `0000000007.sst.tmp` while it is written.

use std::path::{Path, PathBuf};

use ferrisdb_core::{FileSystem, IoContext};

use crate::Result;

/// A file that has the name of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFile {
    /// The number in its name.
    pub number: u64,
    /// The whole path.
    pub path: PathBuf,
}

impl TableFile {
    /// The table of that number in a directory.
    #[must_use]
    pub fn new(directory: &Path, number: u64) -> Self {
        Self {
            number,
            path: directory.join(format!("{number:010}.sst")),
        }
    }

    /// The name that it has while it is written.
    #[must_use]
    pub fn unfinished(&self) -> PathBuf {
        self.path.with_extension("sst.tmp")
    }

    /// The table that a path names, if it names one that is finished.
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        let number = path
            .file_name()?
            .to_str()?
            .strip_suffix(".sst")?
            .parse()
            .ok()?;
        let file = Self::new(path.parent()?, number);
        // `7.sst` or `+000000007.sst` would be a second file of the same number.
        (file.path == path).then_some(file)
    }

    /// All finished tables in a directory, by number.
    pub fn list(fs: &dyn FileSystem, directory: &Path) -> Result<Vec<Self>> {
        let paths = fs.list(directory).context("list", directory)?;
        let mut files: Vec<_> = paths
            .iter()
            .filter_map(|path| Self::from_path(path))
            .collect();
        files.sort_by_key(|file| file.number);
        Ok(files)
    }

    /// All files in a directory that a writer left unfinished, when it was killed.
    pub fn list_unfinished(fs: &dyn FileSystem, directory: &Path) -> Result<Vec<PathBuf>> {
        let mut paths = fs.list(directory).context("list", directory)?;
        paths.retain(|path| {
            let finished = path.with_extension("");
            let table = Self::from_path(&finished);
            table.is_some_and(|table| table.unfinished() == *path)
        });
        Ok(paths)
    }
}
