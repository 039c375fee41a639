//! The power goes off at every operation on the disk, and again while the database recovers.

use std::collections::BTreeSet;

use ferrisdb_testkit::{CrashPlan, FaultyFs, MemFs};

use crate::failure::caught;
use crate::history::{Generator, Step};
use crate::setup::Setup;
use crate::subject::Subject;

/// How many steps a history has.
const STEPS: u64 = 30;

/// Random disks at each cut, besides the plans that have a name.
const RANDOM: u64 = 3;

/// One in so many recoveries is itself cut, at each of its operations.
const TWICE: u64 = 397;

/// One in so many places to tear a write is tried at each cut.
const TEARS: u64 = 8;

/// Recovers so many times at least, and counts. Returns of how many histories.
pub(crate) fn run(first_seed: u64, recoveries: u64, done: &mut u64) -> Result<u64, String> {
    let mut seed = first_seed;
    while *done < recoveries {
        caught(|| history(seed, done)).map_err(|said| format!("seed {seed}: {said}"))?;
        seed += 1;
    }
    Ok(seed - first_seed)
}

/// Cuts one history everywhere, and counts the recoveries.
fn history(seed: u64, done: &mut u64) -> Result<(), String> {
    let steps = Generator::new(seed).powered_steps(STEPS);
    let whole = FaultyFs::new(MemFs::new());
    let (_, ended) = live(seed, &steps, &whole);
    ended?;
    let cuts = whole.changes().into_iter().chain([whole.operations()]);
    for cut in cuts {
        let fs = FaultyFs::new(MemFs::new());
        fs.cut_power_at(cut);
        let (subject, ended) = live(seed, &steps, &fs);
        let at = fs.log().last().map(ToString::to_string).unwrap_or_default();
        ended.map_err(|said| format!("before the power went off at {at}: {said}"))?;
        for (plan, disk) in disks(&fs, RANDOM, seed + cut) {
            let what = format!("the power goes off at {at}; {plan}");
            *done += 1;
            recover(&subject, &disk, &what)?;
            if done.is_multiple_of(TWICE) {
                cut_recovery(&subject, &disk, &what, done)?;
            }
        }
    }
    Ok(())
}

/// A database through a list of steps, until something fails. An error of the disk's is no failure.
fn live(seed: u64, steps: &[Step], fs: &FaultyFs) -> (Subject, Result<(), String>) {
    let mut subject = Subject::new(Setup::from_seed(seed), fs.clone());
    let ended = match subject.open() {
        Err(said) if !fs.is_off() => Err(said),
        Err(_) => Ok(()),
        Ok(()) => steps.iter().try_for_each(|step| {
            if fs.is_off() {
                return Ok(());
            }
            match subject.step(step) {
                Err(Some(said)) if !fs.is_off() => Err(format!("{step:?}: {said}")),
                Err(None) if !fs.is_off() => {
                    Err(format!("{step:?}: an error on a disk that works"))
                }
                _ => Ok(()),
            }
        }),
    };
    subject.abandon();
    (subject, ended)
}

/// Opens what is left, and checks that it may be so.
fn recover(subject: &Subject, disk: &MemFs, what: &str) -> Result<(), String> {
    let mut after = subject.elsewhere(FaultyFs::new(disk.fork()));
    let opened = after.open().and_then(|()| after.check_copies());
    opened.map_err(|said| format!("{what}: {said}"))
}

/// Cuts the power at every step of recovering this disk, and counts the recoveries.
fn cut_recovery(subject: &Subject, disk: &MemFs, what: &str, done: &mut u64) -> Result<(), String> {
    let whole = FaultyFs::new(disk.fork());
    subject.elsewhere(whole.clone()).open()?;
    for cut in whole.changes() {
        let fs = FaultyFs::new(disk.fork());
        fs.cut_power_at(cut);
        // What it has found before the power went off again, it has found for good.
        let mut during = subject.elsewhere(fs.clone());
        let opened = during.open();
        during.abandon();
        let at = fs.log().last().map(ToString::to_string).unwrap_or_default();
        let before = if opened.is_ok() { &during } else { subject };
        for (plan, disk) in disks(&fs, 1, cut) {
            *done += 1;
            let what = format!("{what}; while it recovers, again at {at}; {plan}");
            recover(before, &disk, &what)?;
        }
    }
    Ok(())
}

/// The different disks that a power cut now can leave: several plans often leave the same. Of the
/// places at which the last write can be torn, `turn` says which are tried: elsewhere others are.
fn disks(fs: &FaultyFs, random: u64, turn: u64) -> Vec<(CrashPlan, MemFs)> {
    let mut seen = BTreeSet::new();
    let plans = fs.disk().crash_plans(random).into_iter();
    let plans = plans.filter(|plan| match plan {
        CrashPlan::TearLastWrite(size) => (*size as u64 + turn).is_multiple_of(TEARS),
        _ => true,
    });
    let disks = plans.map(|plan| (plan.clone(), fs.crash(&plan)));
    disks
        .filter(|(_, disk)| {
            let files = disk.files().into_iter();
            let read = files.map(|path| (disk.read(&path).unwrap_or_default(), path));
            seen.insert(read.collect::<Vec<_>>())
        })
        .collect()
}
