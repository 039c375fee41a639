//! Taking in tables that were written elsewhere.

use std::path::Path;
use std::sync::Arc;

use ferrisdb_core::{InternalKey, OwnedKey, Source, Timestamp};
use ferrisdb_engine as engine;
use ferrisdb_manifest::TableMeta;
use ferrisdb_merge::Merge;
use ferrisdb_sstable::{Cache, Cursor, ReadOptions, Table, TableFile, Writer};

use crate::shared::Shared;
use crate::{Db, Error, Result};

/// A new table is begun once one has this many bytes of keys and values.
const TABLE_SIZE: usize = 64 << 20;

impl Db {
    /// Takes in everything that some tables hold, as if it had been written as one batch, but
    /// without the log and the memtable: for loading much at once.
    ///
    /// The tables are files of this format, written with an
    /// [`sstable::Writer`](crate::sstable::Writer), and stay as they are. They need not be
    /// new to each other: of several versions of a key the newest counts, and a tombstone deletes.
    /// They are read and written anew, since each block's checksum covers the number of its file.
    /// Writers wait meanwhile, and so does [`metrics`](Self::metrics); readers see all of it at
    /// once, at the end. Afterwards it survives a power cut.
    ///
    /// ```
    /// # use ferrisdb_storage::{Db, Environment, sstable};
    /// # use ferrisdb_core::{InternalKey, Operation, Timestamp};
    /// # let directory = tempfile::tempdir()?;
    /// # let (elsewhere, db) = (directory.path().join("elsewhere"), Db::open(directory.path().join("db"))?);
    /// let mut table = sstable::Writer::create(&Environment::system(), &elsewhere, 1, Default::default())?;
    /// for user_key in [b"apple", b"grape"] {
    ///     let (timestamp, operation) = (Timestamp(1), Operation::Put);
    ///     table.add(InternalKey { user_key, timestamp, operation }, b"fruit")?;
    /// }
    /// table.finish()?;
    ///
    /// db.ingest([elsewhere.join("0000000001.sst")])?;
    /// assert_eq!(db.get("grape")?, Some(b"fruit".to_vec()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ingest(&self, tables: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<()> {
        let shared = self.shared();
        shared.check()?;
        let _span = tracing::info_span!("ingest").entered();
        let cache = Arc::new(Cache::new(0));
        let open = |path: &Path| open(shared, path, &cache);
        let tables = tables.into_iter().map(|path| open(path.as_ref()));
        let tables = tables.collect::<Result<Vec<_>>>()?;
        // So that writers need not wait for that as well.
        self.flush()?;
        let ingested = shared.engine.ingest(&mut |timestamp, number| {
            let cursors = tables.iter().map(Arc::clone).map(Cursor::new);
            let cursors = cursors.map(|cursor| cursor.fill_cache(false));
            let mut output = Output::new(shared, timestamp, number);
            output.copy(Merge::new(cursors.collect()))?;
            output.finish()
        });
        // What was in memory is in tables, also if the rest has failed.
        shared.note_backlog();
        shared.schedule_compaction();
        ingested?;
        Ok(())
    }
}

/// Opens a table that does not belong to the database.
fn open(shared: &Shared, path: &Path, cache: &Arc<Cache>) -> Result<Arc<Table>> {
    let no_table = || Error::NoTable {
        path: path.to_owned(),
    };
    let file = TableFile::from_path(path).ok_or_else(no_table)?;
    let directory = path.parent().ok_or_else(no_table)?;
    let table = Table::open(
        &shared.environment,
        directory,
        file.number,
        Arc::clone(cache),
        &ReadOptions::default(),
    )?;
    Ok(Arc::new(table))
}

/// The database's own tables while they are written.
struct Output<'a> {
    shared: &'a Shared,
    timestamp: Timestamp,
    number: &'a mut dyn FnMut() -> engine::Result<u64>,
    current: Option<Writer>,
    /// Bytes of keys and values in the current table.
    size: usize,
    smallest: Option<OwnedKey>,
    last: Option<OwnedKey>,
    done: Vec<TableMeta>,
}

impl<'a> Output<'a> {
    fn new(
        shared: &'a Shared,
        timestamp: Timestamp,
        number: &'a mut dyn FnMut() -> engine::Result<u64>,
    ) -> Self {
        Self {
            shared,
            timestamp,
            number,
            current: None,
            size: 0,
            smallest: None,
            last: None,
            done: Vec::new(),
        }
    }

    /// Copies the newest version of each key.
    fn copy(&mut self, mut source: Merge<Cursor<Arc<Table>>>) -> engine::Result<()> {
        source.seek_to_first()?;
        while source.is_valid() {
            let key = source.key();
            let last = self.last.as_ref().map(|last| &*last.user_key);
            if last != Some(key.user_key) {
                let key = InternalKey {
                    timestamp: self.timestamp,
                    ..key
                };
                self.add(key, source.value())?;
            }
            source.next()?;
        }
        Ok(())
    }

    fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> engine::Result<()> {
        if self.size >= TABLE_SIZE {
            self.end_table()?;
        }
        let writer = if let Some(writer) = &mut self.current {
            writer
        } else {
            let number = (self.number)()?;
            let shared = self.shared;
            let (environment, directory) = (&shared.environment, shared.engine.directory());
            self.smallest = Some(key.into());
            let writer = Writer::create(environment, directory, number, shared.tables.clone())?;
            self.current.insert(writer)
        };
        writer.add(key, value)?;
        self.size += key.user_key.len() + value.len();
        match &mut self.last {
            Some(last) => {
                last.user_key.clear();
                last.user_key.extend_from_slice(key.user_key);
                last.operation = key.operation;
            }
            None => self.last = Some(key.into()),
        }
        Ok(())
    }

    /// Makes the current table, if there is one, whole and durable.
    fn end_table(&mut self) -> engine::Result<()> {
        let ends = (self.smallest.take(), self.last.clone());
        let (Some(writer), (Some(smallest), Some(largest))) = (self.current.take(), ends) else {
            return Ok(());
        };
        let info = writer.finish()?;
        let properties = info.properties;
        self.size = 0;
        self.done.push(TableMeta {
            number: info.number,
            size: info.size,
            entries: properties.entries,
            deletions: properties.deletions,
            smallest,
            largest,
            smallest_timestamp: properties.smallest_timestamp,
            largest_timestamp: properties.largest_timestamp,
        });
        Ok(())
    }

    fn finish(mut self) -> engine::Result<Vec<TableMeta>> {
        self.end_table()?;
        Ok(self.done)
    }
}
