//! What a database consists of at one moment.

use std::collections::HashSet;
use std::sync::Arc;

use ferrisdb_core::Timestamp;

use crate::{Edit, NUMBER_MAX, Refusal, TableMeta};

/// How many levels there are.
pub const LEVELS_MAX: usize = 7;

/// What a database consists of at one moment. It never changes: an [`Edit`] leads to another one.
///
/// ```text
///   level 0   [f ······ t]           tables as they were flushed, the newest first:
///             [a ·········· p]       their ranges may overlap
///   level 1   [a ·· d] [e ····· k]   sorted by key: ranges do not overlap, and
///   level 2   [b · c] [d · g] [h·i]  all versions of a key are in one table
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    number: u64,
    levels: [Vec<Arc<TableMeta>>; LEVELS_MAX],
    log_start: u64,
    last_timestamp: Timestamp,
    next_number: u64,
}

impl Version {
    /// How many edits led to it, since there is the database.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// All levels, level 0 first; there are always [`LEVELS_MAX`].
    pub fn levels(&self) -> &[Vec<Arc<TableMeta>>] {
        &self.levels
    }

    /// The tables of a level. Those of level 0 are sorted by their largest timestamp, the newest
    /// first, those of other levels by key. Empty for a level that does not exist.
    pub fn level(&self, level: usize) -> &[Arc<TableMeta>] {
        self.levels.get(level).map_or(&[], Vec::as_slice)
    }

    /// All tables with their levels, level 0 first.
    pub fn tables(&self) -> impl Iterator<Item = (usize, &Arc<TableMeta>)> {
        let levels = self.levels.iter().enumerate();
        levels.flat_map(|(level, tables)| tables.iter().map(move |table| (level, table)))
    }

    /// The table of that number, with its level.
    pub fn find(&self, number: u64) -> Option<(usize, &Arc<TableMeta>)> {
        self.tables().find(|(_, table)| table.number == number)
    }

    /// The log position from which the log is still needed.
    pub fn log_start(&self) -> u64 {
        self.log_start
    }

    /// The newest timestamp that is in a table; [`Timestamp::ZERO`] if there is none.
    pub fn last_timestamp(&self) -> Timestamp {
        self.last_timestamp
    }

    /// The number from which on none is taken.
    pub fn next_number(&self) -> u64 {
        self.next_number
    }

    /// The version that follows this one by an edit, or why the edit makes no sense.
    ///
    /// What the edit removes goes first, so a table can move from one level to another.
    pub fn apply(&self, edit: &Edit) -> Result<Self, Refusal> {
        todo!("clone, count, move the three numbers forward, then remove tables, then add")
    }

    /// Takes a table out of a level.
    fn take(&mut self, level: usize, number: u64) -> Result<(), Refusal> {
        let tables = self.levels.get_mut(level);
        let tables = tables.ok_or(Refusal::NoSuchLevel { level })?;
        let index = tables.iter().position(|table| table.number == number);
        tables.remove(index.ok_or(Refusal::NotThere { level, number })?);
        Ok(())
    }

    /// Puts a table where it belongs in a level.
    fn put(&mut self, level: usize, table: &Arc<TableMeta>) -> Result<(), Refusal> {
        let tables = self.levels.get_mut(level);
        let tables = tables.ok_or(Refusal::NoSuchLevel { level })?;
        let place = place(level, tables, table)?;
        tables.insert(place, Arc::clone(table));
        Ok(())
    }

    /// The edit that leads to this version from an empty database.
    pub(crate) fn as_edit(&self) -> Edit {
        let mut edit = Edit::new()
            .log_start(self.log_start)
            .last_timestamp(self.last_timestamp)
            .next_number(self.next_number);
        for (level, table) in self.tables() {
            edit = edit.add(level, Arc::clone(table));
        }
        edit
    }

    /// The same version, with the numbers below this one taken.
    pub(crate) fn with_numbers_below(&self, number: u64) -> Result<Self, Refusal> {
        let taken = Edit::new().next_number(self.next_number.max(number));
        let mut version = self.apply(&taken)?;
        version.number = self.number;
        Ok(version)
    }

    /// Whether nothing has happened in the database yet.
    pub(crate) fn is_new(&self) -> bool {
        let untouched = self.log_start == 0 && self.last_timestamp == Timestamp::ZERO;
        untouched && self.tables().next().is_none()
    }

    /// The version that a snapshot holds.
    pub(crate) fn from_snapshot(number: u64, edit: &Edit) -> Result<Self, Refusal> {
        let mut version = Self::default().apply(edit)?;
        version.number = number;
        Ok(version)
    }
}

impl Default for Version {
    /// A database without tables. Numbers begin at 1.
    fn default() -> Self {
        Self {
            number: 0,
            levels: Default::default(),
            log_start: 0,
            last_timestamp: Timestamp::ZERO,
            next_number: 1,
        }
    }
}

/// Where among the `tables` of a level another one belongs, as the index that it will have.
///
/// In level 0 that is before all that are older. In any other level it is between those with
/// smaller and those with larger keys; if it has a user key, or a stretch between two of its user
/// keys, in common with one of them, it is refused.
pub fn place(level: usize, tables: &[Arc<TableMeta>], table: &TableMeta) -> Result<usize, Refusal> {
    todo!("the index in level 0 by time, in other levels by key, refusing what overlaps")
}

/// The new value of something that never goes back.
fn forward(what: &'static str, from: u64, to: Option<u64>) -> Result<u64, Refusal> {
    match to {
        Some(to) if to < from => Err(Refusal::Backwards { what, from, to }),
        to => Ok(to.unwrap_or(from)),
    }
}
