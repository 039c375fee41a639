//! *Given.* Blocks that were read before.
//!
//! The work is done by the `quick_cache` crate: sharded, bounded by weight, and with S3-FIFO as
//! its way to evict, which lets a block that is asked for a second time survive a scan that asks
//! for each block once. It was measured against a small sharded list of the least
//! recently used blocks (`ferrisdb-bench/benches/sstable.rs`).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ferrisdb_block::{Block, Filter, Kind};
use quick_cache::{Weighter, sync};

/// What an entry costs besides its bytes, roughly.
const ENTRY_OVERHEAD: u64 = 128;

/// What the cache expects a block to have, in bytes, before it has seen any.
const BLOCK_SIZE_TYPICAL: u64 = 4096;

/// Blocks of any number of tables, up to a number of bytes.
///
/// Shared between tables and threads. Blocks lie in it decompressed and checked. A block that is
/// evicted while somebody uses it lives on until that use ends.
pub struct Cache {
    blocks: sync::Cache<Key, Cached, Weight>,
    /// The number that the next table gets.
    next_table: AtomicU64,
}

/// A block's table and its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// A number from [`Cache::next_table`], not that of the file: two databases can share a
    /// cache, and a file can be opened twice.
    pub(crate) table: u64,
    pub(crate) offset: u64,
}

/// What lies in the cache.
#[derive(Debug, Clone)]
pub(crate) enum Cached {
    Block { kind: Kind, block: Block },
    Filter(Arc<CachedFilter>),
}

/// A filter, behind a pointer: it is larger than that of a block, and blocks are what the cache is
/// full of.
#[derive(Debug)]
pub(crate) struct CachedFilter {
    pub(crate) filter: Filter,
    /// The size of its frame, in bytes.
    pub(crate) size: usize,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Cached> for Weight {
    fn weight(&self, _: &Key, value: &Cached) -> u64 {
        let size = match value {
            Cached::Block { block, .. } => block.memory_used(),
            Cached::Filter(filter) => filter.size,
        };
        size as u64 + ENTRY_OVERHEAD
    }
}

impl Cache {
    /// An empty cache for that many bytes. With 0 nothing is kept.
    ///
    /// It is divided among shards, at most four a processor, each of which has room for at least
    /// 32 blocks of 4 KiB. A block that is larger than a whole shard is not kept.
    #[must_use]
    pub fn new(capacity: u64) -> Self {
        let blocks = usize::try_from(capacity / BLOCK_SIZE_TYPICAL).unwrap_or(usize::MAX);
        Self {
            blocks: sync::Cache::with_weighter(blocks, capacity, Weight),
            next_table: AtomicU64::new(0),
        }
    }

    /// How often something was asked for and found.
    pub fn hits(&self) -> u64 {
        self.blocks.hits()
    }

    /// How often something was asked for and not found.
    pub fn misses(&self) -> u64 {
        self.blocks.misses()
    }

    /// How many bytes lie in it.
    pub fn used(&self) -> u64 {
        self.blocks.weight()
    }

    /// How many bytes it may hold.
    pub fn capacity(&self) -> u64 {
        self.blocks.capacity()
    }

    /// Forgets all blocks.
    pub fn clear(&self) {
        self.blocks.clear();
    }

    /// A number for a table that is being opened. No other table gets it.
    pub(crate) fn next_table(&self) -> u64 {
        // Only that no two calls return the same number matters.
        self.next_table.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn get(&self, key: Key) -> Option<Cached> {
        self.blocks.get(&key)
    }

    pub(crate) fn insert(&self, key: Key, value: Cached) {
        self.blocks.insert(key, value);
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("capacity", &self.capacity())
            .field("used", &self.used())
            .finish_non_exhaustive()
    }
}
