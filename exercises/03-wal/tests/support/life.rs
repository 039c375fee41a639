//! A program that stores what the log holds elsewhere, and lets go of that part of the log. Its
//! power can be cut.

use ferrisdb_core::{Batch, Timestamp};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, MemFs, When};
use ferrisdb_wal::{Options, Position, Result, SyncMode, Writer};

use super::{Batches, open};

/// A step of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Do {
    /// Appends a group of so many batches.
    Group(u64),
    /// Syncs.
    Sync,
    /// Stores all but the newest so many batches elsewhere, and retires the log up to there.
    Retire(usize),
    /// Closes the log and opens it again.
    Reopen,
    /// The process dies, and the log is opened again.
    Kill,
    /// A sync fails and loses its data, which readers still see. The log is opened again.
    LoseSync,
    /// Cuts the power, then opens what a random crash with this seed left.
    PowerCut(u64),
}

/// The program, and what it was promised.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    options: Options,
    /// The batch with a number. No two batches of a life have the same number, also when one of
    /// them was lost.
    batch: fn(u64) -> Batch,
    last: u64,
    /// The batches that can be in the log, oldest first: the number, and a position at or behind
    /// its end up to which the log can be retired.
    log: Vec<(u64, Position)>,
    /// This batch and those before it were synced.
    synced: u64,
    /// Where the log is needed from; known for good, as if it were in a manifest.
    needed_from: Position,
}

impl Life {
    pub(crate) fn new(options: Options, batch: fn(u64) -> Batch) -> Self {
        Self {
            options,
            batch,
            last: 0,
            log: Vec::new(),
            synced: 0,
            needed_from: Position(0),
        }
    }

    /// Does the steps on an empty disk until one fails, and returns the last disk.
    pub(crate) fn go(&mut self, fs: FaultyFs, steps: &[Do]) -> (FaultyFs, Outcome) {
        let mut fs = fs;
        let mut writer = match self.open(&fs) {
            Ok(writer) => Some(writer),
            Err(outcome) => return (fs, outcome),
        };
        for step in steps {
            let current = writer.take().expect("the step before left one");
            match self.step(&mut fs, current, *step) {
                Ok(next) => writer = Some(next),
                Err(outcome) => return (fs, outcome),
            }
        }
        (fs, Outcome::Done)
    }

    fn step(&mut self, fs: &mut FaultyFs, mut writer: Writer, step: Do) -> Step<Writer> {
        match step {
            Do::Group(count) => self.append(&mut writer, count)?,
            Do::Sync => {
                writer.sync(SyncMode::Data)?;
                self.synced = self.last;
            }
            Do::Retire(but) => {
                let index = self.log.len().checked_sub(but + 1);
                if let Some((_, end)) = index.map(|index| self.log[index]) {
                    self.needed_from = self.needed_from.max(end);
                    writer.retire(self.needed_from)?;
                }
            }
            Do::Reopen => {
                writer.close()?;
                self.synced = self.last;
                return self.open(fs);
            }
            Do::Kill => {
                drop(writer);
                // The page cache has everything.
                self.synced = self.last;
                return self.open(fs);
            }
            Do::LoseSync => {
                fs.inject(When::NextSync, Fault::LoseUnsynced);
                let _ = writer.sync(SyncMode::Data);
                fs.clear_faults();
                drop(writer);
                self.synced = self.last;
                return self.open(fs);
            }
            Do::PowerCut(seed) => {
                drop(writer);
                *fs = FaultyFs::new(fs.crash(&CrashPlan::Random(seed)));
                return self.open(fs);
            }
        }
        Ok(writer)
    }

    fn append(&mut self, writer: &mut Writer, count: u64) -> Result<()> {
        let numbers = self.last + 1..=self.last + count;
        self.last += count;
        let group: Batches = numbers.map(|n| (Timestamp(n), (self.batch)(n))).collect();
        let tried = self.log.len();
        let unknown = Position(u64::MAX);
        self.log.extend(group.iter().map(|(t, _)| (t.0, unknown)));
        let end = writer.append_group(group.iter().map(|(t, batch)| (*t, batch)))?;
        for (_, position) in &mut self.log[tried..] {
            *position = end;
        }
        Ok(())
    }

    /// Opens the log, and checks what is in it.
    fn open(&mut self, fs: &FaultyFs) -> Step<Writer> {
        let options = Options {
            needed_from: self.needed_from,
            ..self.options.clone()
        };
        let (writer, found, _) = open(fs.clone(), options)?;
        self.check(&found).map_err(Outcome::Wrong)?;
        // Of the last group, only a part may have come back.
        for (_, position) in &mut self.log {
            *position = writer.end().min(*position);
        }
        Ok(writer)
    }

    /// What is wrong with the batches that came back, in words. Those are safe from now on.
    fn check(&mut self, found: &Batches) -> std::result::Result<(), String> {
        let numbers: Vec<u64> = found.iter().map(|(timestamp, _)| timestamp.0).collect();
        let log: Vec<u64> = self.log.iter().map(|(number, _)| *number).collect();
        let start = log.iter().position(|n| Some(n) == numbers.first());
        let start = start.unwrap_or(log.len());
        if !log[start..].starts_with(&numbers)
            || found.iter().any(|(t, batch)| *batch != (self.batch)(t.0))
        {
            return Err(format!(
                "batches {numbers:?} came back, and these are not some in a row of {log:?}, the \
                 ones that were appended and not lost before"
            ));
        }
        let end = start + numbers.len();
        let is_unneeded = |(_, end): &&(u64, Position)| *end <= self.needed_from;
        let needed = self.log.iter().take_while(is_unneeded).count();
        let synced = log.iter().filter(|n| **n <= self.synced).count();
        if synced > needed && (start > needed || end < synced) {
            return Err(format!(
                "batches {:?} are needed (the log is, from position {}) and were synced, and \
                 these came back: {numbers:?}",
                &log[needed..synced],
                self.needed_from
            ));
        }
        self.log = self.log[start..end].to_vec();
        self.synced = self.last;
        Ok(())
    }

    /// Opens what a crash left, goes on a little, and checks that nothing of the past is in the
    /// way.
    fn survive(&self, disk: &MemFs) -> std::result::Result<(), String> {
        let mut life = self.clone();
        let fs = FaultyFs::new(disk.clone());
        let go_on = [Do::Group(1), Do::Sync, Do::Group(1), Do::PowerCut(0)];
        let outcome = life.open(&fs).and_then(|writer| {
            let mut fs = fs.clone();
            let mut steps = go_on.iter();
            steps.try_fold(writer, |writer, step| life.step(&mut fs, writer, *step))
        });
        outcome.map(drop).map_err(|outcome| outcome.to_string())
    }
}

/// Opens this disk with the power cut at each operation, and then what that left.
pub(crate) fn cut_opening_everywhere(life: &Life, disk: &MemFs, what: &str) {
    let whole = FaultyFs::new(disk.fork());
    if let Err(outcome) = life.clone().open(&whole) {
        panic!("{what}. Then: {outcome}");
    }
    for cut in whole.changes() {
        let fs = FaultyFs::new(disk.fork());
        fs.cut_power_at(cut);
        if let Err(Outcome::Wrong(reason)) = life.clone().open(&fs) {
            panic!("{what}. Then: {reason}");
        }
        for plan in fs.disk().crash_plans(2) {
            if let Err(reason) = life.survive(&fs.crash(&plan)) {
                let at = &whole.log()[usize::try_from(cut).expect("few operations")];
                panic!(
                    "{what}. Then the power went off again while the log was opened, at {at}; \
                     {plan}. Then: {reason}"
                );
            }
        }
    }
}

/// How a program ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// All steps were done.
    Done,
    /// A step failed, as it should when the power is off.
    Failed(ferrisdb_wal::Error),
    /// Something is wrong with what came back.
    Wrong(String),
}

type Step<T> = std::result::Result<T, Outcome>;

impl From<ferrisdb_wal::Error> for Outcome {
    fn from(error: ferrisdb_wal::Error) -> Self {
        Self::Failed(error)
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Failed(error) => error.fmt(f),
            Self::Wrong(reason) => f.write_str(reason),
        }
    }
}

/// Does the steps and checks each log that is opened on the way.
pub(crate) fn play(
    options: &Options,
    batch: fn(u64) -> Batch,
    steps: &[Do],
) -> std::result::Result<(), String> {
    let mut life = Life::new(options.clone(), batch);
    match life.go(FaultyFs::new(MemFs::new()), steps).1 {
        Outcome::Done => Ok(()),
        outcome => Err(outcome.to_string()),
    }
}

/// Cuts the power at every operation of a program, in every way the disk knows. The program must
/// not cut it itself.
pub(crate) fn cut_everywhere(options: &Options, batch: fn(u64) -> Batch, steps: &[Do]) {
    let whole = FaultyFs::new(MemFs::new());
    let outcome = Life::new(options.clone(), batch).go(whole.clone(), steps).1;
    assert!(matches!(outcome, Outcome::Done), "{outcome}");
    for cut in whole.changes().into_iter().chain([whole.operations()]) {
        let fs = FaultyFs::new(MemFs::new());
        fs.cut_power_at(cut);
        let mut life = Life::new(options.clone(), batch);
        let (fs, outcome) = life.go(fs, steps);
        let log = whole.log();
        let at = log.iter().find(|io| io.number == cut);
        let at = at.map_or(String::from("the end"), ToString::to_string);
        if let Outcome::Wrong(reason) = outcome {
            panic!("before the power went off at operation {at}: {reason}");
        }
        for plan in fs.disk().crash_plans(4) {
            if matches!(plan, CrashPlan::TearLastWrite(at) if at % 16 > 0) {
                continue;
            }
            if let Err(reason) = life.survive(&fs.crash(&plan)) {
                panic!(
                    "{options:?}: the power went off at operation {at}; {plan}. The log is needed \
                     from position {}. Then: {reason}",
                    life.needed_from
                );
            }
        }
    }
}
