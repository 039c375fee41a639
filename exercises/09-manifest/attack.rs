//! Tries to break your manifest: cuts the power at every step and again while it is opened, lets
//! operations fail, flips every bit, and cuts the file at every length.
//!
//! Says what it tried, and the first wrong answer in words. Exit status 0 if the manifest survived.

use std::io::ErrorKind;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use ferrisdb_manifest::{Edit, Manifest, Options, Version};
use ferrisdb_testkit::{Fault, FaultyFs, MemFs, When};

use support::{
    SecondCut, commit_flush, empty_disk, manifest_path, open, open_with, power_cuts, read, shape,
    table,
};

#[path = "tests/support/mod.rs"]
mod support;

/// One kind of attack: counts its tries, and returns the first wrong answer.
type Attack = fn(&mut u64) -> Result<(), String>;

fn main() -> ExitCode {
    let attacks: [(&str, Attack); 4] = [
        ("the power goes off, and again while it is opened", cuts),
        ("an operation fails, once or from then on", faults),
        ("a bit of the manifest is flipped", flips),
        ("the manifest is cut short", lengths),
    ];
    let mut survived = true;
    for (what, attack) in attacks {
        let mut tries = 0;
        let ended = panic::catch_unwind(AssertUnwindSafe(|| attack(&mut tries)));
        let result = ended.unwrap_or_else(|_| Err("it panicked; the message is above".to_owned()));
        match result {
            Ok(()) => println!("survived {tries:>6} tries: {what}"),
            Err(wrong) => {
                survived = false;
                println!("BROKEN after {tries} tries: {what}\n  {wrong}");
            }
        }
    }
    if survived {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What the program has got to know.
#[derive(Clone, Default)]
struct Known {
    acknowledged: u64,
    /// Each version that was tried, in words.
    tried: Vec<String>,
    /// The last number that was handed out.
    last_number: u64,
}

/// Flushes and compactions, until something fails.
fn program(fs: &FaultyFs) -> Known {
    let mut known = Known::default();
    let _ = run(fs, &mut known);
    known
}

fn run(fs: &FaultyFs, known: &mut Known) -> ferrisdb_manifest::Result<()> {
    let options = Options::default().edits_size_max(0);
    known.tried.push(shape(&Version::default()));
    let (mut manifest, _) = open_with(fs.clone(), options)?;
    for round in 1..=5_u64 {
        let number = manifest.next_number()?;
        known.last_number = number;
        commit(&mut manifest, &support::flush(number, 10 * round), known)?;
        if round % 2 == 0 {
            let old = manifest.current();
            let mut edit = Edit::new();
            for (level, table) in old.tables() {
                edit = edit.remove(level, table.number);
            }
            let number = manifest.next_number()?;
            known.last_number = number;
            // Larger than a sector, so that the disk can lose a part and keep what lies behind it.
            let mut long = table(number, "a", "m", 10 * round);
            long.largest.user_key = vec![b'm'; 1500];
            let edit = edit.add(1, long);
            commit(&mut manifest, &edit, known)?;
        }
    }
    Ok(())
}

fn commit(
    manifest: &mut Manifest,
    edit: &Edit,
    known: &mut Known,
) -> ferrisdb_manifest::Result<()> {
    known.tried.push(shape(&manifest.current().apply(edit)?));
    known.acknowledged = manifest.commit(edit)?.number();
    Ok(())
}

/// What is found on a disk, if it is right.
fn check(disk: &MemFs, known: &Known, story: &str) -> Result<String, String> {
    let recovery = read(disk).map_err(|error| format!("{story}: {error}"))?;
    let (found, number) = (shape(&recovery.version), recovery.version.number());
    if number < known.acknowledged {
        let acknowledged = known.acknowledged;
        return Err(format!(
            "{story}: version {acknowledged} was acknowledged, and {found} is found"
        ));
    }
    if !known.tried.contains(&found) {
        return Err(format!("{story}: {found} was never a version"));
    }
    if recovery.version.next_number() <= known.last_number {
        let last = known.last_number;
        return Err(format!("{story}: number {last} would be handed out again"));
    }
    Ok(found)
}

fn cuts(tries: &mut u64) -> Result<(), String> {
    let (mut wrong, mut again) = (None, SecondCut::default());
    power_cuts(&empty_disk(), program, |known, first| {
        *tries += 1;
        match check(&first.disk, &known, &first.story) {
            Err(message) => drop(wrong.get_or_insert(message)),
            Ok(found) => again.look(first, |second| {
                *tries += 1;
                let later = check(&second.disk, &known, &second.story);
                if later.as_ref() != Ok(&found) {
                    let message = format!("{}: first {found}, then {later:?}", second.story);
                    wrong.get_or_insert(message);
                }
            }),
        }
    });
    wrong.map_or(Ok(()), Err)
}

fn faults(tries: &mut u64) -> Result<(), String> {
    let whole = FaultyFs::new(empty_disk());
    program(&whole);
    for io in whole.log() {
        for when in [When::Operation(io.number), When::From(io.number)] {
            for fault in [
                Fault::Error(ErrorKind::StorageFull),
                Fault::LoseUnsynced,
                Fault::Short(7),
            ] {
                *tries += 1;
                let fs = FaultyFs::new(empty_disk());
                fs.inject(when, fault);
                let known = program(&fs);
                let story = format!("{fault:?} at {io}");
                fs.clear_faults();
                check(fs.disk(), &known, &story)?;
                for plan in fs.disk().crash_plans(1) {
                    check(&fs.crash(&plan), &known, &format!("{story}; {plan}"))?;
                }
                open(fs.clone()).map_err(|error| format!("{story}, then opened: {error}"))?;
            }
        }
    }
    Ok(())
}

/// A manifest with some edits, and what it says.
fn example() -> Result<(MemFs, String), String> {
    let fs = empty_disk();
    let (mut manifest, _) = open(fs.clone()).map_err(|error| error.to_string())?;
    for newest in [10, 20, 30] {
        commit_flush(&mut manifest, newest).map_err(|error| error.to_string())?;
    }
    Ok((fs, shape(&manifest.current())))
}

fn flips(tries: &mut u64) -> Result<(), String> {
    let (fs, expected) = example()?;
    let path = manifest_path(1);
    let size = fs.read(&path).map_err(|error| error.to_string())?.len();
    for offset in 0..size as u64 {
        for bit in 0..8 {
            *tries += 1;
            let disk = fs.fork();
            disk.flip_bit(&path, offset, bit)
                .map_err(|error| error.to_string())?;
            if let Ok(recovery) = read(&disk)
                && shape(&recovery.version) != expected
            {
                let found = shape(&recovery.version);
                return Err(format!(
                    "bit {bit} of byte {offset}: {found} is found, and {expected} was acknowledged"
                ));
            }
        }
    }
    Ok(())
}

fn lengths(tries: &mut u64) -> Result<(), String> {
    let (fs, _) = example()?;
    let bytes = fs
        .read(manifest_path(1))
        .map_err(|error| error.to_string())?;
    let mut newest = 0;
    for size in 0..=bytes.len() {
        *tries += 1;
        let disk = fs.fork();
        disk.write(manifest_path(1), &bytes[..size])
            .map_err(|error| error.to_string())?;
        let Ok(recovery) = read(&disk) else {
            continue;
        };
        let number = recovery.version.number();
        if number < newest {
            return Err(format!(
                "cut to {size} bytes: version {number} after {newest}"
            ));
        }
        newest = number;
    }
    (newest == 3)
        .then_some(())
        .ok_or(format!("the whole manifest has version {newest}"))
}
