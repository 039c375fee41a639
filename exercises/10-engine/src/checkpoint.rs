//! *Given.* A copy of the database that shares its tables.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferrisdb_core::{IoContext, Timestamp};
use ferrisdb_manifest::{self as manifest, Edit, Manifest, Version};
use ferrisdb_sstable::TableFile;

use crate::{Engine, Result};

impl Engine {
    /// Makes a copy of the database in another directory of the same file system, which is created
    /// if need be and has to be empty. Returns up to which timestamp the copy goes: at least to
    /// what had been written when this was called.
    ///
    /// Tables are never changed, so they need not be copied: their files get a second name. For that,
    /// all memtables are flushed first. Writes go on meanwhile. A copy that was not finished
    /// is not a database: its manifest comes last.
    pub fn checkpoint(&self, directory: &Path) -> Result<Timestamp> {
        self.freeze()?;
        while self.flush_step()? {}
        // As long as this is held, none of its files is removed.
        let held = self.shared.hold(None);
        let mut linked = Vec::new();
        let version = &held.parts.levels.version;
        let copied = self.copy(version, directory, &mut linked);
        if copied.is_err() {
            for path in linked {
                // What cannot be removed is in the way of the next attempt, and does no harm.
                let _ = self.tables.environment.fs.remove(&path);
            }
        }
        copied
    }

    /// Gives all files of a version a second name, and writes a manifest there.
    fn copy(
        &self,
        version: &Version,
        directory: &Path,
        linked: &mut Vec<PathBuf>,
    ) -> Result<Timestamp> {
        let environment = &self.tables.environment;
        let fs = &environment.fs;
        fs.create_dir(directory).context("create", directory)?;
        let last_timestamp = version.last_timestamp();
        let mut edit = Edit::new()
            .last_timestamp(last_timestamp)
            .next_number(version.next_number());
        for (level, meta) in version.tables() {
            let copy = TableFile::new(directory, meta.number).path;
            fs.hard_link(&self.tables.path(meta.number), &copy)
                .context("link", &copy)?;
            linked.push(copy);
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
