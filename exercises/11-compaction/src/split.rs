//! Where one output table ends and the next begins.
//!
//! ```text
//!   output level    ┌── 64 MiB ──┐┌── 64 MiB ──┐┌─ 9 MiB ─┐┌── ...
//!   next level      ┌──┐┌──┐┌──┐┌──┐┌──┐    ┌─┐┌─┐┌─┐┌─┐┌─┐┌─┐┌─┐ ...
//!                                                ends early: too much lies below it
//! ```
//!
//! A table ends when it is large enough, or when it overlaps so much of the next level that the
//! compaction which will move it there one day would be too large.

use std::sync::Arc;

use ferrisdb_core::InternalKey;
use ferrisdb_manifest::TableMeta;

use crate::{Job, KeyRange};

/// Says where one output table of a job ends and the next begins.
#[derive(Debug)]
pub struct Split {
    table_size: u64,
    overlap_max: u64,
    /// The tables of the level below the output that the job overlaps, by key.
    below: Vec<Arc<TableMeta>>,
    /// How many of them lie wholly before the last key.
    passed: usize,
    /// The bytes of those among them that the current table overlaps.
    overlap: u64,
    /// The bytes of keys and values in the current table.
    size: u64,
    /// The last key; meaningless as long as the current table is empty.
    last: Vec<u8>,
    is_empty: bool,
}

impl Split {
    /// The rules for the outputs of a job.
    pub fn new(job: &Job) -> Self {
        Self {
            table_size: job.table_size,
            overlap_max: job.overlap_max,
            below: job.below.clone(),
            passed: 0,
            overlap: 0,
            size: 0,
            last: Vec::new(),
            is_empty: true,
        }
    }

    /// Takes note of the next entry, and says whether a new table must begin with it.
    ///
    /// Never between two versions of one key: both tables would hold the key, and in a level no
    /// two tables may.
    pub fn before(&mut self, key: InternalKey<'_>, value: &[u8]) -> bool {
        todo!(
            "pass the tables below that end before the key; a full table ends before the next key, never within one"
        )
    }
}
