//! *Given.* A copy of the database that shares its tables.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferrisdb_core::{FileSystem, IoContext, Timestamp};
use ferrisdb_manifest::{self as manifest, Edit, FileName, Manifest, Version};
use ferrisdb_sstable::TableFile;

use crate::recovery::{LOCK, lock_directory};
use crate::{Engine, Result};

impl Engine {
    /// Makes a copy of the database in another directory of the same file system, which is created
    /// if need be and has to be empty. Returns up to which timestamp the copy goes: at least to
    /// what had been written when this was called.
    ///
    /// Tables are never changed, so they need not be copied: their files get a second name. For that,
    /// what is in memory is flushed first. Writes go on meanwhile. A copy that was not finished
    /// is not a database: its manifest comes last.
    pub fn checkpoint(&self, directory: &Path) -> Result<Timestamp> {
        let up_to = self.published();
        self.freeze()?;
        while self.version().last_timestamp() < up_to && self.flush_step()? {}
        // As long as this is held, none of its files is removed.
        let held = self.shared.hold(None);
        let version = &held.parts.levels.version;
        let environment = &self.tables.environment;
        // Whatever is in there from now on was made here.
        let _lock = lock_directory(environment, directory)?;
        if !others(&*environment.fs, directory)?.is_empty() {
            let taken = io::Error::from(io::ErrorKind::DirectoryNotEmpty);
            Err(taken).context("copy the database to", directory)?;
        }
        let copied = self.copy(version, directory);
        if copied.is_err() {
            // What cannot be removed is in the way of the next attempt, and does no harm.
            let _ = discard(&*environment.fs, directory);
        }
        copied
    }

    /// Gives all files of a version a second name, and writes a manifest there.
    fn copy(&self, version: &Version, directory: &Path) -> Result<Timestamp> {
        let environment = &self.tables.environment;
        let fs = &environment.fs;
        let last_timestamp = version.last_timestamp();
        let mut edit = Edit::new()
            .last_timestamp(last_timestamp)
            .next_number(version.next_number());
        for (level, meta) in version.tables() {
            let copy = TableFile::new(directory, meta.number).path;
            fs.hard_link(&self.tables.path(meta.number), &copy)
                .context("link", &copy)?;
            edit = edit.add(level, Arc::clone(meta));
        }
        fs.sync_dir(directory).context("sync", directory)?;
        // Its log begins anew, at position 0.
        let version = Version::default().apply(&edit);
        let version = version.map_err(manifest::Error::from)?;
        Manifest::create(environment, directory, &version)?;
        Ok(last_timestamp)
    }
}

/// What is in a directory beside its lock.
fn others(fs: &dyn FileSystem, directory: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = fs.list(directory).context("list", directory)?;
    paths.retain(|path| !path.ends_with(LOCK));
    Ok(paths)
}

/// Removes the files of a copy that has failed.
///
/// The last step may have failed, when everything has its name already. `CURRENT` goes first,
/// and for good: without it the others are no database, and with it none of them may be missing.
fn discard(fs: &dyn FileSystem, directory: &Path) -> Result<()> {
    let made = others(fs, directory)?;
    let current = FileName::Current.path(directory);
    if made.contains(&current) {
        fs.remove(&current).context("remove", &current)?;
        fs.sync_dir(directory).context("sync", directory)?;
    }
    for path in made.iter().filter(|path| **path != current) {
        fs.remove(path).context("remove", path)?;
    }
    Ok(())
}
