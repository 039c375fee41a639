//! *Given.* Tables as files: how they are written and opened.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ferrisdb_core::{Environment, InternalKey, OwnedKey};
use ferrisdb_manifest::TableMeta;
use ferrisdb_memtable::Memtable;
use ferrisdb_sstable::{self as sstable, Cache, ReadOptions, Table, TableFile, Writer};

use crate::{Error, Result};

/// Where tables are, how they are written, and the cache that they share.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) environment: Environment,
    pub(crate) directory: PathBuf,
    pub(crate) options: sstable::Options,
    pub(crate) cache: Arc<Cache>,
    /// How many bytes of tables were written.
    pub(crate) written: AtomicU64,
}

impl Tables {
    /// Writes all versions of a memtable, which is not empty, into a table of that number. When
    /// this returns, the table is on the disk under its name.
    pub(crate) fn write(&self, memtable: &Memtable, number: u64) -> Result<TableMeta> {
        let options = self.options.clone();
        let mut writer = Writer::create(&self.environment, &self.directory, number, options)?;
        let mut cursor = memtable.versions();
        cursor.seek_to_last();
        let largest = cursor.current().map(|entry| OwnedKey::from(entry.key));
        cursor.seek_to_first();
        let smallest = cursor.current().map(|entry| OwnedKey::from(entry.key));
        while let Some(entry) = cursor.current() {
            writer.add(entry.key, entry.value)?;
            cursor.next();
        }
        let info = writer.finish()?;
        self.written.fetch_add(info.size, Ordering::Relaxed);
        let key = |key: Option<OwnedKey>| key.unwrap_or_else(|| OwnedKey::from(NO_KEY));
        Ok(TableMeta {
            number,
            size: info.size,
            entries: info.properties.entries,
            deletions: info.properties.deletions,
            smallest: key(smallest),
            largest: key(largest),
            smallest_timestamp: info.properties.smallest_timestamp,
            largest_timestamp: info.properties.largest_timestamp,
        })
    }

    /// How many bytes of tables were written. Only whoever flushes writes any.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Opens a table and compares it with what the manifest knows of it.
    pub(crate) fn open(&self, meta: &TableMeta) -> Result<Arc<Table>> {
        let table = Table::open(
            &self.environment,
            &self.directory,
            meta.number,
            Arc::clone(&self.cache),
            &ReadOptions::default(),
        )?;
        if table.size() != meta.size {
            return Err(Error::OtherTable {
                path: table.path().to_owned(),
                expected: meta.size,
                found: table.size(),
            });
        }
        Ok(Arc::new(table))
    }

    /// The file of a table.
    pub(crate) fn path(&self, number: u64) -> PathBuf {
        TableFile::new(&self.directory, number).path
    }
}

/// The key of nothing.
const NO_KEY: InternalKey<'static> = InternalKey {
    user_key: b"",
    timestamp: ferrisdb_core::Timestamp::ZERO,
    operation: ferrisdb_core::Operation::Put,
};
