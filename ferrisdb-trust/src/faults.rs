//! The disk fails, at each of its operations in turn, once or for good.

use std::io::ErrorKind;
use std::ops::Range;

use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, MemFs, When};

use crate::failure::caught;
use crate::history::{Generator, Step};
use crate::setup::Setup;
use crate::subject::Subject;

/// How many steps a history has.
const STEPS: u64 = 25;

/// What can go wrong with an operation.
const FAULTS: [Fault; 5] = [
    Fault::Error(ErrorKind::Other),
    Fault::Error(ErrorKind::StorageFull),
    Fault::Error(ErrorKind::PermissionDenied),
    Fault::LoseUnsynced,
    Fault::Short(7),
];

/// So many histories with a fault at least, and counts them.
pub(crate) fn run(first_seed: u64, runs: u64, done: &mut u64) -> Result<(), String> {
    let mut seed = first_seed;
    while *done < runs {
        caught(|| history(seed, done)).map_err(|said| format!("seed {seed}: {said}"))?;
        seed += 1;
    }
    Ok(())
}

/// A fault, and at which operation it strikes first.
#[derive(Debug, Clone, Copy)]
struct Trouble {
    fault: Fault,
    is_sticky: bool,
    at: u64,
}

impl Trouble {
    /// Whether something that did these operations may fail. A short transfer is no reason. A fault
    /// that strikes once can end all writing, and fails no read but the one that it strikes.
    fn excuses(self, is_read: bool, done: Range<u64>) -> bool {
        let has_struck = self.at < done.end;
        let goes_on = self.is_sticky || !is_read || done.start <= self.at;
        !matches!(self.fault, Fault::Short(_)) && has_struck && goes_on
    }
}

/// One history, with each fault at each operation until a run comes through without meeting it.
fn history(seed: u64, done: &mut u64) -> Result<(), String> {
    let steps = Generator::new(seed).steady_steps(STEPS);
    for fault in FAULTS {
        for is_sticky in [false, true] {
            for at in 0.. {
                let fs = FaultyFs::new(MemFs::new());
                fs.inject(
                    if is_sticky {
                        When::From(at)
                    } else {
                        When::Operation(at)
                    },
                    fault,
                );
                *done += 1;
                let trouble = Trouble {
                    fault,
                    is_sticky,
                    at,
                };
                one(seed, &steps, &fs, trouble).map_err(|said| {
                    let io = fs.log();
                    let io = usize::try_from(at).ok().and_then(|at| io.get(at).cloned());
                    let io = io.map(|io| io.to_string()).unwrap_or_default();
                    let often = if is_sticky { "from then on" } else { "once" };
                    format!("{fault:?} {often} at {io}: {said}")
                })?;
                if fs.operations() <= at {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Lives with the fault; then the disk works again, after a kill or after a power cut.
fn one(seed: u64, steps: &[Step], fs: &FaultyFs, trouble: Trouble) -> Result<(), String> {
    let mut subject = Subject::new(Setup::from_seed(seed), fs.clone());
    match subject.open() {
        Ok(()) => live(&mut subject, steps, trouble)?,
        Err(_) if trouble.excuses(false, 0..fs.operations()) => {}
        Err(said) => return Err(said),
    }
    subject.abandon();
    for plan in [
        CrashPlan::LoseAll,
        CrashPlan::KeepAll,
        CrashPlan::Random(seed),
    ] {
        let disk = fs.crash(&plan);
        let mut after = subject.elsewhere(FaultyFs::new(disk));
        let opened = after.open().and_then(|()| after.check_copies());
        opened.map_err(|said| format!("{plan}, opened again: {said}"))?;
    }
    fs.clear_faults();
    let mut after = subject.elsewhere(fs.clone());
    after.open().map_err(|said| format!("opened again: {said}"))
}

/// Does steps until a write fails. Whether it wrote shows when the database is opened again; until
/// then it serves reads.
fn live(subject: &mut Subject, steps: &[Step], trouble: Trouble) -> Result<(), String> {
    for step in steps {
        let is_read = matches!(
            step,
            Step::Get(_)
                | Step::Scan { .. }
                | Step::Walk { .. }
                | Step::ReadSnapshot
                | Step::TakeCursor(_)
                | Step::MoveCursor(_)
        );
        let came = excused(subject, trouble, is_read, |subject| subject.step(step));
        let is_done = came.map_err(|said| format!("{step:?}: {said}"))?;
        if !is_done && matches!(step, Step::Write(_) | Step::Ingest(_)) {
            break;
        }
    }
    let came = excused(subject, trouble, true, |subject| subject.check_reads());
    came.map(drop).map_err(|said| format!("at the end: {said}"))
}

/// Does something; whether it was done, or failed as the fault may make it fail.
fn excused(
    subject: &mut Subject,
    trouble: Trouble,
    is_read: bool,
    act: impl FnOnce(&mut Subject) -> Result<(), Option<String>>,
) -> Result<bool, String> {
    let before = subject.fs.operations();
    match act(subject) {
        Ok(()) => Ok(true),
        Err(None) if trouble.excuses(is_read, before..subject.fs.operations()) => Ok(false),
        Err(said) => Err(said.unwrap_or_else(|| "an error on a disk that works".to_owned())),
    }
}
