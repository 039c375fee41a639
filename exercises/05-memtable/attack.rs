//! Tries to break your memtable: random histories asked about every key as of every timestamp,
//! tables that fill up, tables that are frozen at a bad moment, and readers that add up while
//! writers move money.
//!
//! Says what it tried, and the first wrong answer in words. Exit status 0 if the table survived.

use std::any::Any;
use std::ops::Bound;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use ferrisdb_core::{Batch, Found, Operation, Random, SeededRandom, Timestamp};
use ferrisdb_memtable::{Error, Memtable};
use ferrisdb_testkit::{Versions, show};

use support::{SEED, answer, sizes_added_up};

#[path = "tests/support/mod.rs"]
mod support;

/// What one kind of attack found: how many tries, or the first wrong answer.
type Attack = fn(&mut u64) -> Result<(), String>;

fn main() -> ExitCode {
    let attacks: [(&str, Attack); 5] = [
        ("a lookup in a random history", lookups),
        ("a scan of a random range from both ends", scans),
        ("a batch for a table that fills up", full_tables),
        ("a freeze while two threads write", freezes),
        ("a total added up while money moves", totals),
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
        println!("Your memtable kept every promise.");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".into())
}

/// A short key; some are the beginning of others.
fn key(random: &mut SeededRandom) -> Vec<u8> {
    let size = random.below(4);
    (0..size)
        .map(|_| [0, b'a', b'b', 0xff][below(random, 4)])
        .collect()
}

fn below(random: &mut SeededRandom, bound: u64) -> usize {
    usize::try_from(random.below(bound)).expect("a small number")
}

fn batch(random: &mut SeededRandom) -> Batch {
    let mut batch = Batch::new();
    for _ in 0..random.below(6) {
        let key = key(random);
        match random.below(4) {
            0 => batch.delete(key),
            1 => batch.put(key, ""),
            _ => batch.put(key, random.below(100).to_string()),
        }
    }
    batch
}

/// Forty batches in a table and in the model. Their timestamps have gaps, and neighbours come
/// in the wrong order.
fn history(random: &mut SeededRandom) -> Result<(Memtable, Versions), String> {
    let table = Memtable::new(1 << 20, random.next_u64());
    let mut model = Versions::new();
    for n in 0..40_u64 {
        let timestamp = Timestamp(2 * (n ^ 1));
        let batch = batch(random);
        let result = table.write(timestamp, &batch);
        result.map_err(|error| format!("a table with room refused a batch: {error}"))?;
        model.write(timestamp, &batch);
    }
    Ok((table, model))
}

fn lookups(tries: &mut u64) -> Result<(), String> {
    let mut random = SeededRandom::new(51);
    for _ in 0..20 {
        let (table, model) = history(&mut random)?;
        for _ in 0..100 {
            let key = key(&mut random);
            for as_of in (0..=81).chain([u64::MAX]).map(Timestamp) {
                *tries += 1;
                let expected =
                    model
                        .find(&key, as_of)
                        .map(|(found, value)| match found.operation {
                            Operation::Put => Found::Value(value),
                            Operation::Delete => Found::Deleted,
                        });
                let found = table.get(&key, as_of);
                if found != expected {
                    return Err(format!(
                        "{} as of {as_of} should be {}, and get said {}",
                        show(&key),
                        answer(expected),
                        answer(found)
                    ));
                }
            }
        }
    }
    Ok(())
}

fn scans(tries: &mut u64) -> Result<(), String> {
    let mut random = SeededRandom::new(52);
    for _ in 0..20 {
        let (table, model) = history(&mut random)?;
        for _ in 0..250 {
            *tries += 1;
            let mut bound = || match random.below(3) {
                0 => Bound::Unbounded,
                1 => Bound::Included(key(&mut random)),
                _ => Bound::Excluded(key(&mut random)),
            };
            let range = (bound(), bound());
            let as_of = Timestamp(random.below(82));
            let mut scan = table.scan(range.clone(), as_of);
            let (mut front, mut back) = (Vec::new(), Vec::new());
            loop {
                let (end, pair) = match random.below(2) {
                    0 => (&mut front, scan.next()),
                    _ => (&mut back, scan.next_back()),
                };
                let Some((key, value)) = pair else { break };
                end.push((key.to_vec(), value.to_vec()));
                if front.len() + back.len() > model.len() {
                    break;
                }
            }
            // One end is through; so must be the other.
            front.extend(scan.map(|(key, value)| (key.to_vec(), value.to_vec())));
            front.extend(back.into_iter().rev());
            let expected = model.scan(range.clone(), as_of);
            if front != expected {
                return Err(format!(
                    "a scan over {range:?} as of {as_of}, now from the front and now from the \
                     back, showed {front:?}, and should have shown {expected:?}"
                ));
            }
        }
    }
    Ok(())
}

fn full_tables(tries: &mut u64) -> Result<(), String> {
    for budget in (0..3000).step_by(8) {
        let mut random = SeededRandom::new(budget);
        let table = Memtable::new(usize::try_from(budget).expect("small"), SEED);
        let mut model = Versions::new();
        for n in 1..=30 {
            *tries += 1;
            let batch = batch(&mut random);
            let story = format!("batch {n} for a table with a budget of {budget}");
            match table.write(Timestamp(n), &batch) {
                Ok(()) => model.write(Timestamp(n), &batch),
                Err(Error::Full { .. }) if table.is_empty() => {
                    return Err(format!("{story} was refused, and the table was empty"));
                }
                Err(Error::Full { .. }) => {}
                Err(error) => return Err(format!("{story} failed: {error}")),
            }
            if table.len() != model.len() {
                return Err(format!(
                    "after {story} there are {} versions and not {}",
                    table.len(),
                    model.len()
                ));
            }
            if table.memory_used() != sizes_added_up(&table) {
                return Err(format!(
                    "after {story} {} bytes are used, and the versions have {}",
                    table.memory_used(),
                    sizes_added_up(&table)
                ));
            }
        }
    }
    Ok(())
}

fn freezes(tries: &mut u64) -> Result<(), String> {
    for round in 0..200 {
        *tries += 1;
        let table = Memtable::new(4 << 20, SEED);
        let timestamps = AtomicU64::new(1);
        let writer = || {
            loop {
                let mut batch = Batch::new();
                (0..10_u8).for_each(|key| batch.put([key], "value"));
                let timestamp = timestamps.fetch_add(1, Ordering::Relaxed);
                if table.write(Timestamp(timestamp), &batch).is_err() {
                    return;
                }
            }
        };
        let (at_freeze, later) = thread::scope(|scope| {
            let writers = [scope.spawn(writer), scope.spawn(writer)];
            while table.len() < 10 * round
                && !writers.iter().any(thread::ScopedJoinHandle::is_finished)
            {
                thread::yield_now();
            }
            table.freeze();
            let at_freeze = table.len();
            for writer in writers {
                let _ = writer.join();
            }
            (at_freeze, table.len())
        });
        if at_freeze != later || at_freeze % 10 != 0 {
            return Err(format!(
                "when freeze returned there were {at_freeze} versions, and later {later}; all \
                 batches have ten"
            ));
        }
    }
    Ok(())
}

fn totals(tries: &mut u64) -> Result<(), String> {
    const CARDS: u8 = 8;
    let table = Memtable::new(16 << 20, SEED);
    let visible = AtomicU64::new(0);
    let balances = |as_of: u64| -> Vec<i64> {
        let scan = table.scan::<[u8; 1]>(.., Timestamp(as_of));
        let numbers = scan.map(|(_, value)| String::from_utf8_lossy(value).parse().unwrap_or(0));
        numbers.collect()
    };
    let result: Result<(), String> = thread::scope(|scope| {
        scope.spawn(|| {
            let mut random = SeededRandom::new(54);
            let mut balances = [100; CARDS as usize];
            for n in 1..=4000 {
                let (from, to) = (below(&mut random, 8), below(&mut random, 8));
                balances[from] -= 5;
                balances[to] += 5;
                let mut batch = Batch::new();
                for (key, balance) in (0..CARDS).zip(balances) {
                    if n == 1 || [from, to].contains(&usize::from(key)) {
                        batch.put([key], balance.to_string());
                    }
                }
                if table.write(Timestamp(n), &batch).is_err() {
                    return;
                }
                visible.store(n, Ordering::Release);
            }
        });
        for _ in 0..3000 {
            *tries += 1;
            let as_of = visible.load(Ordering::Acquire);
            let total: i64 = balances(as_of).iter().sum();
            if as_of > 0 && total != 100 * i64::from(CARDS) {
                return Err(format!(
                    "as of {as_of} the cards held {total} together; no transfer changes the \
                     total of {}",
                    100 * i64::from(CARDS)
                ));
            }
        }
        Ok(())
    });
    result
}
