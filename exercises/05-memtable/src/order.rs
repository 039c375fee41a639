//! A batch as a table holds it.

use ferrisdb_core::{Batch, BatchEntry};

/// The writes of a batch by key, in ascending order, each key once: where a batch writes a key
/// twice, the later write wins.
///
/// All writes of a batch have the same timestamp, so two of the same key would be the same
/// version of it.
#[must_use]
pub fn in_order(batch: &Batch) -> Vec<BatchEntry<'_>> {
    todo!("sort the writes by key, and keep the last one of each key")
}
