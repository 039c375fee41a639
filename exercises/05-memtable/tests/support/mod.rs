//! What the tests of this stage share: small batches, tables made of them, and both as text.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::fmt::Debug;

use ferrisdb_core::{Batch, Found, InternalKey, Operation, Timestamp};
use ferrisdb_memtable::{Entry, Memtable, Result};
use ferrisdb_skiplist::SkipList;
use ferrisdb_testkit::generate::Write;
use ferrisdb_testkit::{Versions, show};
use proptest::test_runner::{Config, RngSeed};

/// The seed of all tables here.
pub(crate) const SEED: u64 = 5;

/// A table with plenty of room.
pub(crate) fn new_table() -> Memtable {
    Memtable::new(1 << 20, SEED)
}

/// A batch: `Some` puts a value, `None` deletes.
pub(crate) fn batch(writes: &[(&str, Option<&str>)]) -> Batch {
    let mut batch = Batch::new();
    for (key, value) in writes {
        match value {
            Some(value) => batch.put(key, value),
            None => batch.delete(key),
        }
    }
    batch
}

/// Writes a batch that has to be accepted.
#[track_caller]
pub(crate) fn write(table: &Memtable, timestamp: u64, writes: &[(&str, Option<&str>)]) {
    table
        .write(Timestamp(timestamp), &batch(writes))
        .unwrap_or_else(|error| panic!("the table has room, and the batch is legal: {error}"));
}

/// The table of the chapter: three customers, six versions.
///
/// ```text
///   ada @7    ada @3    ada @1    bob @6    bob @2    cy @5
///   put 40    put 70    put 90    delete    put 10    put 35
/// ```
pub(crate) fn chapter() -> Memtable {
    let table = new_table();
    write(&table, 1, &[("ada", Some("90"))]);
    write(&table, 2, &[("bob", Some("10"))]);
    write(&table, 3, &[("ada", Some("70"))]);
    write(&table, 5, &[("cy", Some("35"))]);
    write(&table, 6, &[("bob", None)]);
    write(&table, 7, &[("ada", Some("40"))]);
    table
}

/// Compares, and says which is which.
#[track_caller]
pub(crate) fn compare<T: Debug + PartialEq<U>, U: Debug>(yours: &T, expected: &U, why: &str) {
    assert!(
        yours == expected,
        "{why}\n     yours: {yours:?}\n  expected: {expected:?}"
    );
}

/// A version as a line of text.
pub(crate) fn line(key: InternalKey<'_>, value: &[u8]) -> String {
    let InternalKey {
        user_key,
        timestamp,
        operation,
    } = key;
    let key = show(user_key);
    match operation {
        Operation::Put => format!("{key} {timestamp} put {}", show(value)),
        Operation::Delete => format!("{key} {timestamp} delete"),
    }
}

fn entry_line(entry: Entry<'_>) -> String {
    line(entry.key, entry.value)
}

/// All versions of a table, a line each.
pub(crate) fn versions(table: &Memtable) -> Vec<String> {
    let mut cursor = table.versions();
    cursor.seek_to_first();
    let mut lines = Vec::new();
    while let Some(entry) = cursor.current() {
        lines.push(entry_line(entry));
        cursor.next();
    }
    lines
}

/// The same, walked backwards.
pub(crate) fn versions_back(table: &Memtable) -> Vec<String> {
    let mut cursor = table.versions();
    cursor.seek_to_last();
    let mut lines = Vec::new();
    while let Some(entry) = cursor.current() {
        lines.push(entry_line(entry));
        cursor.prev();
    }
    lines
}

/// What the versions of a table take, each measured by itself.
pub(crate) fn sizes_added_up(table: &Memtable) -> usize {
    let list = SkipList::new(0, SEED).expect("an empty list");
    let mut cursor = table.versions();
    cursor.seek_to_first();
    let mut sum = 0;
    while let Some(Entry { key, value }) = cursor.current() {
        sum += list.node_size(key, value.len());
        cursor.next();
    }
    sum
}

/// What a batch takes, measured by writing it to a table of its own.
pub(crate) fn size_of(timestamp: u64, batch: &Batch) -> usize {
    let table = new_table();
    table
        .write(Timestamp(timestamp), batch)
        .expect("an empty table takes any batch");
    sizes_added_up(&table)
}

/// What a lookup answered, as text.
pub(crate) fn answer(found: Option<Found<&[u8]>>) -> String {
    match found {
        Some(Found::Value(value)) => format!("value {}", show(value)),
        Some(Found::Deleted) => "deleted".to_owned(),
        None => "nothing".to_owned(),
    }
}

/// A table and a model to which the same batches were written, as of 0, 1, 2 and so on.
pub(crate) fn same_in_both(batches: &[Vec<Write>]) -> Result<(Memtable, Versions)> {
    let table = Memtable::new(64 << 20, SEED);
    let mut model = Versions::new();
    for (writes, timestamp) in batches.iter().zip(0..) {
        let mut batch = Batch::new();
        for write in writes {
            write.add_to(&mut batch);
        }
        table.write(Timestamp(timestamp), &batch)?;
        model.write(Timestamp(timestamp), &batch);
    }
    Ok((table, model))
}

/// Properties try the same cases each time.
pub(crate) fn config() -> Config {
    Config {
        cases: 128,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(5),
        ..Config::default()
    }
}
