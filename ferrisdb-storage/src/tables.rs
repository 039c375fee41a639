//! Memtables on their way into files.
//!
//! Until there is a manifest that says which tables belong to the database, the log stays whole and
//! is the only truth. Tables hold what would not fit into memory; opening the database removes
//! those of the time before and writes new ones while it replays the log.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ferrisdb_core::{Environment, IoContext};
use ferrisdb_memtable::Memtable;
use ferrisdb_sstable::{self as sstable, Cache, ReadOptions, Table, TableFile, Writer};

use crate::Result;

/// Where tables are written, and how.
#[derive(Debug)]
pub(crate) struct Tables {
    environment: Environment,
    directory: PathBuf,
    options: sstable::Options,
    cache: Arc<Cache>,
    next_number: AtomicU64,
}

impl Tables {
    /// Tables in a directory, none of which is there yet.
    pub(crate) fn new(
        environment: Environment,
        directory: PathBuf,
        options: sstable::Options,
        cache_size: u64,
    ) -> Self {
        Self {
            environment,
            directory,
            options,
            cache: Arc::new(Cache::new(cache_size)),
            next_number: AtomicU64::new(1),
        }
    }

    /// Removes the tables of the time before, finished or not. Their names may come back after a
    /// power cut; they are then removed again.
    pub(crate) fn remove_all(&self) -> Result<()> {
        let fs = &*self.environment.fs;
        let finished = TableFile::list(fs, &self.directory)?.into_iter();
        let unfinished = TableFile::list_unfinished(fs, &self.directory)?;
        for path in finished.map(|file| file.path).chain(unfinished) {
            fs.remove(&path).context("remove", &path)?;
        }
        Ok(())
    }

    /// Writes all versions of a memtable into a table, and opens it. When this returns, the table
    /// is on the disk.
    pub(crate) fn write(&self, memtable: &Memtable) -> Result<Table> {
        // Only that no two tables get the same number matters.
        let number = self.next_number.fetch_add(1, Ordering::Relaxed);
        let mut writer = Writer::create(
            &self.environment,
            &self.directory,
            number,
            self.options.clone(),
        )?;
        let mut cursor = memtable.versions();
        cursor.seek_to_first();
        while let Some(entry) = cursor.current() {
            writer.add(entry.key, entry.value)?;
            cursor.next();
        }
        writer.finish()?;
        let cache = Arc::clone(&self.cache);
        let options = ReadOptions::default();
        Ok(Table::open(
            &self.environment,
            &self.directory,
            number,
            cache,
            &options,
        )?)
    }

    /// The cache that all tables share.
    pub(crate) fn cache(&self) -> &Cache {
        &self.cache
    }
}
