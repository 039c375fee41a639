//! What lies below a compaction.

use std::sync::Arc;

use ferrisdb_manifest::{TableMeta, Version};

use crate::{Job, KeyRange};

/// The tables that may hold versions older than those of a job.
///
/// ```text
///   level 0     ┌ newer ┐   ┌ input ┐   ┌ older ┐        newest first
///   level 1                  empty
///   level 2                 ┌ input ┐┌ input ┐
///   level 3            ┌ older ┐┌ older ┐┌ older ┐
/// ```
///
/// A tombstone may be left out only if no table here can hold its key: an older version of the
/// key that it no longer hides would come back to life.
#[derive(Debug)]
pub struct Underneath {
    /// Tables that do not overlap, by key, and how many of them lie wholly below the last key.
    runs: Vec<(Vec<Arc<TableMeta>>, usize)>,
}

impl Underneath {
    /// All tables of a version behind the newest input of a job that are no inputs themselves.
    pub fn new(version: &Version, job: &Job) -> Self {
        let older = version
            .tables()
            .skip_while(|(_, table)| !job.reads(table.number))
            .filter(|(_, table)| !job.reads(table.number));
        let mut runs: Vec<(Vec<Arc<TableMeta>>, usize)> = Vec::new();
        let mut last_level = 0;
        for (level, table) in older {
            // Tables of level 0 may overlap, so each is a run of its own.
            if level == 0 || level != last_level {
                runs.push((Vec::new(), 0));
            }
            last_level = level;
            if let Some((run, _)) = runs.last_mut() {
                run.push(Arc::clone(table));
            }
        }
        Self { runs }
    }

    /// Whether any of these tables may hold a version of a key. The keys that are asked for must
    /// not descend.
    pub fn may_hold(&mut self, user_key: &[u8]) -> bool {
        todo!(
            "leave behind the tables that end before the key, and see whether the next one holds it, run by run"
        )
    }
}
