//! Tries to break your skip list: histories of a map in every order, threads that write the same
//! keys at the same time, readers in the middle of it, and lists with too little room.
//!
//! Says what it tried, and the first wrong answer in words. Exit status 0 if the list survived.
//! The threads are those of the machine, so a race is met on some runs only. That is why the
//! tests have a model checker.

use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use ferrisdb_core::{InternalKey, Random, SeededRandom};
use ferrisdb_skiplist::{Error, SkipList, Slot, pin};

use support::{Model, Write, backwards, forwards, key_of, put, show, value_of};

#[path = "tests/support/mod.rs"]
mod support;

/// What one kind of attack found: how many tries, or the first wrong answer.
type Attack = fn(&mut u64) -> Result<(), String>;

fn main() -> ExitCode {
    let attacks: [(&str, Attack); 5] = [
        ("a history is compared with that of a map", histories),
        ("threads write the same keys at the same time", rivals),
        ("a reader walks while others write", walkers),
        ("threads fill a list that is too small", crowds),
        ("a slot is swapped while others read it", swaps),
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
                let message = panic
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| panic.downcast_ref::<&str>().copied());
                let message = message.unwrap_or("a panic without a message");
                println!("PANIC after {tries} × {what}:\n    {message}");
                survived = false;
            }
        }
    }
    if survived {
        println!("Your list lost nothing and invented nothing.");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[expect(clippy::needless_pass_by_value, reason = "so that a call is short")]
fn same<T: PartialEq + std::fmt::Debug>(what: &str, yours: T, expected: T) -> Result<(), String> {
    if yours == expected {
        return Ok(());
    }
    Err(format!(
        "{what}\n    yours:    {yours:?}\n    expected: {expected:?}"
    ))
}

fn list(capacity: usize, seed: u64) -> SkipList {
    SkipList::new(capacity, seed).expect("so little memory is there")
}

/// A key of few letters, many with the same first four bytes, so that keys meet.
fn key(random: &mut SeededRandom) -> Vec<u8> {
    let letters = [0, b'a', b'b', 0xff];
    let start: &[u8] = if random.below(2) == 0 { b"" } else { b"aaaa" };
    let size = random.below(4);
    let letter = |_| letters[usize::try_from(random.below(4)).unwrap_or(0)];
    start.iter().copied().chain((0..size).map(letter)).collect()
}

fn write(random: &mut SeededRandom) -> Write {
    let key = key(random);
    let value = vec![b'v'; usize::try_from(random.below(30)).unwrap_or(0)];
    (key, random.below(6), (random.below(5) > 0).then_some(value))
}

/// One thread, many seeds: inserts one by one and in batches, and asks after each of them.
fn histories(tries: &mut u64) -> Result<(), String> {
    let mut random = SeededRandom::new(4);
    for seed in 0..400 {
        *tries += 1;
        let list = list(1 << 18, seed);
        let mut model = Model::default();
        for _ in 0..8 {
            let mut writes: Vec<Write> =
                (0..random.below(12)).map(|_| write(&mut random)).collect();
            if random.below(2) == 0 {
                writes.sort_by(|a, b| key_of(a).cmp(&key_of(b)));
            }
            let in_batch = random.below(2) == 0;
            let mut batch = in_batch.then(|| list.reserve(4096).expect("there is room"));
            for write in &writes {
                let (key, value) = (key_of(write), value_of(write));
                let result = match &mut batch {
                    Some(batch) => batch.insert(key, value),
                    None => list.insert(key, value),
                };
                let what = format!("seed {seed}: was {} new?", shown(key));
                same(&what, result.is_ok(), model.insert(write))?;
            }
            ask(&list, &model, &mut random)?;
        }
        let mut entries = model.entries();
        same("all entries, forwards", forwards(&list), entries.clone())?;
        entries.reverse();
        same("all entries, backwards", backwards(&list), entries)?;
    }
    Ok(())
}

fn shown(key: InternalKey<'_>) -> String {
    format!("{} {}", key.user_key.escape_ascii(), key.timestamp)
}

fn ask(list: &SkipList, model: &Model, random: &mut SeededRandom) -> Result<(), String> {
    let (key, timestamp) = (key(random), random.below(7));
    let target = put(&key, timestamp);
    let name = shown(target);
    let found = list.get(target).as_ref().map(show);
    same(&format!("get {name}"), found, model.get(&key, timestamp))?;
    let mut cursor = list.cursor();
    cursor.seek(target);
    let (found, expected) = (cursor.current(), model.at_or_after(&key, timestamp));
    same(&format!("seek {name}"), found.as_ref().map(show), expected)?;
    cursor.seek_for_prev(target);
    let (found, expected) = (cursor.current(), model.at_or_before(&key, timestamp));
    let what = format!("seek_for_prev {name}");
    same(&what, found.as_ref().map(show), expected)
}

/// Four threads insert the same versions. Each version gets in once, with the value of the
/// thread that was told so.
fn rivals(tries: &mut u64) -> Result<(), String> {
    const THREADS: u8 = 4;
    const VERSIONS: u64 = 300;
    for seed in 0..40 {
        *tries += 1;
        let list = list(1 << 20, seed);
        let told: Vec<Vec<u64>> = thread::scope(|scope| {
            let insert_all = |thread: u8| {
                let list = &list;
                move || {
                    let insert = |n: &u64| list.insert(put(&n.to_be_bytes(), 1), &[thread]).is_ok();
                    (0..VERSIONS).filter(insert).collect()
                }
            };
            let threads: Vec<_> = (0..THREADS).map(|n| scope.spawn(insert_all(n))).collect();
            let told = threads.into_iter().map(thread::ScopedJoinHandle::join);
            told.map(|told| told.expect("an insert panicked")).collect()
        });
        let mut cursor = list.cursor();
        cursor.seek_to_first();
        for n in 0..VERSIONS {
            let entry = cursor
                .current()
                .ok_or(format!("seed {seed}: {n} is lost"))?;
            let what = format!("seed {seed}: the key at place {n}");
            same(&what, entry.key.user_key, &n.to_be_bytes()[..])?;
            let winners = (0..THREADS)
                .zip(&told)
                .filter(|(_, told)| told.contains(&n));
            let winners: Vec<u8> = winners.map(|(thread, _)| thread).collect();
            let what = format!("seed {seed}: the threads that were told that {n} is theirs");
            same(&what, winners, entry.value.to_vec())?;
            let what = format!("seed {seed}: {n} is found from the top too");
            same(&what, list.get(entry.key), Some(entry))?;
            cursor.next();
        }
        same("an entry behind the last one", cursor.current(), None)?;
    }
    Ok(())
}

/// A reader walks both ways while two threads insert, one by one and in batches. What it has
/// seen once it sees again, in order.
fn walkers(tries: &mut u64) -> Result<(), String> {
    const KEYS: u64 = 600;
    for seed in 0..20 {
        *tries += 1;
        let list = list(1 << 20, seed);
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let single = scope.spawn(|| {
                for n in 0..KEYS {
                    let key = (n * 7 % KEYS * 2).to_be_bytes();
                    list.insert(put(&key, 1), &key).expect("there is room");
                }
            });
            let batches = scope.spawn(|| {
                for first in (0..KEYS).step_by(30) {
                    let mut batch = list.reserve(30 * 300).expect("there is room");
                    for n in first..first + 30 {
                        let key = (n * 2 + 1).to_be_bytes();
                        batch.insert(put(&key, 1), &key).expect("it has room");
                    }
                }
            });
            let reader = scope.spawn(|| {
                let mut seen = BTreeSet::new();
                while !done.load(Ordering::Acquire) {
                    walk(&list, &mut seen)?;
                }
                walk(&list, &mut seen)?;
                let all = usize::try_from(2 * KEYS).unwrap_or(0);
                same("entries in the end", seen.len(), all)
            });
            let written = single.join().is_ok() & batches.join().is_ok();
            done.store(true, Ordering::Release);
            let read = reader
                .join()
                .map_err(|_| "the reader panicked".to_owned())?;
            same("the writers ended without a panic", written, true)?;
            read
        })?;
    }
    Ok(())
}

/// Walks forwards and backwards. Everything in `seen` must still be there; what is new is added.
fn walk(list: &SkipList, seen: &mut BTreeSet<Vec<u8>>) -> Result<(), String> {
    let mut cursor = list.cursor();
    for is_forward in [true, false] {
        let mut found = Vec::new();
        if is_forward {
            cursor.seek_to_first();
        } else {
            cursor.seek_to_last();
        }
        while let Some(entry) = cursor.current() {
            same("a value is its key", entry.value, entry.key.user_key)?;
            found.push(entry.value.to_vec());
            if is_forward {
                cursor.next();
            } else {
                cursor.prev();
            }
        }
        if !is_forward {
            found.reverse();
        }
        same("a walk is in order", found.is_sorted(), true)?;
        let found: BTreeSet<Vec<u8>> = found.into_iter().collect();
        let missing: Vec<_> = seen.difference(&found).collect();
        same(
            "what one walk has seen and the next has not",
            missing,
            Vec::new(),
        )?;
        *seen = found;
    }
    Ok(())
}

/// Threads fill a list until it is full. What is refused leaves no trace, and what is accepted
/// is counted to the byte.
fn crowds(tries: &mut u64) -> Result<(), String> {
    for seed in 0..200 {
        *tries += 1;
        let capacity = 400 + usize::try_from(seed).unwrap_or(0) * 13;
        let list = list(capacity, seed);
        let accepted: usize = thread::scope(|scope| {
            let fill = |thread: u64| {
                let list = &list;
                move || {
                    let mut bytes = 0;
                    for n in 0..40 {
                        let key = (n * 3 + thread).to_be_bytes();
                        let value = vec![b'v'; usize::try_from(n * 11 % 60).unwrap_or(0)];
                        match list.insert(put(&key, 1), &value) {
                            Ok(()) => bytes += list.node_size(put(&key, 1), value.len()),
                            Err(Error::Full { needed, left }) if left < needed => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                    bytes
                }
            };
            let threads: Vec<_> = (0..3).map(|thread| scope.spawn(fill(thread))).collect();
            let bytes = threads.into_iter().map(thread::ScopedJoinHandle::join);
            bytes
                .map(|bytes| bytes.expect("an insert was refused for no good reason"))
                .sum()
        });
        let what = format!("seed {seed}: bytes of a list of {capacity}");
        same(&what, list.memory_used(), accepted)?;
        let what = format!("seed {seed}: more is in use than there is");
        same(&what, list.memory_used() > capacity, false)?;
        let what = format!("seed {seed}: entries that a walk finds");
        same(&what, forwards(&list).len(), list.len())?;
    }
    Ok(())
}

/// Counts how many of its kind there are.
struct Alive {
    number: u64,
    alive: Arc<AtomicUsize>,
}

impl Alive {
    fn new(number: u64, alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, Ordering::SeqCst);
        let alive = Arc::clone(alive);
        Self { number, alive }
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        // Whoever still reads it sees that it is gone.
        self.number = u64::MAX;
        self.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Three threads swap a slot, two read it. Nobody reads what is gone, and all but the last goes,
/// each once.
fn swaps(tries: &mut u64) -> Result<(), String> {
    for _ in 0..20 {
        *tries += 1;
        let alive = Arc::new(AtomicUsize::new(0));
        let slot = Slot::new(Alive::new(0, &alive));
        // Swaps that do not meet show nothing.
        let start = Barrier::new(3);
        let swap_all = || {
            start.wait();
            for n in 1..=500 {
                slot.swap(Alive::new(n, &alive));
            }
        };
        let read_all = || {
            (0..500).all(|_| {
                let guard = pin();
                let value = slot.load(&guard);
                thread::yield_now();
                value.number <= 500
            })
        };
        let is_whole = thread::scope(|scope| {
            let readers = [scope.spawn(read_all), scope.spawn(read_all)];
            let writers = [(); 3].map(|()| scope.spawn(swap_all));
            let written = writers.map(thread::ScopedJoinHandle::join);
            let read = readers.map(thread::ScopedJoinHandle::join);
            written.iter().all(Result::is_ok)
                && read.into_iter().all(|whole| matches!(whole, Ok(true)))
        });
        same("every reader saw a value that was there", is_whole, true)?;
        for _ in 0..100_000 {
            if alive.load(Ordering::SeqCst) == 1 {
                break;
            }
            pin().flush();
            thread::yield_now();
        }
        let left = alive.load(Ordering::SeqCst);
        same("values that are there when all threads are gone", left, 1)?;
        same("the last one", slot.load(&pin()).number, 500)?;
        drop(slot);
        let left = alive.load(Ordering::SeqCst);
        same("values that are there when the slot is gone", left, 0)?;
    }
    Ok(())
}
