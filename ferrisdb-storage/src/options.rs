//! What a user of the database may choose.

use std::sync::Arc;

use ferrisdb_compaction::Strategy;
use ferrisdb_core::{Background, Environment};
use ferrisdb_engine as engine;
use ferrisdb_sstable as sstable;
use ferrisdb_wal::{self as wal, SyncMode};

use crate::settings::Settings;
use crate::stall::Limits;

/// What a user of the database may choose; the defaults are safe.
///
/// ```
/// use ferrisdb_storage::{Options, SyncMode};
///
/// let options = Options::new()
///     .sync_mode(SyncMode::None)
///     .segment_size_max(16 << 20);
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) sync_mode: SyncMode,
    pub(crate) log: wal::Options,
    pub(crate) memtable_size: usize,
    pub(crate) cache_size: u64,
    pub(crate) tables: sstable::Options,
    pub(crate) compaction: Strategy,
    pub(crate) limits: Limits,
    pub(crate) background: Option<Arc<dyn Background>>,
    pub(crate) background_bytes_per_second: Option<u64>,
    pub(crate) read_only: bool,
    pub(crate) environment: Environment,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sync_mode: SyncMode::default(),
            log: wal::Options {
                preallocate: true,
                spares_max: 4,
                ..wal::Options::default()
            },
            memtable_size: 64 << 20,
            cache_size: 32 << 20,
            tables: sstable::Options::default(),
            compaction: Strategy::default(),
            limits: Limits {
                memtables_stop: 2,
                tables_slow: 12,
                tables_stop: 24,
            },
            background: None,
            background_bytes_per_second: None,
            read_only: false,
            environment: Environment::default(),
        }
    }
}

impl Options {
    /// The defaults: each write is on the disk when it returns.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How far a write gets before it returns.
    ///
    /// [`SyncMode::Data`], the default: to the disk; it survives a power cut. With
    /// [`SyncMode::None`] it gets as far as the operating system, which is much
    /// faster and survives the end of the process, but a power cut loses the last few seconds,
    /// never half a batch, and never what came before a [`Db::sync`](crate::Db::sync).
    #[must_use]
    pub fn sync_mode(mut self, mode: SyncMode) -> Self {
        self.sync_mode = mode;
        self
    }

    /// The size in bytes at which the log goes on in a new file; 16 MiB by default.
    #[must_use]
    pub fn segment_size_max(mut self, bytes: u64) -> Self {
        self.log.segment_size_max = bytes;
        self
    }

    /// Whether the log's files are laid out at their full size when they are begun, and used again
    /// instead of being removed; the default. A synced write then changes no file's length, which was
    /// measured to take 0.7 times as long. Otherwise files are as long as what is in them.
    #[must_use]
    pub fn recycle_log(mut self, recycle: bool) -> Self {
        self.log.preallocate = recycle;
        self.log.spares_max = if recycle { 4 } else { 0 };
        self
    }

    /// How many bytes of writes are gathered in memory before they are written out as a table;
    /// 64 MiB by default. Keys, values and about 35 bytes a write count. Up to
    /// [`memtables_max`](Self::memtables_max) times as much memory is used, since one memtable fills while
    /// others are written out. None has more than 32 GiB.
    #[must_use]
    pub fn memtable_size(mut self, bytes: usize) -> Self {
        self.memtable_size = bytes.min(ferrisdb_skiplist::CAPACITY_MAX);
        self
    }

    /// How many bytes of the tables' blocks are kept in memory; 32 MiB by default. The filter and
    /// the index of every table are kept besides.
    #[must_use]
    pub fn cache_size(mut self, bytes: u64) -> Self {
        self.cache_size = bytes;
        self
    }

    /// How tables are written: their blocks, compression and filters.
    #[must_use]
    pub fn tables(mut self, options: sstable::Options) -> Self {
        self.tables = options;
        self
    }

    /// How many memtables there may be, the one that takes the writes among them; 3 by default, and at
    /// least 2. When all are full, writes wait until one is written out.
    #[must_use]
    pub fn memtables_max(mut self, count: usize) -> Self {
        self.limits.memtables_stop = count.max(2) - 1;
        self
    }

    /// How tables are merged: [`Levelled`](crate::compaction::Levelled), the default, or
    /// [`SizeTiered`](crate::compaction::SizeTiered). It may be another each time the database is opened.
    #[must_use]
    pub fn compaction(mut self, strategy: Strategy) -> Self {
        self.compaction = strategy;
        self
    }

    /// From how many tables in level 0 on writes are slowed down, and at how many they wait until
    /// some were merged; 12 and 24 by default. Every one of these tables may have to be asked for a key.
    /// Tables that were taken in together are one where the strategy is size-tiered. Both should be above
    /// what the strategy waits for before it merges anything.
    #[must_use]
    pub fn level_zero_limits(mut self, slow: usize, stop: usize) -> Self {
        self.limits.tables_slow = slow.max(1);
        self.limits.tables_stop = stop.max(self.limits.tables_slow.saturating_add(1));
        self
    }

    /// How many bytes a second flushes and compactions may write, so that others get at the disk;
    /// as many as they can by default. Too few, and writes will have to wait.
    #[must_use]
    pub fn background_bytes_per_second(mut self, rate: u64) -> Self {
        self.background_bytes_per_second = Some(rate);
        self
    }

    /// What runs flushes and compactions, instead of two threads of the database's own.
    ///
    /// A job may be dropped instead of being run. It must not run on a thread that holds a lock
    /// which a writer may wait for.
    #[must_use]
    pub fn background(mut self, background: Arc<dyn Background>) -> Self {
        self.background = Some(background);
        self
    }

    /// Opens for reading only: nothing in the directory is changed, and it is not locked. What a
    /// crash has left there is read past, and not tidied up. Nobody may have the database open for
    /// writing meanwhile.
    #[must_use]
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// The file system and clock to use instead of the machine's own; for tests.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// What the engine has to know.
    pub(crate) fn engine(&self) -> engine::Options {
        engine::Options::default()
            .memtable_size(self.memtable_size)
            .tables(self.tables.clone())
            .log(self.log.clone())
            .cache_size(self.cache_size)
            .seed(self.environment.clock.unix_us())
            .read_only(self.read_only)
    }

    /// What is written down about a database when it is opened.
    pub(crate) fn settings(&self) -> Settings {
        let strategy = match self.compaction {
            Strategy::SizeTiered(_) => "size-tiered",
            _ => "levelled",
        };
        Settings::default()
            .word("compaction", strategy)
            .number("memtable_size", self.memtable_size as u64)
            .number("segment_size_max", self.log.segment_size_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memtable_is_no_larger_than_a_list_can_be() {
        let options = Options::new().memtable_size(usize::MAX);
        assert_eq!(options.memtable_size, ferrisdb_skiplist::CAPACITY_MAX);
    }
}
