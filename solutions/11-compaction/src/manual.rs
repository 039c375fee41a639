//! Compacting a range because somebody asked for it.
//!
//! ```text
//!   level 0   ┌──────┐┌───┐   1  into the first level that holds anything
//!   level 4   ┌──┐┌──┐        2  table by table into the next such level ...
//!   level 5   ┌──┐┌──┐┌──┐    3  ... and so on
//!   level 6   ┌──┐┌──┐┌──┐    4  what was not written since is written anew
//! ```
//!
//! Then every key of the range lies in one level, each in one version, without a tombstone, as
//! far as snapshots allow.

use std::ops::Bound;
use std::sync::Arc;

use ferrisdb_core::Timestamp;
use ferrisdb_manifest::{LEVELS_MAX, TableMeta, Version};

use crate::{Input, Job, KeyRange, Reason, Running, Strategy, in_level, in_level_zero};

/// A range of keys that somebody wants to have compacted, and when that was.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The user keys; each end may be open.
    pub keys: (Bound<&'a [u8]>, Bound<&'a [u8]>),
    /// A number for a file that was taken then: tables with lower numbers were written before.
    pub number: u64,
    /// The newest timestamp in the tables then. What came later may stay where it is.
    pub timestamp: Timestamp,
}

/// The next job that a request needs, whatever the strategy; to be asked again after each.
///
/// `None` if nothing is left to do, or if all that is left has to wait for a job that is under
/// way.
pub fn pick_range(
    version: &Version,
    strategy: &Strategy,
    running: &Running,
    request: Request<'_>,
) -> Option<Job> {
    let used = (0..LEVELS_MAX).filter(|&level| !version.level(level).is_empty());
    let used: Vec<_> = used.collect();
    let mut steps: Vec<_> = used.windows(2).map(|pair| (pair[0], pair[1])).collect();
    // What lies in the lowest level stays there, unless that is level 0.
    steps.push(match *used.last()? {
        0 => (0, LEVELS_MAX - 1),
        lowest => (lowest, lowest),
    });
    steps.into_iter().find_map(|(level, output_level)| {
        let tables = version.level(level).iter();
        let due = tables.filter(|table| request.wants(level, output_level, table));
        due.map(|table| job(version, strategy, level, table, output_level))
            .find(|job| running.allows(job))
    })
}

impl Request<'_> {
    /// Whether a table of a level, from which the way leads to another one, is to be compacted.
    fn wants(&self, level: usize, output_level: usize, table: &TableMeta) -> bool {
        let is_due = if level == output_level {
            table.number < self.number
        } else {
            table.smallest_timestamp <= self.timestamp
        };
        is_due && self.touches(KeyRange::of(table))
    }

    /// Whether a range has a key that is wanted.
    fn touches(&self, range: KeyRange<'_>) -> bool {
        let ends_before = match self.keys.0 {
            Bound::Included(first) => range.last < first,
            Bound::Excluded(first) => range.last <= first,
            Bound::Unbounded => false,
        };
        let begins_behind = match self.keys.1 {
            Bound::Included(last) => last < range.first,
            Bound::Excluded(last) => last <= range.first,
            Bound::Unbounded => false,
        };
        !ends_before && !begins_behind
    }
}

/// The job that takes a table of a level to another one, or writes it anew.
fn job(
    version: &Version,
    strategy: &Strategy,
    level: usize,
    table: &Arc<TableMeta>,
    output_level: usize,
) -> Job {
    let tables = match level {
        0 => in_level_zero(version.level(0), table),
        _ => vec![Arc::clone(table)],
    };
    let mut inputs = vec![Input { level, tables }];
    if level != output_level {
        let range = KeyRange::over(&inputs[0].tables);
        let overlapped = range.map(|range| in_level(version.level(output_level), range));
        inputs.push(Input {
            level: output_level,
            tables: overlapped.unwrap_or_default().to_vec(),
        });
    }
    let table_size = strategy.table_size_max();
    Job::new(
        version,
        inputs,
        output_level,
        table_size,
        u64::MAX,
        Reason::Manual,
    )
}
