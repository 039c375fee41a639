//! Threads that write, read, scan, flush and compact all at once.
//!
//! What each client saw of each key must be linearizable. In every batch two keys get the same
//! value, so whoever scans and finds them different has seen half a batch. Run it under
//! `AddressSanitizer` too.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Barrier, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{process, thread};

use ferrisdb_core::{Clock as _, Random, SeededRandom, SystemClock};
use ferrisdb_storage::{Batch, Db, Options, SyncMode};
use ferrisdb_testkit::{Action, Call, is_linearizable};

use crate::failure::caught;

const CLIENTS: usize = 6;
const KEYS: usize = 4;

/// How many calls each client makes between two moments at which nobody is at work.
const CALLS: usize = 8;

/// Threads that do nothing for so long wait for one another.
const STALL_MAX: Duration = Duration::from_mins(1);

/// Goes on for so many seconds, and counts the calls.
pub(crate) fn run(seed: u64, seconds: u64, done: &mut u64) -> Result<(), String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let options = Options::new()
        .sync_mode(SyncMode::None)
        .memtable_size(20_000)
        .segment_size_max(10_000)
        .cache_size(10_000);
    let db = Db::open_with(directory.path(), options).map_err(|error| error.to_string())?;
    let end = SystemClock.elapsed() + Duration::from_secs(seconds);
    let world = World {
        db,
        time: AtomicU64::new(0),
        is_over: AtomicBool::new(false),
        barrier: Barrier::new(CLIENTS),
        calls: Mutex::new(vec![Vec::new(); KEYS]),
        count: Arc::default(),
        wrong: Mutex::new(Vec::new()),
    };
    let watched = watch(Arc::clone(&world.count));
    thread::scope(|scope| {
        scope.spawn(|| world.disturb(seed));
        scope.spawn(|| world.scan());
        for client in 0..CLIENTS {
            let world = &world;
            scope.spawn(move || world.client(client, seed, end));
        }
    });
    let World {
        db, count, wrong, ..
    } = world;
    *done = count.load(Ordering::Relaxed);
    let mut wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    // A panic of background work shows here at the latest.
    let closed = caught(|| {
        db.close()
            .map_err(|error| format!("closing failed: {error}"))
    });
    wrong.extend(closed.err());
    drop(watched);
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n"))
}

/// Ends the process with a complaint when nothing is counted for [`STALL_MAX`], until what is
/// returned is dropped. Threads that wait for one another cannot be ended in any other way.
fn watch(count: Arc<AtomicU64>) -> mpsc::Sender<()> {
    let (watched, ended) = mpsc::channel();
    thread::spawn(move || {
        let mut seen = u64::MAX;
        while ended.recv_timeout(STALL_MAX) == Err(RecvTimeoutError::Timeout) {
            let now = count.load(Ordering::Relaxed);
            if now == seen {
                let seconds = STALL_MAX.as_secs();
                eprintln!("no call has ended for {seconds} s: threads wait for one another");
                eprintln!("found after {now} calls");
                process::exit(1);
            }
            seen = now;
        }
    });
    watched
}

struct World {
    db: Db,
    /// A clock that all threads share: it says which of two events came first.
    time: AtomicU64,
    /// Changed only while all clients wait: otherwise one might leave, and others wait for it.
    is_over: AtomicBool,
    barrier: Barrier,
    /// By key.
    calls: Mutex<Vec<Vec<Call>>>,
    count: Arc<AtomicU64>,
    /// Each complaint once, the first one first.
    wrong: Mutex<Vec<String>>,
}

impl World {
    fn now(&self) -> u64 {
        self.time.fetch_add(1, Ordering::SeqCst)
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// Does something; its failure or panic is a complaint. Whether there was none.
    fn goes_well(&self, attempt: impl FnOnce() -> Result<(), String>) -> bool {
        let Err(said) = caught(attempt) else {
            return true;
        };
        let mut wrong = lock(&self.wrong);
        if !wrong.contains(&said) {
            wrong.push(said);
        }
        false
    }

    /// Writes and reads by turns. At each quiet moment one client looks at the history, and decides
    /// for all whether they go on.
    fn client(&self, client: usize, seed: u64, end: Duration) {
        let mut random = SeededRandom::new(seed * 1000 + client as u64);
        while !self.is_over() {
            for _ in 0..CALLS {
                self.goes_well(|| self.call(client, &mut random));
            }
            if self.barrier.wait().is_leader() {
                self.goes_well(|| self.check());
                if !lock(&self.wrong).is_empty() || SystemClock.elapsed() >= end {
                    self.is_over.store(true, Ordering::SeqCst);
                }
            }
            self.barrier.wait();
        }
    }

    fn call(&self, client: usize, random: &mut SeededRandom) -> Result<(), String> {
        let index = usize::try_from(random.below(KEYS as u64)).unwrap_or(0);
        let began = self.now();
        let action = if random.below(2) == 0 {
            let value = (random.below(5) > 0).then_some(began * 100 + client as u64);
            let mut batch = Batch::new();
            for name in [format!("key{index}"), format!("twin{index}")] {
                match value {
                    Some(value) => batch.put(name, value.to_string()),
                    None => batch.delete(name),
                }
            }
            batch.put(format!("filler{}", random.below(200)), vec![b'.'; 200]);
            let written = self.db.write(&batch);
            written.map_err(|error| format!("a write failed: {error}"))?;
            Action::Write(value)
        } else {
            Action::Read(self.read(index)?)
        };
        let ended = Some(self.now());
        self.count.fetch_add(1, Ordering::Relaxed);
        lock(&self.calls)[index].push(Call {
            began,
            ended,
            action,
        });
        Ok(())
    }

    /// The value of a key, which is a number.
    fn read(&self, index: usize) -> Result<Option<u64>, String> {
        let found = self.db.get(format!("key{index}"));
        let found = found.map_err(|error| format!("a read failed: {error}"))?;
        let number = |value: Vec<u8>| {
            let text = String::from_utf8_lossy(&value);
            let number = text.parse();
            number.map_err(|_| format!("key{index} has a value that nobody wrote: {text:?}"))
        };
        found.map(number).transpose()
    }

    /// Nobody is at work: what was seen until now must have an order. Only its end matters for what
    /// comes next, and a read tells it.
    fn check(&self) -> Result<(), String> {
        let mut calls = lock(&self.calls);
        for (index, calls) in calls.iter_mut().enumerate() {
            if !is_linearizable(calls) {
                return Err(format!(
                    "key{index} was seen in no possible order: {calls:?}"
                ));
            }
            let value = self.read(index)?;
            let (began, ended) = (self.now(), Some(self.now()));
            let read = Call {
                began,
                ended,
                action: Action::Read(value),
            };
            calls.push(read);
            if !is_linearizable(calls) {
                return Err(format!("key{index} changed while nobody wrote: {calls:?}"));
            }
            *calls = vec![Call {
                action: Action::Write(value),
                ..read
            }];
        }
        Ok(())
    }

    /// Flushes, compacts, and takes snapshots that must not change.
    fn disturb(&self, seed: u64) {
        let mut random = SeededRandom::new(seed);
        while !self.is_over() && self.goes_well(|| self.maintain(random.below(4))) {}
    }

    fn maintain(&self, choice: u64) -> Result<(), String> {
        let snapshot = self.db.snapshot();
        let shown = || {
            let pairs = snapshot.scan_all().collect::<Result<Vec<_>, _>>();
            pairs.map_err(|error| format!("a scan of a snapshot failed: {error}"))
        };
        let before = shown()?;
        let done = match choice {
            0 => self.db.flush(),
            1 => self.db.compact_all(),
            2 => self.db.compact_range("key1".."key3"),
            _ => Ok(()),
        };
        done.map_err(|error| format!("maintenance failed: {error}"))?;
        if before != shown()? {
            return Err("a snapshot has changed".to_owned());
        }
        Ok(())
    }

    /// Scans in both directions, and compares twins.
    fn scan(&self) {
        let mut reverse = false;
        while !self.is_over() && self.goes_well(|| self.compare_twins(reverse)) {
            reverse = !reverse;
        }
    }

    fn compare_twins(&self, reverse: bool) -> Result<(), String> {
        let scan = self.db.scan_all();
        let pairs: Result<BTreeMap<_, _>, _> = if reverse {
            scan.rev().collect()
        } else {
            scan.collect()
        };
        let pairs = pairs.map_err(|error| format!("a scan failed: {error}"))?;
        for index in 0..KEYS {
            let of = |name: &str| pairs.get(format!("{name}{index}").as_bytes());
            if of("key") != of("twin") {
                return Err(format!("a scan has seen half a batch of key{index}"));
            }
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
