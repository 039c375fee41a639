//! One compaction, decided but not yet done.

use std::sync::Arc;

use ferrisdb_manifest::{Edit, TableMeta, Version};

use crate::{KeyRange, in_level};

/// One compaction: which tables are read, and where what is left of them goes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Job {
    /// The tables that are read, newest first: by level, and within level 0 by age.
    pub inputs: Vec<Input>,
    /// The level into which the output goes.
    pub output_level: usize,
    /// Whether the only input can go there as it is: nobody reads it, and only the manifest
    /// changes.
    pub trivial_move: bool,
    /// Why it is done.
    pub reason: Reason,
    /// An output table ends at the next key once its keys and values have this many bytes.
    pub(crate) table_size: u64,
    /// An output table ends at the next key once it overlaps more bytes than this in `below`.
    pub(crate) overlap_max: u64,
    /// The tables of the level below the output level that the job overlaps.
    pub(crate) below: Vec<Arc<TableMeta>>,
}

/// What a job reads of one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The level.
    pub level: usize,
    /// The tables, in the order of the level; at least one.
    pub tables: Vec<Arc<TableMeta>>,
}

/// Why a compaction is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Level 0 has too many tables.
    LevelZero,
    /// A level has too many bytes.
    LevelSize,
    /// Too much of what the runs hold may be superseded.
    SpaceAmplification,
    /// Neighbouring runs are of similar size.
    SizeRatio,
    /// There are too many runs.
    RunCount,
    /// Somebody asked for it.
    Manual,
}

impl Job {
    /// A job that reads these tables of a version. Levels of which nothing is read may be named.
    pub(crate) fn new(
        version: &Version,
        mut inputs: Vec<Input>,
        output_level: usize,
        table_size: u64,
        overlap_max: u64,
        reason: Reason,
    ) -> Self {
        inputs.retain(|input| !input.tables.is_empty());
        let range = KeyRange::over(inputs.iter().flat_map(|input| &input.tables));
        let below = match range {
            Some(range) if output_level > 0 => {
                in_level(version.level(output_level + 1), range).to_vec()
            }
            _ => Vec::new(),
        };
        let mut job = Self {
            inputs,
            output_level,
            trivial_move: false,
            reason,
            // All that is newer or older than a table of level 0 is so as a whole: a run that
            // stays there stays in one piece.
            table_size: if output_level == 0 {
                u64::MAX
            } else {
                table_size
            },
            overlap_max,
            below,
        };
        job.trivial_move = job.can_move();
        job
    }

    /// Whether the only input may go to the output level as it is.
    ///
    /// It must not overlap so much of the level below that moving it on would be too much work.
    fn can_move(&self) -> bool {
        let overlap: u64 = self.below.iter().map(|table| table.size).sum();
        match &*self.inputs {
            [input] => {
                input.tables.len() == 1
                    && input.level != self.output_level
                    && overlap <= self.overlap_max
            }
            _ => false,
        }
    }

    /// All tables that are read, newest first.
    pub fn tables(&self) -> impl Iterator<Item = &Arc<TableMeta>> {
        self.inputs.iter().flat_map(|input| &input.tables)
    }

    /// Whether a table of that number is read.
    pub fn reads(&self, number: u64) -> bool {
        self.tables().any(|table| table.number == number)
    }

    /// The numbers of all tables that are read, newest first.
    pub fn numbers(&self) -> Vec<u64> {
        self.tables().map(|table| table.number).collect()
    }

    /// The bytes of all files that are read.
    pub fn size(&self) -> u64 {
        self.tables().map(|table| table.size).sum()
    }

    /// From the smallest to the largest key that is read. All that is written lies within it.
    pub fn range(&self) -> Option<KeyRange<'_>> {
        KeyRange::over(self.tables())
    }

    /// An edit that takes all inputs out of their levels.
    pub(crate) fn removal(&self) -> Edit {
        let mut edit = Edit::new();
        for input in &self.inputs {
            for table in &input.tables {
                edit = edit.remove(input.level, table.number);
            }
        }
        edit
    }
}
