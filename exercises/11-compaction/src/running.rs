//! The jobs that are under way.

use std::collections::HashSet;

use crate::{Job, KeyRange};

/// The jobs that are under way, for those who choose the next one.
///
/// Two jobs may run side by side if neither reads a table that the other reads, and they do not
/// write to the same part of the same level:
///
/// ```text
///   level 0   [b]   [a]           one job merges a, c and e into level 6,
///   level 6         [c]   [e]     the other moves b there. They read no table in common;
///                   [a ··· e]     but the first makes one from a to e, and b lies in it
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Running {
    tables: HashSet<u64>,
    outputs: Vec<Place>,
}

/// A part of a level into which a job writes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    level: usize,
    first: Vec<u8>,
    last: Vec<u8>,
}

impl Running {
    /// No job is under way.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tables that are busy for another reason than a job.
    #[must_use]
    pub fn with_tables(mut self, numbers: impl IntoIterator<Item = u64>) -> Self {
        self.tables.extend(numbers);
        self
    }

    /// A job begins.
    pub fn begin(&mut self, job: &Job) {
        self.tables.extend(job.numbers());
        self.outputs.extend(Place::of(job));
    }

    /// A job that began has been committed, or has failed.
    pub fn end(&mut self, job: &Job) {
        for number in job.numbers() {
            self.tables.remove(&number);
        }
        let place = Place::of(job);
        if let Some(at) = self
            .outputs
            .iter()
            .position(|other| Some(other) == place.as_ref())
        {
            self.outputs.swap_remove(at);
        }
    }

    /// Whether a job may begin beside those that are under way.
    pub fn allows(&self, job: &Job) -> bool {
        let is_free = job.numbers().iter().all(|number| !self.is_busy(*number));
        is_free
            && Place::of(job)
                .is_none_or(|place| !self.outputs.iter().any(|other| place.collides_with(other)))
    }

    /// Whether a table is read by a job that is under way.
    pub fn is_busy(&self, number: u64) -> bool {
        self.tables.contains(&number)
    }

    /// Whether no job is under way.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }
}

impl Place {
    fn of(job: &Job) -> Option<Self> {
        let KeyRange { first, last } = job.range()?;
        Some(Self {
            level: job.output_level,
            first: first.to_vec(),
            last: last.to_vec(),
        })
    }

    /// In level 0 tables may overlap.
    fn collides_with(&self, other: &Self) -> bool {
        self.level > 0
            && self.level == other.level
            && self.first <= other.last
            && other.first <= self.last
    }
}
