//! Which compaction comes next.

use ferrisdb_manifest::Version;

use crate::{Job, Levelled, Running, SizeTiered, SortedRun};

/// How the levels are kept in shape. One database can change from one strategy to the other:
/// either understands what the other left.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strategy {
    /// Few places to look for a key and little space wasted; each byte is written often.
    Levelled(Levelled),
    /// Each byte is written seldom; more places to look, and more space wasted.
    SizeTiered(SizeTiered),
}

impl Strategy {
    /// How much there is in level 0, as the strategy counts it: tables, or sorted runs.
    pub fn level_zero(&self, version: &Version) -> usize {
        match self {
            Self::Levelled(_) => version.level(0).len(),
            Self::SizeTiered(_) => SortedRun::of_level_zero(version).count(),
        }
    }

    /// An output table ends once its keys and values have this many bytes.
    pub(crate) fn table_size_max(&self) -> u64 {
        match self {
            Self::Levelled(levelled) => levelled.table_size_max(),
            Self::SizeTiered(tiered) => tiered.table_size_max(),
        }
    }
}

impl Default for Strategy {
    fn default() -> Self {
        Self::Levelled(Levelled::default())
    }
}

/// The most urgent job for a version that may begin beside the running ones, if there is anything
/// to do.
pub fn pick(version: &Version, strategy: &Strategy, running: &Running) -> Option<Job> {
    match strategy {
        Strategy::Levelled(levelled) => levelled.pick(version, running),
        Strategy::SizeTiered(tiered) => tiered.pick(version, running),
    }
}
