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
use crate::{Metrics, Result};

/// All parts of the database but the log.
#[derive(Debug)]
pub(crate) struct Store {
    parts: Slot<SuperVersion>,
    memtable_size: usize,
    seed: u64,
}

impl Store {
    /// An empty store, with memtables of a size in bytes, whose towers follow from `seed`.
    pub(crate) fn new(memtable_size: usize, seed: u64) -> Self {
        let first = Memtable::new(memtable_size, seed);
        Self {
            parts: Slot::new(SuperVersion::new(first)),
            memtable_size,
            seed,
        }
    }

    /// Takes a batch in, whole or not at all. Readers as of an earlier timestamp notice nothing.
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
    pub(crate) fn get(&self, key: &[u8], as_of: Timestamp) -> Option<Vec<u8>> {
        self.parts.load(&pin()).get(key, as_of)
    }

    /// The keys between two bounds that have a value as of a timestamp, with it.
    pub(crate) fn collect(
        &self,
        start: Bound<&[u8]>,
        end: Bound<&[u8]>,
        as_of: Timestamp,
    ) -> Pairs {
        self.parts.load(&pin()).collect(start, end, as_of)
    }

    /// What the parts hold, beside what the log has done.
    pub(crate) fn metrics(&self, log: wal::Metrics) -> Metrics {
        let guard = pin();
        let parts = self.parts.load(&guard);
        Metrics {
            log,
            memtables: parts.memtables().count(),
            memtable_versions: parts.memtables().map(|table| table.len()).sum(),
            memtable_bytes: parts.memtables().map(|table| table.memory_used()).sum(),
        }
    }
}
