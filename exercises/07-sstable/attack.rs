//! Tries to break your table: cuts the power and lets operations fail while it is written, flips
//! every bit, cuts the file at every length, and asks it thousands of questions.
//!
//! Says what it tried, and the first wrong answer in words. Exit status 0 if the table survived.

use std::fmt::Display;
use std::io::ErrorKind;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use ferrisdb_core::{Batch, Random, SeededRandom, Timestamp};
use ferrisdb_sstable::{Compression, Error, Options, Part, Table};
use ferrisdb_testkit::{Fault, FaultyFs, IoKind, MemFs, Versions, When, show};

use support::{
    Entry, article, backward, catalogue, entries, expected, forward, open, path, put, small_parts,
    table, touched, write,
};

#[path = "tests/support/mod.rs"]
mod support;

/// One kind of attack: counts its tries, and returns the first wrong answer.
type Attack = fn(&mut u64) -> Result<(), String>;

fn main() -> ExitCode {
    let attacks: [(&str, Attack); 6] = [
        ("the power goes off while the table is written", power_cuts),
        ("an operation fails while the table is written", faults),
        ("a bit of the table is flipped", flips),
        ("the table is cut short", truncations),
        ("a random table is asked for a key", questions),
        ("a cursor walks through a random table", walks),
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
        println!("Your table kept every promise.");
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

/// Writes the table of the attacks.
fn write_it(fs: &FaultyFs) -> Result<(), Error> {
    write(fs.clone(), 7, small_parts(), &catalogue(60)).map(drop)
}

/// The bytes of that table, when nothing goes wrong.
fn whole() -> Result<(FaultyFs, Vec<u8>), String> {
    let fs = FaultyFs::new(MemFs::new());
    write_it(&fs).map_err(|error| format!("writing the table failed: {error}"))?;
    let bytes = fs.disk().read(path(7));
    bytes
        .map(|bytes| (fs, bytes))
        .map_err(|error| error.to_string())
}

/// What is wrong with a disk that should hold this table, or none.
fn check_disk(
    disk: &MemFs,
    bytes: &[u8],
    needed: bool,
    story: &impl Display,
) -> Result<(), String> {
    match disk.read(path(7)) {
        Ok(found) if found == bytes => Ok(()),
        Ok(found) => Err(format!(
            "{story}. There is a file under the table's name, with {} bytes, and it is not the \
             table",
            found.len()
        )),
        Err(_) if needed => Err(format!("{story}. The table is gone")),
        Err(_) => Ok(()),
    }
}

fn power_cuts(tries: &mut u64) -> Result<(), String> {
    let (fs, bytes) = whole()?;
    for plan in fs.disk().crash_plans(40) {
        *tries += 1;
        let story = format!("finish had returned; then {plan}");
        check_disk(&fs.crash(&plan), &bytes, true, &story)?;
    }
    for io in fs.log().iter().filter(|io| io.kind.changes_disk()) {
        let fs = FaultyFs::new(MemFs::new());
        fs.cut_power_at(io.number);
        let _ = write_it(&fs);
        for plan in fs.disk().crash_plans(40) {
            *tries += 1;
            let story = format!("The power went off at operation {io}; {plan}");
            check_disk(&fs.crash(&plan), &bytes, false, &story)?;
        }
    }
    Ok(())
}

fn faults(tries: &mut u64) -> Result<(), String> {
    let (whole, _) = whole()?;
    let faults = [
        Fault::Error(ErrorKind::Other),
        Fault::Error(ErrorKind::StorageFull),
        Fault::LoseUnsynced,
    ];
    for io in whole.log() {
        // A file that is not there need not be removed.
        if io.kind == IoKind::Remove {
            continue;
        }
        for fault in faults {
            *tries += 1;
            let fs = FaultyFs::new(MemFs::new());
            fs.inject(When::Operation(io.number), fault);
            let story = format!("Operation {io} failed");
            if write_it(&fs).is_ok() {
                return Err(format!("{story}, and finish said that there is a table"));
            }
            if let Some(left) = fs.disk().files().first() {
                return Err(format!("{story}, and {} is left behind", left.display()));
            }
        }
    }
    Ok(())
}

fn disk_with(bytes: Vec<u8>) -> MemFs {
    let fs = MemFs::new();
    let _ = fs.write(path(7), bytes);
    fs
}

/// Reads everything; an answer without an error has to be right.
fn read_all(table: &Table, versions: &Versions) -> Result<bool, String> {
    let all = entries(versions);
    let mut noticed = table.verify().is_err();
    match forward(table) {
        Ok(found) if found != all => return Err("a scan gave other entries, and no error".into()),
        Ok(_) => {}
        Err(_) => noticed = true,
    }
    for n in 0..60 {
        let key = article(n);
        match table.get(&key, Timestamp(15)) {
            Ok(found) if found != expected(versions, key.as_bytes(), 15) => {
                return Err(format!("{key} was answered with {found:?}, and no error"));
            }
            Ok(_) => {}
            Err(_) => noticed = true,
        }
    }
    Ok(noticed)
}

fn flips(tries: &mut u64) -> Result<(), String> {
    let (_, bytes) = whole()?;
    let versions = catalogue(60);
    for at in 0..bytes.len() {
        *tries += 1;
        let bit = (at * 5) % 8;
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << bit;
        let story = format!("bit {bit} of byte {at} was flipped");
        if let Ok(table) = open(disk_with(damaged), 7)
            && !read_all(&table, &versions).map_err(|wrong| format!("{story}: {wrong}"))?
        {
            return Err(format!("{story}, and nothing was noticed"));
        }
    }
    Ok(())
}

fn truncations(tries: &mut u64) -> Result<(), String> {
    let (_, bytes) = whole()?;
    for size in 0..bytes.len() {
        *tries += 1;
        if open(disk_with(bytes[..size].to_vec()), 7).is_ok() {
            let of = bytes.len();
            return Err(format!("cut to {size} of {of} bytes, and it was opened"));
        }
    }
    Ok(())
}

/// A table with some versions of some keys, written in some way.
fn random_table(random: &mut SeededRandom) -> (Table, Versions) {
    let mut versions = Versions::new();
    for timestamp in 1..=random.below(60) {
        let mut batch = Batch::new();
        for _ in 0..random.below(5) {
            let key = random_key(random);
            if random.below(4) == 0 {
                batch.delete(key);
            } else {
                batch.put(key, timestamp.to_string());
            }
        }
        versions.write(Timestamp(timestamp), &batch);
    }
    let mut size = |max| usize::try_from(random.below(max) + 1).unwrap_or(1);
    let options = Options::default()
        .block_size(size(200))
        .restart_interval(size(6))
        .index_part_size(size(200))
        .filter_bits_per_key(size(10) - 1)
        .compression(Compression::None);
    (table(options, &versions), versions)
}

/// Short keys that often begin alike.
fn random_key(random: &mut SeededRandom) -> Vec<u8> {
    let size = random.below(4);
    let letters = (0..size).map(|_| b"ab\x00\xff"[usize::try_from(random.below(4)).unwrap_or(0)]);
    letters.collect()
}

fn questions(tries: &mut u64) -> Result<(), String> {
    let mut random = SeededRandom::new(7);
    for _ in 0..300 {
        let (table, versions) = random_table(&mut random);
        for _ in 0..60 {
            *tries += 1;
            let (key, as_of) = (random_key(&mut random), random.below(62));
            let found = table.get(&key, Timestamp(as_of));
            let found = found.map_err(|error| error.to_string())?;
            let right = expected(&versions, &key, as_of);
            let key_text = show(&key);
            if found != right {
                return Err(format!(
                    "{key_text} as of {as_of}: yours {found:?}, right {right:?}"
                ));
            }
            let touched = touched(&table, &key, as_of);
            let blocks = touched.iter().filter(|touch| touch.part == Part::Data);
            let blocks = blocks.count();
            if blocks > 1 {
                return Err(format!(
                    "{key_text} as of {as_of} touched {blocks} data blocks"
                ));
            }
        }
    }
    Ok(())
}

fn walks(tries: &mut u64) -> Result<(), String> {
    let mut random = SeededRandom::new(8);
    for _ in 0..300 {
        *tries += 1;
        let (table, versions) = random_table(&mut random);
        let all = entries(&versions);
        let mut found = backward(&table).map_err(|error| error.to_string())?;
        found.reverse();
        if found != all {
            return Err(format!("backward: yours {found:?}, right {all:?}"));
        }
        let (key, time) = (random_key(&mut random), random.below(62));
        let target = put(&key, time);
        let mut at = all.iter().position(|entry| entry.key() >= target);
        let mut cursor = table.cursor();
        cursor.seek(target).map_err(|error| error.to_string())?;
        for step in 0..20 {
            *tries += 1;
            let yours = cursor
                .is_valid()
                .then(|| Entry::new(cursor.key(), cursor.value()));
            let right = at.map(|at| all[at].clone());
            if yours != right {
                let key = show(&key);
                return Err(format!(
                    "seek {key} @{time} and {step} steps: yours {yours:?}, right {right:?}"
                ));
            }
            let back = random.below(3) == 0;
            at = match at {
                Some(at) if back => at.checked_sub(1),
                Some(at) => Some(at + 1).filter(|&at| at < all.len()),
                None => None,
            };
            let moved = if back { cursor.prev() } else { cursor.next() };
            moved.map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}
