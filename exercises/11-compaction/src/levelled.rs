//! The levelled strategy: every level is a sorted run, some times as large as the one above.
//!
//! ```text
//!   level    target                    holds      score
//!     0      4 tables                  3 tables    0.750
//!    1..3    (not in use)
//!     4      256 MiB   ┌ the base      250 MiB     0.977
//!     5      2.5 GiB   │ × 10          3.5 GiB     1.400   ◀ too full: a table of it
//!     6      25 GiB    ▼               25 GiB      ...       goes down to level 6
//! ```
//!
//! The last level is as large as it is, and the targets are counted back from there, each a
//! factor smaller, so that nearly all data lies in the last level and little of it can be
//! superseded. The first level whose target fits into the base size is the *base*: level 0 goes
//! there. This is RocksDB's `level_compaction_dynamic_level_bytes`.

use std::cmp::Reverse;
use std::sync::Arc;

use ferrisdb_manifest::{LEVELS_MAX, TableMeta, Version};

use crate::{Input, Job, KeyRange, Reason, Running, in_level, in_level_zero};

/// The number of the last level.
const LAST: usize = LEVELS_MAX - 1;

/// A score of a level that is exactly full. Scores are thousandths.
pub(crate) const FULL: u64 = 1000;

/// The levelled strategy. Each method changes one thing and gives the strategy back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Levelled {
    level_zero_tables: usize,
    base_size: u64,
    factor: u64,
    table_size: u64,
}

/// How large each level should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Targets {
    /// The level into which level 0 is compacted. Those between are empty.
    pub base: usize,
    /// Bytes a level; [`u64::MAX`] for level 0, which is counted in tables.
    pub sizes: [u64; LEVELS_MAX],
}

impl Levelled {
    /// Level 0 is compacted once it has this many tables. At least 1; 4 by default.
    pub fn level_zero_tables(mut self, tables: usize) -> Self {
        self.level_zero_tables = tables.max(1);
        self
    }

    /// The target of the base level is at most this, and no target is lower, in bytes. At least
    /// 1; 256 MiB by default.
    pub fn base_size(mut self, bytes: u64) -> Self {
        self.base_size = bytes.max(1);
        self
    }

    /// How many times as large as the level above a level may be. At least 2; 10 by default.
    ///
    /// A larger factor makes fewer levels, so that reads ask fewer of them, and each byte is
    /// written more often on its way through one.
    pub fn factor(mut self, factor: u64) -> Self {
        self.factor = factor.max(2);
        self
    }

    /// An output table ends once its keys and values have this many bytes. At least 1; 64 MiB by
    /// default.
    pub fn table_size(mut self, bytes: u64) -> Self {
        self.table_size = bytes.max(1);
        self
    }

    /// How many tables level 0 may have before it is compacted.
    pub fn level_zero_trigger(&self) -> usize {
        self.level_zero_tables
    }

    /// How large each level of a version should be.
    ///
    /// The last level may be as large as it is; each level above it has a target a factor
    /// smaller, up to the first that fits into the base size, which is the base. No target is
    /// below the base size. Levels above the base are not in use; but one that holds something
    /// is, and then the first such level is the base.
    pub fn targets(&self, version: &Version) -> Targets {
        todo!("from the last level up, each a factor smaller, until one fits into the base size")
    }

    /// How full each level but the last is, in thousandths of what it should hold, the fullest
    /// first; of two that are equally full, the higher. Tables that are busy do not count.
    pub fn scores(&self, version: &Version, running: &Running) -> Vec<(usize, u64)> {
        let targets = self.targets(version);
        let is_free = |table: &&Arc<TableMeta>| !running.is_busy(table.number);
        let mut scores: Vec<_> = (0..LAST)
            .map(|level| {
                let free = version.level(level).iter().filter(is_free);
                let (holds, target) = match level {
                    0 => (free.count() as u64, self.level_zero_tables as u64),
                    _ => (free.map(|table| table.size).sum(), targets.sizes[level]),
                };
                (level, holds.saturating_mul(FULL) / target)
            })
            .collect();
        scores.sort_by_key(|&(level, score)| (Reverse(score), level));
        scores
    }

    pub(crate) fn table_size_max(&self) -> u64 {
        self.table_size
    }

    /// The most urgent job that is possible beside the running ones, if any level is full.
    pub(crate) fn pick(&self, version: &Version, running: &Running) -> Option<Job> {
        let base = self.targets(version).base;
        self.scores(version, running)
            .into_iter()
            .take_while(|&(_, score)| score >= FULL)
            .find_map(|(level, _)| match level {
                0 => self.level_zero_job(version, running, base),
                _ => self.level_job(version, running, level),
            })
    }

    /// The oldest table of level 0, and all that must leave together with it.
    fn level_zero_job(&self, version: &Version, running: &Running, base: usize) -> Option<Job> {
        let level = version.level(0);
        let tables = in_level_zero(level, level.last()?);
        self.job(version, running, 0, tables, base, Reason::LevelZero)
    }

    /// The table of a level that is cheapest to get rid of: for each of its bytes, the fewest
    /// bytes of the next level must be written anew. Of two that cost the same, the older.
    fn level_job(&self, version: &Version, running: &Running, level: usize) -> Option<Job> {
        let jobs = version.level(level).iter().filter_map(|table| {
            let tables = vec![Arc::clone(table)];
            self.job(
                version,
                running,
                level,
                tables,
                level + 1,
                Reason::LevelSize,
            )
        });
        jobs.min_by_key(|job| {
            let moved = job.inputs[0].tables[0].as_ref();
            let rewritten = job.size() - moved.size;
            (
                rewritten.saturating_mul(FULL) / moved.size.max(1),
                moved.number,
            )
        })
    }

    /// The job that takes these tables of a level to another one, together with what they
    /// overlap there; `None` if a job that is under way is in its way.
    fn job(
        &self,
        version: &Version,
        running: &Running,
        level: usize,
        tables: Vec<Arc<TableMeta>>,
        output_level: usize,
        reason: Reason,
    ) -> Option<Job> {
        let range = KeyRange::over(&tables)?;
        let overlapped = in_level(version.level(output_level), range).to_vec();
        let inputs = vec![
            Input { level, tables },
            Input {
                level: output_level,
                tables: overlapped,
            },
        ];
        let job = Job::new(
            version,
            inputs,
            output_level,
            self.table_size,
            self.table_size.saturating_mul(self.factor),
            reason,
        );
        running.allows(&job).then_some(job)
    }
}

impl Default for Levelled {
    fn default() -> Self {
        Self {
            level_zero_tables: 4,
            base_size: 256 << 20,
            factor: 10,
            table_size: 64 << 20,
        }
    }
}

/// The bytes of all tables of a level.
pub(crate) fn size(tables: &[Arc<TableMeta>]) -> u64 {
    tables.iter().map(|table| table.size).sum()
}
