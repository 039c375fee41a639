//! Where batches are kept after the log has them.
//!
//! Which thread may do what: one thread at a time applies batches, since writers take turns. It alone
//! changes which parts there are. Any thread reads, at any time, without a lock.

use std::ops::Bound;

use ferrisdb_core::{Batch, Timestamp};
use ferrisdb_memtable::{self as memtable, Memtable};
use ferrisdb_skiplist::{Slot, pin};
use ferrisdb_wal as wal;

use crate::super_version::{Pairs, SuperVersion};
use crate::tables::Tables;
use crate::{Metrics, Result};

/// All parts of the database but the log.
#[derive(Debug)]
pub(crate) struct Store {
    parts: Slot<SuperVersion>,
    tables: Tables,
    memtable_size: usize,
    seed: u64,
}

impl Store {
    /// An empty store, with memtables of a size in bytes, whose towers follow from `seed`.
    pub(crate) fn new(tables: Tables, memtable_size: usize, seed: u64) -> Self {
        let first = Memtable::new(memtable_size, seed);
        Self {
            parts: Slot::new(SuperVersion::new(first)),
            tables,
            memtable_size,
            seed,
        }
    }

    /// Removes what an earlier process left beside the log.
    pub(crate) fn clear(&self) -> Result<()> {
        self.tables.remove_all()
    }

    /// Writes a memtable that is full into a table, if there is one. On an error it stays where it
    /// is, and readers go on with it.
    pub(crate) fn flush(&self) -> Result<()> {
        let guard = pin();
        let parts = self.parts.load(&guard);
        if let Some(frozen) = &parts.frozen {
            let table = self.tables.write(frozen)?;
            self.parts.swap(parts.with_table(table));
        }
        Ok(())
    }

    /// Takes a batch in, whole or not at all. Readers as of an earlier timestamp notice nothing.
    ///
    /// Between two calls [`flush`](Self::flush) has to succeed.
    pub(crate) fn apply(&self, timestamp: Timestamp, batch: &Batch) -> Result<()> {
        let guard = pin();
        let parts = self.parts.load(&guard);
        match parts.memtable.write(timestamp, batch) {
            Err(memtable::Error::Full { .. }) => {}
            result => return Ok(result?),
        }
        // The batch is in the new memtable before any reader can find that one.
        parts.memtable.freeze();
        let next = Memtable::new(self.memtable_size, self.seed ^ timestamp.0);
        next.write(timestamp, batch)?;
        self.parts.swap(parts.with_memtable(next));
        Ok(())
    }

    /// The value of a key as of a timestamp.
    pub(crate) fn get(&self, key: &[u8], as_of: Timestamp) -> Result<Option<Vec<u8>>> {
        self.parts.load(&pin()).get(key, as_of)
    }

    /// The keys between two bounds that have a value as of a timestamp, with it.
    pub(crate) fn collect(
        &self,
        start: Bound<&[u8]>,
        end: Bound<&[u8]>,
        as_of: Timestamp,
    ) -> Result<Pairs> {
        self.parts.load(&pin()).collect(start, end, as_of)
    }

    /// What the parts hold, beside what the log has done.
    pub(crate) fn metrics(&self, log: wal::Metrics) -> Metrics {
        let guard = pin();
        let parts = self.parts.load(&guard);
        Metrics {
            log,
            memtable_versions: parts.memtables().map(Memtable::len).sum(),
            memtable_bytes: parts.memtables().map(Memtable::memory_used).sum(),
            tables: parts.tables.len(),
            table_bytes: parts.tables.iter().map(|table| table.size()).sum(),
            cache_hits: self.tables.cache().hits(),
            cache_misses: self.tables.cache().misses(),
            cache_bytes: self.tables.cache().used(),
        }
    }
}
