//! A real process that writes, killed at a random moment, again and again.
//!
//! The child writes one batch after the other, numbered, and says of each on its standard output that
//! it is written. What a batch writes follows from its number, so what the database has to hold
//! follows from the number of its last batch. The parent kills the child, opens the database, and
//! compares: the last batch is at least the one that the child has spoken of.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use ferrisdb_core::{Random, SeededRandom};
use ferrisdb_storage::{Batch, Db, Options, SyncMode};

/// How many keys the batches write to, by turns.
const KEYS: u64 = 500;

/// Kills so many children, and counts them. Returns how many batches there were in all.
pub(crate) fn run(seed: u64, rounds: u64, done: &mut u64) -> Result<u64, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = directory.path().join("db");
    let mut random = SeededRandom::new(seed);
    let mut last = 0;
    for round in 1..=rounds {
        *done = round;
        let said = live(&path, last, random.below(60)).map_err(|error| error.to_string())?;
        last = check(&path, said.max(last)).map_err(|why| format!("round {round}: {why}"))?;
    }
    Ok(last)
}

/// Lets a child write for some milliseconds and kills it; returns the last batch that it spoke of.
fn live(path: &Path, last: u64, ms: u64) -> io::Result<u64> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["child", &path.display().to_string(), &last.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let heard = child.stdout.take().map(|out| {
        thread::spawn(move || {
            let lines = BufReader::new(out).lines().map_while(Result::ok);
            lines
                .filter_map(|line| line.parse().ok())
                .last()
                .unwrap_or(0)
        })
    });
    thread::sleep(Duration::from_millis(5 + ms));
    end(&mut child)?;
    Ok(heard.and_then(|heard| heard.join().ok()).unwrap_or(0))
}

/// SIGKILL, on Unix.
fn end(child: &mut Child) -> io::Result<()> {
    child.kill()?;
    child.wait().map(drop)
}

/// The child: writes until it is killed.
pub(crate) fn child(path: &Path, last: u64) -> Result<(), String> {
    let mode = if last.is_multiple_of(2) {
        SyncMode::None
    } else {
        SyncMode::Data
    };
    let db = Db::open_with(path, options().sync_mode(mode)).map_err(|error| error.to_string())?;
    let mut out = io::stdout().lock();
    for number in last + 1.. {
        db.write(&batch(number))
            .map_err(|error| error.to_string())?;
        writeln!(out, "{number}").map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Small enough that flushes and compactions are under way when the kill comes.
fn options() -> Options {
    Options::new()
        .memtable_size(60_000)
        .segment_size_max(30_000)
}

fn key(index: u64) -> String {
    format!("key{index:04}")
}

/// What a batch writes to its key: every seventh deletes it.
fn value(number: u64) -> Option<Vec<u8>> {
    (!number.is_multiple_of(7)).then(|| {
        let mut value = number.to_string().into_bytes();
        value.resize(
            value.len().max(usize::try_from(number % 300).unwrap_or(0)),
            b'.',
        );
        value
    })
}

fn batch(number: u64) -> Batch {
    let mut batch = Batch::new();
    batch.put("last", number.to_string());
    match value(number) {
        Some(value) => batch.put(key(number % KEYS), value),
        None => batch.delete(key(number % KEYS)),
    }
    batch
}

/// Opens the database, and compares it with what it has to hold; returns the number of its last batch.
fn check(path: &Path, said: u64) -> Result<u64, String> {
    let db =
        Db::open_with(path, options()).map_err(|error| format!("it does not open: {error}"))?;
    let mut found = BTreeMap::new();
    for pair in db.scan_all() {
        let (key, value) = pair.map_err(|error| format!("it cannot be read: {error}"))?;
        found.insert(key, value);
    }
    let last = found.remove(&b"last"[..]).unwrap_or_default();
    let last = String::from_utf8_lossy(&last).parse().unwrap_or(0);
    if last < said {
        return Err(format!(
            "batch {said} was acknowledged, and the last one is {last}"
        ));
    }
    let mut expected = BTreeMap::new();
    for number in last.saturating_sub(KEYS - 1).max(1)..=last {
        if let Some(value) = value(number) {
            expected.insert(key(number % KEYS).into_bytes(), value);
        }
    }
    if found != expected {
        let differs = |key: &&Vec<u8>| found.get(*key) != expected.get(*key);
        let key = found.keys().chain(expected.keys()).find(differs);
        return Err(format!(
            "after batch {last}, {} is wrong",
            String::from_utf8_lossy(key.map_or(&[], Vec::as_slice))
        ));
    }
    Ok(last)
}
