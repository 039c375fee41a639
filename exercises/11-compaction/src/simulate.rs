//! *Given.* Many flushes and compactions without a disk: what a strategy costs.
//!
//! Tables are lists in memory, and everything else is real: the jobs that [`pick`] chooses, what
//! [`Retain`] drops, where [`Split`] ends a table, the version that an edit leads to.
//!
//! ```text
//!   write amplification   entries written to tables   for each entry that the user wrote
//!   space amplification   entries stored in tables    for each key that a reader sees
//!   read amplification    tables to ask for a key that is not there
//! ```

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use ferrisdb_core::{InternalKey, Operation, Source, Timestamp};
use ferrisdb_manifest::{Edit, Refusal, TableMeta, Version};
use ferrisdb_merge::Merge;

use crate::{Job, Retain, Running, Split, Strategy, Underneath, pick};

/// The bytes of a simulated entry in a table.
pub const ENTRY_SIZE: u64 = 100;

/// The value of each simulated entry; the key has 4 bytes.
const VALUE: [u8; 96] = [0; 96];

/// More jobs than this in a row, and they will never end.
const JOBS_MAX: usize = 1_000;

/// With more tables than this, they have become too small.
const TABLES_MAX: usize = 1_000;

/// A database without a disk.
#[derive(Debug, Clone)]
pub struct Simulation {
    strategy: Strategy,
    memtable_entries: usize,
    version: Version,
    tables: HashMap<u64, Arc<[Entry]>>,
    memtable: BTreeMap<[u8; 4], (Timestamp, Operation)>,
    alive: BTreeSet<u32>,
    next_number: u64,
    cost: Cost,
    steps: Vec<Step>,
}

/// One version of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    key: [u8; 4],
    timestamp: Timestamp,
    operation: Operation,
}

/// One thing that happened to the levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The compaction; `None` for a flush.
    pub job: Option<Job>,
    /// What it changed.
    pub edit: Edit,
    /// What everything had cost when it was done.
    pub cost: Cost,
}

/// What was paid so far, in entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Entries that the user wrote.
    pub given: u64,
    /// Entries that were written to tables.
    pub written: u64,
    /// Entries that are stored in tables.
    pub stored: u64,
    /// Keys that a reader sees.
    pub alive: u64,
    /// How many tables a lookup asks for a key that is not there: those of level 0, and one a
    /// level.
    pub runs: u64,
}

/// Why a simulation cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stuck {
    /// A job leads to no version.
    Refused(Refusal),
    /// One job follows the other, and nothing gets better.
    Endless,
    /// There are more tables than anybody wants to have.
    Crumbled,
}

impl From<Refusal> for Stuck {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "a job leads to no version: {refusal}"),
            Self::Endless => write!(
                f,
                "there is still something to do after {JOBS_MAX} jobs in a row"
            ),
            Self::Crumbled => write!(
                f,
                "there are more than {TABLES_MAX} tables, most of them tiny"
            ),
        }
    }
}

impl std::error::Error for Stuck {}

impl Cost {
    /// Entries written to tables for each 100 entries that the user wrote.
    pub fn write_percent(&self) -> u64 {
        self.written * 100 / self.given.max(1)
    }

    /// Entries stored for each 100 keys that a reader sees.
    pub fn space_percent(&self) -> u64 {
        self.stored * 100 / self.alive.max(1)
    }
}

impl Simulation {
    /// An empty database, whose memtable is flushed once it holds this many keys.
    pub fn new(strategy: Strategy, memtable_entries: usize) -> Self {
        Self {
            strategy,
            memtable_entries: memtable_entries.max(1),
            version: Version::default(),
            tables: HashMap::new(),
            memtable: BTreeMap::new(),
            alive: BTreeSet::new(),
            next_number: 1,
            cost: Cost::default(),
            steps: Vec::new(),
        }
    }

    /// Writes a key. If the memtable is full then, it is flushed, and everything that
    /// [`pick`] finds to do is done.
    pub fn write(&mut self, key: u32, operation: Operation) -> Result<(), Stuck> {
        self.cost.given += 1;
        let timestamp = Timestamp(self.cost.given);
        self.memtable
            .insert(key.to_be_bytes(), (timestamp, operation));
        match operation {
            Operation::Put => self.alive.insert(key),
            Operation::Delete => self.alive.remove(&key),
        };
        if self.memtable.len() < self.memtable_entries {
            return Ok(());
        }
        self.flush()?;
        for _ in 0..JOBS_MAX {
            if !self.compact()? {
                return Ok(());
            }
            if self.version.tables().count() > TABLES_MAX {
                return Err(Stuck::Crumbled);
            }
        }
        Err(Stuck::Endless)
    }

    /// Makes a table of level 0 of the memtable.
    pub fn flush(&mut self) -> Result<(), Refusal> {
        let entries = std::mem::take(&mut self.memtable).into_iter();
        let entries = entries.map(|(key, (timestamp, operation))| Entry {
            key,
            timestamp,
            operation,
        });
        let edit = self.table(Edit::new(), 0, entries.collect());
        self.done(None, edit)
    }

    /// Does the next job, if there is anything to do.
    pub fn compact(&mut self) -> Result<bool, Refusal> {
        let Some(job) = pick(&self.version, &self.strategy, &Running::new()) else {
            return Ok(false);
        };
        let mut edit = Edit::new();
        for (level, table) in job
            .inputs
            .iter()
            .flat_map(|input| input.tables.iter().map(|table| (input.level, table)))
        {
            edit = edit.remove(level, table.number);
            if job.trivial_move {
                edit = edit.add(job.output_level, Arc::clone(table));
            }
        }
        if !job.trivial_move {
            edit = self.merge(&job, edit);
        }
        self.done(Some(job), edit)?;
        Ok(true)
    }

    /// Merges the inputs of a job, and adds the outputs to its edit.
    fn merge(&mut self, job: &Job, mut edit: Edit) -> Edit {
        let inputs = job.tables().map(|table| Walk {
            entries: Arc::clone(&self.tables[&table.number]),
            at: None,
        });
        let mut underneath = Underneath::new(&self.version, job);
        let watermark = Timestamp(self.cost.given);
        let merge = Merge::new(inputs.collect());
        let mut kept = Retain::new(merge, watermark, |key: &[u8]| underneath.may_hold(key));
        let mut split = Split::new(job);
        let mut output = Vec::new();
        let Ok(()) = kept.seek_to_first();
        while kept.is_valid() {
            let key = kept.key();
            if split.before(key, kept.value()) {
                edit = self.table(edit, job.output_level, std::mem::take(&mut output));
            }
            output.push(Entry {
                key: key
                    .user_key
                    .try_into()
                    .expect("every simulated key has 4 bytes"),
                timestamp: key.timestamp,
                operation: key.operation,
            });
            let Ok(()) = kept.next();
        }
        self.table(edit, job.output_level, output)
    }

    /// Adds a table to an edit, unless it is empty.
    fn table(&mut self, edit: Edit, level: usize, entries: Vec<Entry>) -> Edit {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return edit;
        };
        let number = self.next_number;
        self.next_number += 1;
        let timestamps = || entries.iter().map(|entry| entry.timestamp);
        let is_delete = |entry: &&Entry| entry.operation == Operation::Delete;
        let meta = TableMeta {
            number,
            size: entries.len() as u64 * ENTRY_SIZE,
            entries: entries.len() as u64,
            deletions: entries.iter().filter(is_delete).count() as u64,
            smallest: first.key().into(),
            largest: last.key().into(),
            smallest_timestamp: timestamps().min().unwrap_or_default(),
            largest_timestamp: timestamps().max().unwrap_or_default(),
        };
        self.cost.written += meta.entries;
        self.tables.insert(number, entries.into());
        edit.add(level, meta)
    }

    /// Goes over to the next version.
    fn done(&mut self, job: Option<Job>, edit: Edit) -> Result<(), Refusal> {
        self.version = self.version.apply(&edit)?;
        let version = &self.version;
        self.tables
            .retain(|&number, _| version.find(number).is_some());
        let deeper = version.levels()[1..].iter();
        let used = deeper.filter(|level| !level.is_empty()).count();
        self.cost.stored = version.tables().map(|(_, table)| table.entries).sum();
        self.cost.alive = self.alive.len() as u64;
        self.cost.runs = (version.level(0).len() + used) as u64;
        let cost = self.cost;
        self.steps.push(Step { job, edit, cost });
        Ok(())
    }

    /// The levels as they are now.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// What everything cost so far.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Everything that happened to the levels, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The keys that a reader would find, asking the newest place first; and the keys that should
    /// be there.
    pub fn found_and_expected(&self) -> (BTreeSet<u32>, BTreeSet<u32>) {
        let mut known: BTreeMap<u32, Operation> = BTreeMap::new();
        for (key, (_, operation)) in &self.memtable {
            known.insert(u32::from_be_bytes(*key), *operation);
        }
        for (_, table) in self.version.tables() {
            for entry in self.tables[&table.number].iter() {
                let key = u32::from_be_bytes(entry.key);
                known.entry(key).or_insert(entry.operation);
            }
        }
        known.retain(|_, operation| *operation == Operation::Put);
        (known.into_keys().collect(), self.alive.clone())
    }
}

impl Entry {
    fn key(&self) -> InternalKey<'_> {
        InternalKey {
            user_key: &self.key,
            timestamp: self.timestamp,
            operation: self.operation,
        }
    }
}

/// What no compaction asks of its inputs.
fn forward_only() -> ! {
    unreachable!("a compaction reads from the first entry to the last")
}

/// A walk over the entries of a table.
struct Walk {
    entries: Arc<[Entry]>,
    at: Option<usize>,
}

impl Walk {
    fn go_to(&mut self, at: Option<usize>) {
        self.at = at.filter(|&at| at < self.entries.len());
    }
}

impl Source for Walk {
    type Error = Infallible;

    fn seek_to_first(&mut self) -> Result<(), Infallible> {
        self.go_to(Some(0));
        Ok(())
    }

    fn seek_to_last(&mut self) -> Result<(), Infallible> {
        forward_only()
    }

    fn seek(&mut self, _: InternalKey<'_>) -> Result<(), Infallible> {
        forward_only()
    }

    fn seek_for_prev(&mut self, _: InternalKey<'_>) -> Result<(), Infallible> {
        forward_only()
    }

    fn next(&mut self) -> Result<(), Infallible> {
        self.go_to(self.at.map(|at| at + 1));
        Ok(())
    }

    fn prev(&mut self) -> Result<(), Infallible> {
        forward_only()
    }

    fn is_valid(&self) -> bool {
        self.at.is_some()
    }

    fn key(&self) -> InternalKey<'_> {
        let at = self
            .at
            .expect("a walk is asked for its entry only where it is at one");
        self.entries[at].key()
    }

    fn value(&self) -> &[u8] {
        &VALUE
    }
}
