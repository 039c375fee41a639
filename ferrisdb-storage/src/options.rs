//! What a user of the database may choose.

use ferrisdb_core::Environment;
use ferrisdb_sstable as sstable;
use ferrisdb_wal::{self as wal, SyncMode};

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
    pub(crate) environment: Environment,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sync_mode: SyncMode::default(),
            log: wal::Options::default(),
            memtable_size: 64 << 20,
            cache_size: 32 << 20,
            tables: sstable::Options::default(),
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

    /// How many bytes of writes are gathered in memory before they are written out as a table;
    /// 64 MiB by default. Keys, values and about 35 bytes a write count. Up to twice as much memory is
    /// used, since one memtable fills while the one before waits to be written.
    #[must_use]
    pub fn memtable_size(mut self, bytes: usize) -> Self {
        self.memtable_size = bytes;
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

    /// The file system and clock to use instead of the machine's own; for tests.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }
}
