//! How a database is set up.

use std::sync::Arc;

use ferrisdb_core::{Background, Random, SeededRandom};
use ferrisdb_storage::compaction::{Levelled, SizeTiered, Strategy};
use ferrisdb_storage::sstable::{self, Compression};
use ferrisdb_storage::{Options, SyncMode};
use ferrisdb_testkit::FaultyFs;

/// How a database is set up: small in every way, so that few writes make much happen.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) sync_mode: SyncMode,
    memtable_size: usize,
    segment_size: u64,
    recycle: bool,
    strategy: Strategy,
    pub(crate) tables: sstable::Options,
    cache_size: u64,
    pub(crate) in_steps: bool,
}

impl Setup {
    /// One that follows from a seed.
    pub(crate) fn from_seed(seed: u64) -> Self {
        let mut random = SeededRandom::new(seed ^ 0x5e7);
        let mut pick = |bound| random.below(bound);
        let strategy = if pick(3) > 0 {
            let levelled = Levelled::default()
                .level_zero_tables(2 + usize::try_from(pick(3)).unwrap_or(0))
                .base_size([500, 2000, 8000][usize::try_from(pick(3)).unwrap_or(0)])
                .factor(2 + pick(3))
                .table_size([200, 1000, 4000][usize::try_from(pick(3)).unwrap_or(0)]);
            Strategy::Levelled(levelled)
        } else {
            let runs = 2 + usize::try_from(pick(4)).unwrap_or(0);
            Strategy::SizeTiered(SizeTiered::default().runs(runs).table_size(1000))
        };
        let compression = [Compression::None, Compression::Lz4, Compression::Zstd];
        let tables = sstable::Options::default()
            .block_size([64, 256, 4096][usize::try_from(pick(3)).unwrap_or(0)])
            .restart_interval(1 + usize::try_from(pick(4)).unwrap_or(0))
            .compression(compression[usize::try_from(pick(3)).unwrap_or(0)])
            .filter_bits_per_key(usize::try_from(pick(2) * 10).unwrap_or(0));
        Self {
            sync_mode: [SyncMode::None, SyncMode::Data][usize::try_from(pick(2)).unwrap_or(0)],
            memtable_size: [300, 1000, 5000][usize::try_from(pick(3)).unwrap_or(0)],
            segment_size: [200, 1000, 10_000][usize::try_from(pick(3)).unwrap_or(0)],
            recycle: pick(2) == 0,
            strategy,
            tables,
            cache_size: [0, 2000, 1 << 20][usize::try_from(pick(3)).unwrap_or(0)],
            in_steps: pick(2) == 0,
        }
    }

    /// The same as options, for a disk.
    pub(crate) fn options(&self, fs: &FaultyFs, background: Arc<dyn Background>) -> Options {
        Options::new()
            .sync_mode(self.sync_mode)
            .memtable_size(self.memtable_size)
            .segment_size_max(self.segment_size)
            .recycle_log(self.recycle)
            .compaction(self.strategy.clone())
            .tables(self.tables.clone())
            .cache_size(self.cache_size)
            .level_zero_limits(6, 8)
            .background(background)
            .environment(fs.environment())
    }
}
