//! Freezing: who is let in, who is not, and who is waited for.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use ferrisdb_core::{Batch, Clock, SystemClock, Timestamp};
use ferrisdb_memtable::{Error, Memtable, Result};

use support::{SEED, batch, chapter, compare, new_table, versions, write};

mod support;

/// The table must refuse every write from now on, and must not change by it.
#[track_caller]
fn assert_frozen(table: &Memtable) {
    let before = versions(table);
    let result = table.write(Timestamp(90), &batch(&[("late", Some("1"))]));
    assert!(
        matches!(result, Err(Error::Frozen)),
        "freeze has returned, so no write may be let in: {result:?}"
    );
    assert!(table.is_frozen(), "the table has to say so");
    compare(
        &versions(table),
        &before,
        "what was refused leaves nothing behind",
    );
}

#[test]
fn a_frozen_table_refuses_writes_and_says_so() {
    let table = chapter();
    assert!(!table.is_frozen(), "nobody has frozen it yet");
    table.freeze();
    assert_frozen(&table);
    let text = Error::Frozen.to_string();
    assert!(
        text.contains("replaced"),
        "the message says where to write instead: {text}"
    );
}

#[test]
fn a_frozen_table_refuses_even_an_empty_batch() {
    let table = chapter();
    table.freeze();
    let result = table.write(Timestamp(90), &Batch::new());
    assert!(
        matches!(result, Err(Error::Frozen)),
        "every write is refused; whether there is anything in it, nobody asks any more: {result:?}"
    );
}

#[test]
fn a_table_may_be_frozen_twice_or_before_its_first_write() {
    let table = new_table();
    table.freeze();
    table.freeze();
    assert_frozen(&table);
    assert!(table.is_empty());
}

#[test]
fn readers_of_a_frozen_table_go_on() {
    let table = chapter();
    let mut cursor = table.versions();
    cursor.seek_to_first();
    let before = versions(&table);
    table.freeze();
    compare(&versions(&table), &before, "nothing is gone");
    let value = cursor.current().map(|entry| entry.value);
    compare(
        &value,
        &Some(b"40".as_slice()),
        "a cursor from before the freeze is where it was",
    );
    cursor.next();
    let value = cursor.current().map(|entry| entry.value);
    compare(&value, &Some(b"70".as_slice()), "and goes on");
}

/// Freezes a table in the middle of a large write. Returns the table, how many versions were
/// there when `freeze` returned, and what became of the write.
fn freeze_in_the_middle() -> (Memtable, usize, Result<()>) {
    let mut large = Batch::new();
    for n in 0..LARGE {
        large.put(n.to_be_bytes(), "value");
    }
    let table = Memtable::new(8 << 20, SEED);
    let (there, result) = thread::scope(|scope| {
        let writer = scope.spawn(|| table.write(Timestamp(1), &large));
        while table.memory_used() == 0 && !writer.is_finished() {
            thread::yield_now();
        }
        table.freeze();
        (table.len(), writer.join().expect("no panic"))
    });
    (table, there, result)
}

/// How many entries a large batch has: enough to be in the middle of it.
const LARGE: usize = 30_000;

#[test]
fn freeze_waits_for_a_write_under_way() {
    let (table, there, result) = freeze_in_the_middle();
    match result {
        Ok(()) => compare(
            &there,
            &LARGE,
            "the write had begun, so freeze waits until the whole batch is in. Whoever writes a \
             frozen table to a file must not miss the rest of it. (Did freeze not wait, or did \
             `write` let go of its guard too early?) Versions in the table when freeze returned:",
        ),
        Err(Error::Frozen) => compare(
            &table.len(),
            &0,
            "a write that was refused leaves nothing behind",
        ),
        Err(error) => panic!("only Frozen can happen here: {error}"),
    }
}

#[test]
fn a_table_that_is_being_written_is_frozen_all_the_same() {
    let (table, ..) = freeze_in_the_middle();
    assert_frozen(&table);
}

/// Writes to each table in turn until it is refused. Returns how many writes each accepted.
fn write_to_all(tables: &[Memtable], timestamps: &AtomicU64, stop: &AtomicBool) -> Vec<usize> {
    let batch = batch(&[("ada", Some("1"))]);
    let fill = |table: &Memtable| {
        let mut accepted = 0;
        while !stop.load(Ordering::Relaxed) {
            let timestamp = timestamps.fetch_add(1, Ordering::Relaxed);
            match table.write(Timestamp(timestamp), &batch) {
                Ok(()) => accepted += 1,
                Err(Error::Frozen | Error::Full { .. }) => break,
                Err(error) => panic!("only Frozen or Full can happen here: {error}"),
            }
        }
        accepted
    };
    tables.iter().map(fill).collect()
}

/// How long the test below may take. On a busy machine it tries fewer tables.
const PATIENCE: Duration = Duration::from_secs(3);

#[test]
fn nothing_gets_in_once_freeze_has_returned() {
    let tables: Vec<Memtable> = (0..300).map(|_| Memtable::new(1 << 18, SEED)).collect();
    let (timestamps, stop) = (AtomicU64::new(1), AtomicBool::new(false));
    let (at_freeze, accepted) = thread::scope(|scope| {
        let writer = || write_to_all(&tables, &timestamps, &stop);
        let writers = [scope.spawn(writer), scope.spawn(writer)];
        let start = SystemClock.elapsed();
        let is_over = || {
            let time = SystemClock.elapsed().saturating_sub(start);
            time > PATIENCE || writers.iter().any(thread::ScopedJoinHandle::is_finished)
        };
        let freeze = |table: &Memtable| {
            while table.len() < 3 && !is_over() {
                thread::yield_now();
            }
            table.freeze();
            table.len()
        };
        let tries = tables
            .iter()
            .map_while(|table| (!is_over()).then(|| freeze(table)));
        let at_freeze: Vec<usize> = tries.collect();
        stop.store(true, Ordering::Relaxed);
        let [one, two] =
            writers.map(|writer| writer.join().unwrap_or_else(|why| resume_unwind(why)));
        let accepted: Vec<usize> = one.iter().zip(two).map(|(one, two)| one + two).collect();
        (at_freeze, accepted)
    });
    for ((table, at_freeze), accepted) in tables.iter().zip(at_freeze).zip(accepted) {
        compare(
            &table.len(),
            &at_freeze,
            "the number of versions later, and when freeze returned. A writer that had looked \
             before the freeze must not get in after it. (Does `write` look at what its guard \
             protects, and keep the guard until the end?)",
        );
        compare(&accepted, &at_freeze, "every accepted write is there");
        assert_frozen(table);
    }
}

#[test]
fn a_frozen_table_that_is_full_is_frozen_before_it_is_full() {
    let table = Memtable::new(0, SEED);
    write(&table, 1, &[("ada", Some("90"))]);
    table.freeze();
    let result = table.write(Timestamp(2), &batch(&[("bob", Some("10"))]));
    assert!(
        matches!(result, Err(Error::Frozen)),
        "both are true; Frozen says that there is a new table already: {result:?}"
    );
    compare(
        &versions(&table),
        &[r#""ada" @1 put "90""#],
        "what was there stays",
    );
}
