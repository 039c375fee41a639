//! A real process that writes, killed at a random moment, again and again.
//!
//! The child writes one batch after the other, numbered, and says of each on its standard output that
//! it is written. What a batch writes follows from its number, so what the database has to hold
//! follows from the number of its last batch. The parent kills the child, opens the database, and
//! compares: the last batch is at least the one that the child has spoken of. A child that ends by
//! itself, or never writes, has failed.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use ferrisdb_core::{Random, SeededRandom};
use ferrisdb_storage::{Batch, Db, Options, SyncMode};

/// How many keys the batches write to, by turns.
const KEYS: u64 = 500;

/// One child in so many is killed while it opens the database, or soon after.
const OPENING: u64 = 4;

/// A child that has not written anything by then is stuck.
const LATE: Duration = Duration::from_mins(1);

/// Kills so many children, and counts them. Returns how many batches there were in all.
pub(crate) fn run(seed: u64, rounds: u64, done: &mut u64) -> Result<u64, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = directory.path().join("db");
    let mut random = SeededRandom::new(seed);
    let mut last = 0;
    for round in 1..=rounds {
        *done = round;
        let said = live(&path, last, round.is_multiple_of(OPENING), random.below(60));
        let said = said.map_err(|why| format!("round {round}: {why}"))?;
        last = check(&path, said.max(last)).map_err(|why| format!("round {round}: {why}"))?;
    }
    if last == 0 {
        return Err("nothing was ever written".to_owned());
    }
    Ok(last)
}

/// Lets a child write for some milliseconds and kills it; returns the last batch that it spoke of.
/// The time begins with its first batch; in an `opening`, with the child.
fn live(path: &Path, last: u64, opening: bool, ms: u64) -> Result<u64, String> {
    let (child, batches) = start(path, last).map_err(|error| error.to_string())?;
    let first = if opening {
        Ok(0)
    } else {
        batches.recv_timeout(LATE)
    };
    thread::sleep(Duration::from_millis(if opening { ms / 6 } else { ms }));
    end(child)?;
    let first = first.map_err(|_| format!("the child wrote nothing in {LATE:?}"))?;
    Ok(batches.iter().last().unwrap_or(first))
}

/// A child, and the numbers of the batches that it speaks of.
fn start(path: &Path, last: u64) -> io::Result<(Child, Receiver<u64>)> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["child", &path.display().to_string(), &last.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (sender, batches) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        thread::spawn(move || {
            let lines = BufReader::new(out).lines().map_while(Result::ok);
            let mut numbers = lines.filter_map(|line| line.parse().ok());
            numbers.try_for_each(|number| sender.send(number))
        });
    }
    Ok((child, batches))
}

/// SIGKILL, on Unix. It is an error if the child has ended by itself.
fn end(mut child: Child) -> Result<(), String> {
    let ended = child.try_wait();
    let killed = child.kill().and_then(|()| child.wait_with_output());
    let output = killed.map_err(|error| format!("the child cannot be killed: {error}"))?;
    // It says something only when it ends, perhaps just before the kill.
    if matches!(ended, Ok(None)) && output.stderr.is_empty() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let status = output.status;
    Err(format!(
        "the child ended by itself ({status}): {}",
        said.trim_end()
    ))
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
