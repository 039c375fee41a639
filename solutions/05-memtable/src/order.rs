//! A batch as a table holds it.

use ferrisdb_core::{Batch, BatchEntry};

/// The writes of a batch by key, in ascending order, each key once: where a batch writes a key
/// twice, the later write wins.
///
/// All writes of a batch have the same timestamp, so two of the same key would be the same
/// version of it.
#[must_use]
pub fn in_order(batch: &Batch) -> Vec<BatchEntry<'_>> {
    let mut entries: Vec<_> = batch.iter().collect();
    // Turned around, the later write of a key comes first. A stable sort leaves it there, and
    // the first of several is the one that is kept.
    entries.reverse();
    entries.sort_by_key(|entry| entry.key);
    entries.dedup_by_key(|entry| entry.key);
    entries
}
