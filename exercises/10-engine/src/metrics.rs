//! *Given.* Numbers about an engine.

use ferrisdb_core::Timestamp;
use ferrisdb_skiplist::pin;
use ferrisdb_wal as wal;

use crate::Engine;

/// What an engine has done since it was opened, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// What the log has done; nothing where the engine was opened for reading only.
    pub log: wal::Metrics,
    /// In how many groups the batches were written.
    pub groups: u64,
    /// How many writers wait for their turn.
    pub waiting: usize,
    /// The newest timestamp that readers see.
    pub published: Timestamp,
    /// How many snapshots there are.
    pub snapshots: usize,
    /// How many cursors there are.
    pub cursors: usize,
    /// How many memtables wait to be flushed.
    pub frozen: usize,
    /// How many versions of keys all memtables hold.
    pub memtable_versions: usize,
    /// How much memory these versions take, in bytes.
    pub memtable_bytes: usize,
    /// How many tables each level has, and how many bytes.
    pub levels: Vec<(usize, u64)>,
    /// How often a block of a table was asked for and lay in the cache.
    pub cache_hits: u64,
    /// How often it did not.
    pub cache_misses: u64,
    /// How much memory the blocks in the cache take, in bytes.
    pub cache_bytes: u64,
}

impl Engine {
    /// What the engine has done since it was opened, and what it holds. Waits for the writer whose
    /// turn it is.
    pub fn metrics(&self) -> Metrics {
        let (log, groups) = {
            let turn = self.queue.turn();
            let log = turn.writer.as_ref().map(|writer| writer.metrics().clone());
            (log.unwrap_or_default(), turn.groups)
        };
        let (snapshots, cursors) = self.shared.users();
        let guard = pin();
        let parts = self.shared.parts(&guard);
        let tables = parts.levels.tables.iter();
        let cache = &self.tables.cache;
        Metrics {
            log,
            groups,
            waiting: self.waiting(),
            published: self.published(),
            snapshots,
            cursors,
            frozen: parts.frozen.len(),
            memtable_versions: parts.memories().map(|memory| memory.table.len()).sum(),
            memtable_bytes: parts
                .memories()
                .map(|memory| memory.table.memory_used())
                .sum(),
            levels: tables
                .map(|level| (level.len(), level.iter().map(|live| live.meta.size).sum()))
                .collect(),
            cache_hits: cache.hits(),
            cache_misses: cache.misses(),
            cache_bytes: cache.used(),
        }
    }
}
