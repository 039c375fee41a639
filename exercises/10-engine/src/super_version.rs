//! Everything that the engine holds at one moment, in the parts in which it holds it.
//!
//! ```text
//!   newest                                                         oldest
//!   memtable ◄── frozen ◄── … ◄── level 0: table 9 ◄── table 7 ◄── level 1 ◄── …
//!   takes        on their way              may overlap             sorted, and
//!   writes       into level 0                                      no two overlap
//! ```
//!
//! Every version in a part is newer than every version of the same key in the parts to its
//! right. So a lookup asks from left to right, and the first part that knows anything about the
//! key has the answer.

use std::collections::BTreeMap;
use std::iter;
use std::slice;
use std::sync::Arc;

use bytes::Bytes;
use ferrisdb_core::{Batch, Timestamp};
use ferrisdb_manifest::{TableMeta, Version};
use ferrisdb_memtable::{self as memtable, Memtable};
use ferrisdb_sstable::Table;
use ferrisdb_wal::Position;

use crate::{Options, Result};

/// The parts of the database at one moment. It is never changed: when a part comes or goes, a
/// new one takes its place, and whoever reads goes on with the one that it has.
#[derive(Debug, Clone)]
pub(crate) struct SuperVersion {
    /// Takes the writes.
    pub(crate) memory: Arc<Memory>,
    /// Full ones that are not in tables yet, newest first.
    pub(crate) frozen: Vec<Arc<Memory>>,
    pub(crate) levels: Arc<Levels>,
}

/// A memtable, and where the log has what it holds.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) table: Memtable,
    /// No batch in it, or in a later one, lies in the log before this position.
    pub(crate) log_start: Position,
}

/// The tables of a version of the manifest, open.
#[derive(Debug)]
pub(crate) struct Levels {
    pub(crate) version: Arc<Version>,
    /// As in the version: level 0 newest first, the deeper ones by key.
    pub(crate) tables: Vec<Arc<[Live]>>,
}

/// A table of the current version, open.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) meta: Arc<TableMeta>,
    pub(crate) table: Arc<Table>,
}

/// A value, where it lies.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    /// In a memtable.
    Memory(&'a [u8]),
    /// In a block of a table.
    Block(Bytes),
}

impl SuperVersion {
    /// The same with a new memtable in front of the one that took the writes until now. That one
    /// takes no more.
    pub(crate) fn with_memory(&self, memory: Memory) -> Self {
        self.memory.table.freeze();
        let older = self.frozen.iter().cloned();
        Self {
            memory: Arc::new(memory),
            frozen: iter::once(Arc::clone(&self.memory)).chain(older).collect(),
            levels: Arc::clone(&self.levels),
        }
    }

    /// The same with other tables.
    pub(crate) fn with_levels(&self, levels: Levels) -> Self {
        Self {
            levels: Arc::new(levels),
            ..self.clone()
        }
    }

    /// The same without the oldest frozen memtable, whose table is among the levels now.
    pub(crate) fn flushed(&self, levels: Levels) -> Self {
        let mut next = self.with_levels(levels);
        next.frozen.pop();
        next
    }

    /// All memtables, newest first.
    pub(crate) fn memories(&self) -> impl Iterator<Item = &Arc<Memory>> {
        iter::once(&self.memory).chain(&self.frozen)
    }
}

impl Memory {
    /// An empty memtable, whose batches will not lie in the log before `log_start`.
    pub(crate) fn new(options: &Options, log_start: Position) -> Self {
        // Another shape for each.
        let seed = options.seed ^ log_start.0;
        Self {
            table: Memtable::new(options.memtable_size, seed),
            log_start,
        }
    }

    /// Puts a batch in, or, if it does not fit any more, into a new memtable, which is returned
    /// for readers to find. The batch does not lie in the log before `log_start`.
    ///
    /// A batch is never split: it is in one memtable as a whole, or in the next as a whole.
    pub(crate) fn write(
        &self,
        timestamp: Timestamp,
        batch: &Batch,
        log_start: Position,
        options: &Options,
    ) -> Result<Option<Self>> {
        todo!("put the batch in; where it does not fit, into a new memtable, and return that")
    }
}

impl Levels {
    /// The tables of a version: those that are open already come from `open`, by number, and the
    /// others are opened with `open_one`.
    pub(crate) fn new(
        version: Arc<Version>,
        open: &BTreeMap<u64, Arc<Table>>,
        open_one: impl Fn(&TableMeta) -> Result<Arc<Table>>,
    ) -> Result<Self> {
        let live = |meta: &Arc<TableMeta>| {
            let table = match open.get(&meta.number) {
                Some(table) => Arc::clone(table),
                None => open_one(meta)?,
            };
            let meta = Arc::clone(meta);
            Ok(Live { meta, table })
        };
        let level = |metas: &Vec<Arc<TableMeta>>| metas.iter().map(live).collect();
        let tables = version.levels().iter().map(level).collect::<Result<_>>()?;
        Ok(Self { version, tables })
    }

    /// Tells this version from all others since the database was made.
    pub(crate) fn id(&self) -> u64 {
        self.version.number()
    }

    /// All tables.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Live> {
        self.tables.iter().flat_map(|level| level.iter())
    }

    /// The open tables by number.
    pub(crate) fn open(&self) -> BTreeMap<u64, Arc<Table>> {
        let by_number = |live: &Live| (live.meta.number, Arc::clone(&live.table));
        self.all().map(by_number).collect()
    }

    /// Whether a table is among these.
    pub(crate) fn contains(&self, number: u64) -> bool {
        self.all().any(|live| live.meta.number == number)
    }

    /// The tables that a key may be in, newest first: any of level 0, and at most one of each
    /// deeper level.
    pub(crate) fn with_key<'a>(&'a self, key: &'a [u8]) -> impl Iterator<Item = &'a Table> {
        let candidates = move |(level, tables): (usize, &'a Arc<[Live]>)| {
            if level == 0 {
                return tables.iter();
            }
            let at = tables.partition_point(|live| &*live.meta.largest.user_key < key);
            tables.get(at).map_or(&[][..], slice::from_ref).iter()
        };
        let tables = self.tables.iter().enumerate().flat_map(candidates);
        tables
            .filter(|live| live.table.overlaps(key, key))
            .map(|live| &*live.table)
    }
}

/// A copy of a value, which keeps nothing else in memory.
pub(crate) fn copied(value: Value<'_>) -> Vec<u8> {
    match value {
        Value::Memory(value) => value.to_vec(),
        Value::Block(value) => value.to_vec(),
    }
}

/// The value itself where it can be shared, together with its block, and a copy otherwise.
pub(crate) fn pinned(value: Value<'_>) -> Bytes {
    match value {
        Value::Memory(value) => Bytes::copy_from_slice(value),
        Value::Block(value) => value,
    }
}
