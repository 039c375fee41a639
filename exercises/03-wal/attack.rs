//! Tries to break your log: cuts the power at every operation, then again during recovery, cuts
//! the file at every byte, flips every bit, and lets every sync fail.
//!
//! Says what it tried, and the first wrong answer in words. Exit status 0 if the log survived.

use std::fmt::Display;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use ferrisdb_core::Timestamp;
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, MemFs, When};
use ferrisdb_wal::{Error, Options, SyncMode};

use support::{
    Batches, Do, Promise, boundaries, disk_with, first, open, read, run, segment_path, segments_of,
    short_batch,
};

#[path = "tests/support/mod.rs"]
mod support;

/// What one kind of attack found: how many tries, or the first wrong answer.
type Attack = fn(&mut u64) -> Result<(), String>;

fn main() -> ExitCode {
    let attacks: [(&str, Attack); 5] = [
        ("the power goes off at every operation", power_cuts),
        (
            "the power goes off again while the log is opened",
            cuts_during_recovery,
        ),
        ("each sync in turn fails and loses its data", failing_syncs),
        ("the file is cut after every byte", truncations),
        ("every bit of a closed log is flipped", flips),
    ];
    // A panic is a wrong answer like any other; its message is printed below.
    panic::set_hook(Box::new(|_| ()));
    let mut survived = true;
    for (what, attack) in attacks {
        let mut tries = 0;
        match panic::catch_unwind(AssertUnwindSafe(|| attack(&mut tries))) {
            Ok(Ok(())) => println!("survived {tries:6} × {what}"),
            Ok(Err(reason)) => {
                println!("BROKEN after {tries} × {what}:\n    {reason}");
                survived = false;
            }
            Err(panic) => {
                let message = panic_message(&*panic);
                println!("PANIC after {tries} × {what}:\n    {message}");
                survived = false;
            }
        }
    }
    if survived {
        println!("Your log kept every promise.");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".into())
}

/// Twenty batches of different sizes, with a sync now and then.
fn program() -> Vec<Do> {
    let mut steps = Vec::new();
    for n in 1..=20 {
        steps.push(Do::Append);
        if n % 4 == 0 || n % 7 == 0 {
            steps.push(Do::Sync);
        }
    }
    steps.push(Do::Close);
    steps
}

fn options() -> Options {
    segments_of(900)
}

/// Opens the log and checks what comes back.
fn opened(disk: &MemFs, promise: Promise, story: &impl Display) -> Result<Batches, String> {
    match open(disk.clone(), options()) {
        Ok((_, found, _)) => match promise.check(&found) {
            Ok(()) => Ok(found),
            Err(reason) => Err(format!("{story}. Then: {reason}")),
        },
        Err(error) => Err(format!("{story}. Then opening the log failed: {error}")),
    }
}

/// Cuts the power at every operation, in several ways, and hands over what is left.
fn cut(
    random: u64,
    each: &mut dyn FnMut(MemFs, Promise, String) -> Result<(), String>,
) -> Result<(), String> {
    let steps = program();
    let whole = FaultyFs::new(MemFs::new());
    run(&whole, options(), &steps);
    let log = whole.log();
    for number in whole.changes() {
        let fs = FaultyFs::new(MemFs::new());
        fs.cut_power_at(number);
        let promise = run(&fs, options(), &steps);
        let at = log.iter().find(|io| io.number == number);
        let at = at.map_or_else(String::new, ToString::to_string);
        for plan in fs.disk().crash_plans(random) {
            let story = format!("The power went off at operation {at}; {plan}");
            each(fs.crash(&plan), promise, story)?;
        }
    }
    Ok(())
}

fn power_cuts(tries: &mut u64) -> Result<(), String> {
    cut(12, &mut |disk, promise, story| {
        *tries += 1;
        opened(&disk, promise, &story).map(drop)
    })
}

fn cuts_during_recovery(tries: &mut u64) -> Result<(), String> {
    let mut skipped = 0;
    cut(2, &mut |disk, promise, story| {
        // Every fifteenth crash is enough to start from.
        skipped += 1;
        if skipped % 15 > 0 {
            return Ok(());
        }
        let found = opened(&disk.fork(), promise, &story)?;
        let whole = FaultyFs::new(disk.fork());
        let _ = open(whole.clone(), options());
        for number in whole.changes() {
            let fs = FaultyFs::new(disk.fork());
            fs.cut_power_at(number);
            drop(open(fs.clone(), options()));
            for plan in [
                CrashPlan::LoseAll,
                CrashPlan::KeepAll,
                CrashPlan::Random(number),
            ] {
                *tries += 1;
                let story = format!(
                    "{story}. {} batches came back. While the log was opened, the power went \
                     off again, at operation {number} of that; {plan}",
                    found.len()
                );
                opened(&fs.crash(&plan), promise, &story)?;
            }
        }
        Ok(())
    })
}

fn failing_syncs(tries: &mut u64) -> Result<(), String> {
    for failing in 0..12 {
        let fs = FaultyFs::new(MemFs::new());
        for _ in 0..failing {
            // A sync moves no bytes, so a short one is a whole one: these syncs work.
            fs.inject(When::NextSync, Fault::Short(0));
        }
        fs.inject(When::NextSync, Fault::LoseUnsynced);
        let promise = run(&fs, options(), &program());
        for plan in fs.disk().crash_plans(12) {
            *tries += 1;
            let story = format!("Sync number {failing} failed and lost its data; {plan}");
            opened(&fs.crash(&plan), promise, &story)?;
        }
    }
    Ok(())
}

/// The bytes of a log with six short batches in one segment, closed in good order.
fn closed_log() -> Result<Vec<u8>, String> {
    let fs = MemFs::new();
    let write = || {
        let (mut writer, ..) = open(fs.clone(), Options::default())?;
        for n in 1..=6 {
            writer.append(Timestamp(n), &short_batch(n))?;
            if n == 3 {
                writer.sync(SyncMode::Data)?;
            }
        }
        writer.close()
    };
    write().map_err(|error| format!("writing the log failed: {error}"))?;
    fs.read(segment_path(1)).map_err(|error| error.to_string())
}

fn truncations(tries: &mut u64) -> Result<(), String> {
    let bytes = closed_log()?;
    for size in 0..bytes.len() {
        *tries += 1;
        let disk = disk_with(&[(1, bytes[..size].to_vec())]);
        match read(&disk) {
            Ok((found, _)) if found == first(found.len(), short_batch) => {}
            Ok((found, _)) => {
                return Err(format!(
                    "cut after byte {size}: batches came back wrong: {found:?}"
                ));
            }
            Err(error) => {
                return Err(format!(
                    "cut after byte {size}: a file that ends early is a torn tail, and this was \
                     said: {error}"
                ));
            }
        }
    }
    Ok(())
}

fn flips(tries: &mut u64) -> Result<(), String> {
    let bytes = closed_log()?;
    let ends = boundaries(&bytes);
    let last_mark = ends[ends.len() - 2];
    for bit in 0..bytes.len() * 8 {
        *tries += 1;
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let what = format!("bit {} of byte {} was flipped", bit % 8, bit / 8);
        match read(&disk_with(&[(1, damaged)])) {
            Ok((found, _)) if found != first(found.len(), short_batch) => {
                return Err(format!("{what}: batches came back wrong: {found:?}"));
            }
            Ok((found, _)) if bit / 8 < last_mark => {
                return Err(format!(
                    "{what}: closing had left a mark that covers it, and {} of 6 batches came \
                     back without an error",
                    found.len()
                ));
            }
            Ok(_) | Err(Error::Corruption(_) | Error::NotASegment { .. }) => {}
            Err(error) => return Err(format!("{what}: expected Corruption, got: {error}")),
        }
    }
    Ok(())
}
