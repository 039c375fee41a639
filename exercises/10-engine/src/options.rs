//! *Given.* What a user of the engine may choose.

use ferrisdb_sstable as sstable;
use ferrisdb_wal as wal;

/// What a user of the engine may choose. Each method changes one thing and gives the options
/// back.
///
/// ```
/// use ferrisdb_engine::Options;
///
/// let options = Options::default().memtable_size(16 << 20).cache_size(64 << 20);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Options {
    pub(crate) memtable_size: usize,
    pub(crate) tables: sstable::Options,
    pub(crate) log: wal::Options,
    pub(crate) cache_size: u64,
    pub(crate) seed: u64,
    pub(crate) read_only: bool,
}

impl Options {
    /// How many bytes of writes are gathered in memory before they are written out as a table;
    /// 64 MiB by default. Keys, values and about 35 bytes a write count.
    pub fn memtable_size(mut self, bytes: usize) -> Self {
        self.memtable_size = bytes;
        self
    }

    /// How tables are written.
    pub fn tables(mut self, options: sstable::Options) -> Self {
        self.tables = options;
        self
    }

    /// How the log is written. Its `needed_from` is ignored: the manifest knows.
    pub fn log(mut self, options: wal::Options) -> Self {
        self.log = options;
        self
    }

    /// How many bytes of the tables' blocks are kept in memory; 32 MiB by default. The filter and
    /// the index of every table are kept besides.
    pub fn cache_size(mut self, bytes: u64) -> Self {
        self.cache_size = bytes;
        self
    }

    /// Decides the shape of the memtables' lists, and nothing that can be seen from outside.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Opens for reading only: the directory is not locked, nothing in it is changed, and what a
    /// crash has left there is not tidied up. Nobody else may have it open for writing.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            memtable_size: 64 << 20,
            tables: sstable::Options::default(),
            log: wal::Options::default(),
            cache_size: 32 << 20,
            seed: 0,
            read_only: false,
        }
    }
}
