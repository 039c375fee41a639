//! The disk fails, at each of its operations in turn, once or for good.

use std::io::ErrorKind;

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
                let log = one(seed, &steps, &fs).map_err(|said| {
                    let io = fs.log();
                    let io = usize::try_from(at).ok().and_then(|at| io.get(at).cloned());
                    let io = io.map(|io| io.to_string()).unwrap_or_default();
                    let often = if is_sticky { "from then on" } else { "once" };
                    format!("{fault:?} {often} at {io}: {said}")
                });
                log?;
                if fs.operations() <= at {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Lives with the fault; then the disk works again, after a kill or after a power cut.
fn one(seed: u64, steps: &[Step], fs: &FaultyFs) -> Result<(), String> {
    let mut subject = Subject::new(Setup::from_seed(seed), fs.clone());
    if subject.open().is_ok() {
        for step in steps {
            match subject.step(step) {
                Err(Some(said)) => return Err(format!("{step:?}: {said}")),
                Err(None) => {
                    // Whether it wrote shows when it is opened again. Until then it serves reads.
                    if matches!(step, Step::Write(_) | Step::Ingest(_)) {
                        subject.check_reads()?;
                        break;
                    }
                }
                Ok(()) => {}
            }
        }
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
