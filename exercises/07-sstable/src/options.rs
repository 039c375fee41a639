//! What a user of tables may choose.

use ferrisdb_block::Compression;

/// The largest block size that can be asked for, in bytes.
const BLOCK_SIZE_LIMIT: usize = 1 << 20;

/// How a table is written. Each method changes one thing and gives the options back.
///
/// ```
/// use ferrisdb_sstable::{Compression, Options};
///
/// let options = Options::default().block_size(16 << 10).compression(Compression::Zstd);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Options {
    pub(crate) block_size: usize,
    pub(crate) restart_interval: usize,
    pub(crate) compression: Compression,
    pub(crate) filter_bits_per_key: usize,
    pub(crate) index_part_size: usize,
}

impl Options {
    /// A data block ends with the entry that makes it this large, in bytes before compression.
    /// At least 1, at most 1 MiB; 4 KiB by default.
    ///
    /// A larger block compresses better and needs fewer index entries; a point read that has to
    /// fetch it reads more.
    pub fn block_size(mut self, bytes: usize) -> Self {
        self.block_size = bytes.clamp(1, BLOCK_SIZE_LIMIT);
        self
    }

    /// Every how many entries a data block has a restart point; 8 by default.
    pub fn restart_interval(mut self, entries: usize) -> Self {
        self.restart_interval = entries.max(1);
        self
    }

    /// How blocks are compressed; LZ4 by default. A block that does not shrink is stored as it
    /// is.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// How many bits the filter has for each key; 10 by default, which lets about one absent key
    /// in a hundred pass. With 0 there is no filter.
    pub fn filter_bits_per_key(mut self, bits: usize) -> Self {
        self.filter_bits_per_key = bits;
        self
    }

    /// An index that grows beyond this, in bytes, is written in parts with an index over them.
    /// At least 1, at most 1 MiB; 32 KiB by default. In a very large table the parts are larger.
    pub fn index_part_size(mut self, bytes: usize) -> Self {
        self.index_part_size = bytes.clamp(1, BLOCK_SIZE_LIMIT);
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            block_size: 4 << 10,
            restart_interval: 8,
            compression: Compression::default(),
            filter_bits_per_key: 10,
            index_part_size: 32 << 10,
        }
    }
}

/// How a table is read.
#[derive(Debug, Clone)]
#[must_use]
pub struct ReadOptions {
    pub(crate) pin: bool,
}

impl ReadOptions {
    /// Whether filter and index stay in memory as long as the table is open, which is the
    /// default. Otherwise they lie in the cache like data blocks, and may be evicted.
    pub fn pin(mut self, pin: bool) -> Self {
        self.pin = pin;
        self
    }
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { pin: true }
    }
}
