//! Threads that write, read, scan, flush and compact all at once.
//!
//! What each client saw of each key must be linearizable. In every batch two keys get the same
//! value, so whoever scans and finds them different has seen half a batch. Run it under
//! `AddressSanitizer` too.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use ferrisdb_core::{Clock as _, Random, SeededRandom, SystemClock};
use ferrisdb_storage::{Batch, Db, Options, SyncMode};
use ferrisdb_testkit::{Action, Call, is_linearizable};

const CLIENTS: usize = 6;
const KEYS: usize = 4;

/// How many calls each client makes between two moments at which nobody is at work.
const CALLS: usize = 8;

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
        db: &db,
        time: AtomicU64::new(0),
        is_over: AtomicBool::new(false),
        barrier: Barrier::new(CLIENTS),
        calls: Mutex::new(vec![Vec::new(); KEYS]),
        count: AtomicU64::new(0),
        wrong: Mutex::new(None),
    };
    thread::scope(|scope| {
        scope.spawn(|| world.disturb(seed));
        scope.spawn(|| world.scan());
        for client in 0..CLIENTS {
            let world = &world;
            scope.spawn(move || world.client(client, seed, end));
        }
    });
    let wrong = world
        .wrong
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    *done = world.count.into_inner();
    wrong.map_or(Ok(()), Err)
}

struct World<'a> {
    db: &'a Db,
    /// A clock that all threads share: it says which of two events came first.
    time: AtomicU64,
    is_over: AtomicBool,
    barrier: Barrier,
    /// By key.
    calls: Mutex<Vec<Vec<Call>>>,
    count: AtomicU64,
    wrong: Mutex<Option<String>>,
}

impl World<'_> {
    fn now(&self) -> u64 {
        self.time.fetch_add(1, Ordering::SeqCst)
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    fn complain(&self, said: String) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.get_or_insert(said);
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// Writes and reads by turns, and looks at the history at each quiet moment.
    fn client(&self, client: usize, seed: u64, end: Duration) {
        let mut random = SeededRandom::new(seed * 1000 + client as u64);
        loop {
            for _ in 0..CALLS {
                self.call(client, &mut random);
            }
            if self.barrier.wait().is_leader() {
                self.check();
                if SystemClock.elapsed() >= end {
                    self.is_over.store(true, Ordering::SeqCst);
                }
            }
            self.barrier.wait();
            if self.is_over() {
                return;
            }
        }
    }

    fn call(&self, client: usize, random: &mut SeededRandom) {
        let index = usize::try_from(random.below(KEYS as u64)).unwrap_or(0);
        let key = format!("key{index}");
        let began = self.now();
        let done = if random.below(2) == 0 {
            let value = (random.below(5) > 0).then_some(began * 100 + client as u64);
            let mut batch = Batch::new();
            for name in [&key, &format!("twin{index}")] {
                match value {
                    Some(value) => batch.put(name, value.to_string()),
                    None => batch.delete(name),
                }
            }
            batch.put(format!("filler{}", random.below(200)), vec![b'.'; 200]);
            self.db.write(&batch).map(|()| Action::Write(value))
        } else {
            let found = self.db.get(&key);
            found.map(|value| {
                let value = value.map(|value| String::from_utf8_lossy(&value).into_owned());
                Action::Read(value.and_then(|value| value.parse().ok()))
            })
        };
        let ended = Some(self.now());
        match done {
            Ok(action) => {
                self.count.fetch_add(1, Ordering::Relaxed);
                let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
                calls[index].push(Call {
                    began,
                    ended,
                    action,
                });
            }
            Err(error) => self.complain(format!("a call failed: {error}")),
        }
    }

    /// Nobody is at work: what was seen until now must have an order. Only its end matters for what
    /// comes next, and a read tells it.
    fn check(&self) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        for (index, calls) in calls.iter_mut().enumerate() {
            if !is_linearizable(calls) {
                self.complain(format!(
                    "key{index} was seen in no possible order: {calls:?}"
                ));
            }
            let value = self.db.get(format!("key{index}")).ok().flatten();
            let value = value.and_then(|value| String::from_utf8_lossy(&value).parse().ok());
            let (began, ended) = (self.now(), Some(self.now()));
            let read = Call {
                began,
                ended,
                action: Action::Read(value),
            };
            calls.push(read);
            if !is_linearizable(calls) {
                self.complain(format!("key{index} changed while nobody wrote: {calls:?}"));
            }
            *calls = vec![Call {
                action: Action::Write(value),
                ..read
            }];
        }
    }

    /// Flushes, compacts, and takes snapshots that must not change.
    fn disturb(&self, seed: u64) {
        let mut random = SeededRandom::new(seed);
        while !self.is_over() {
            let snapshot = self.db.snapshot();
            let before: Vec<_> = snapshot.scan_all().filter_map(Result::ok).collect();
            let done = match random.below(4) {
                0 => self.db.flush(),
                1 => self.db.compact_all(),
                2 => self.db.compact_range("key1".."key3"),
                _ => Ok(()),
            };
            if let Err(error) = done {
                self.complain(format!("maintenance failed: {error}"));
            }
            let after: Vec<_> = snapshot.scan_all().filter_map(Result::ok).collect();
            if before != after {
                self.complain("a snapshot has changed".to_owned());
            }
        }
    }

    /// Scans in both directions, and compares twins.
    fn scan(&self) {
        let mut reverse = false;
        while !self.is_over() {
            reverse = !reverse;
            let scan = self.db.scan_all();
            let pairs: Result<std::collections::BTreeMap<_, _>, _> = if reverse {
                scan.rev().collect()
            } else {
                scan.collect()
            };
            match pairs {
                Err(error) => self.complain(format!("a scan failed: {error}")),
                Ok(pairs) => {
                    for index in 0..KEYS {
                        let of = |name: &str| pairs.get(format!("{name}{index}").as_bytes());
                        if of("key") != of("twin") {
                            self.complain(format!("a scan has seen half a batch of key{index}"));
                        }
                    }
                }
            }
        }
    }
}
