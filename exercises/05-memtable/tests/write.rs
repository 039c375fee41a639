//! Writing: what becomes of a batch, how the bytes are counted, and what a full table does.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use ferrisdb_core::{Batch, InternalKey, KEY_SIZE_MAX, Operation, Timestamp, VALUE_SIZE_MAX};
use ferrisdb_memtable::{Cursor, Error, Memtable, in_order};
use ferrisdb_testkit::{generate, show};
use proptest::prelude::*;

use support::{
    SEED, batch, compare, config, line, new_table, same_in_both, size_of, sizes_added_up, versions,
    versions_back, write,
};

mod support;

/// The writes of a batch in order, as text.
fn ordered(batch: &Batch) -> Vec<String> {
    let entries = in_order(batch);
    let text = entries.iter().map(|entry| {
        format!(
            "{:?} {}={}",
            entry.operation,
            show(entry.key),
            show(entry.value)
        )
    });
    text.collect()
}

// Hole 1: in_order

#[test]
fn writes_come_in_the_order_of_their_keys() {
    let batch = batch(&[
        ("b", Some("1")),
        ("ab", Some("2")),
        ("", Some("3")),
        ("a", None),
        ("c", Some("4")),
    ]);
    let expected = [
        r#"Put ""="3""#,
        r#"Delete "a"="""#,
        r#"Put "ab"="2""#,
        r#"Put "b"="1""#,
        r#"Put "c"="4""#,
    ];
    compare(&ordered(&batch), &expected, "keys ascend, byte by byte");
}

#[test]
fn the_last_write_of_a_key_wins() {
    let twice = batch(&[
        ("ada", Some("first")),
        ("ada", Some("second")),
        ("bob", Some("only")),
    ]);
    let expected = [r#"Put "ada"="second""#, r#"Put "bob"="only""#];
    compare(&ordered(&twice), &expected, "the later of two puts wins");

    let gone = batch(&[("ada", Some("90")), ("ada", None)]);
    let expected = [r#"Delete "ada"="""#];
    compare(&ordered(&gone), &expected, "a delete after a put wins");

    let back = batch(&[("ada", None), ("ada", Some("90"))]);
    let expected = [r#"Put "ada"="90""#];
    compare(&ordered(&back), &expected, "a put after a delete wins");
}

#[test]
fn a_key_comes_once_wherever_it_was_written() {
    let names = |keys: &[&str]| {
        let writes: Vec<_> = keys.iter().map(|key| (*key, Some("same"))).collect();
        let batch = batch(&writes);
        let entries = in_order(&batch);
        let names: Vec<String> = entries.iter().map(|entry| show(entry.key)).collect();
        names.join(" ")
    };
    compare(
        &names(&["bob", "ada", "cy", "ada", "bob"]),
        &r#""ada" "bob" "cy""#,
        "two writes of a key may lie far apart in the batch",
    );
}

#[test]
fn the_last_write_wins_in_a_large_batch_too() {
    // Sorting few entries and sorting many are different algorithms, and only a stable one
    // keeps the order of equal keys in both.
    let mut batch = Batch::new();
    for n in 0..600_u32 {
        batch.put((n * 7 % 100).to_be_bytes(), n.to_string());
    }
    let yours: Vec<String> = in_order(&batch).iter().map(|e| show(e.value)).collect();
    // Of each key, the last of its six writes was among the last hundred.
    let mut expected: Vec<u32> = (500..600).collect();
    expected.sort_by_key(|n| n * 7 % 100);
    let expected: Vec<String> = expected
        .iter()
        .map(|n| show(n.to_string().as_bytes()))
        .collect();
    compare(
        &yours,
        &expected,
        "600 writes of 100 keys, six for each; the sixth wins. (Is the sort a stable one?)",
    );
}

// Hole 2: write

#[test]
fn a_batch_becomes_versions() {
    let table = new_table();
    let writes = [("cy", Some("35")), ("ada", Some("")), ("bob", None)];
    write(&table, 4, &writes);
    let expected = [
        r#""ada" @4 put """#,
        r#""bob" @4 delete"#,
        r#""cy" @4 put "35""#,
    ];
    compare(
        &versions(&table),
        &expected,
        "one version for each write: an empty value is a value, and a delete is written down",
    );
    compare(&table.len(), &3, "a delete counts as a version");
}

/// Where a cursor is; empty if it is at no version.
fn place(cursor: &Cursor<'_>) -> String {
    let line = cursor.current().map(|entry| line(entry.key, entry.value));
    assert_eq!(cursor.is_valid(), line.is_some(), "valid is at a version");
    line.unwrap_or_default()
}

#[test]
fn a_cursor_goes_to_the_version_that_it_is_sent_to() {
    let table = new_table();
    write(&table, 2, &[("ada", Some("90")), ("bob", Some("5"))]);
    write(&table, 7, &[("bob", None)]);
    let bob = |timestamp| InternalKey {
        user_key: b"bob",
        timestamp: Timestamp(timestamp),
        operation: Operation::Put,
    };
    let mut cursor = table.versions();
    compare(&place(&cursor), &"", "at first it is nowhere");
    for (timestamp, expected) in [
        (9, r#""bob" @7 delete"#),
        (6, r#""bob" @2 put "5""#),
        (1, ""),
    ] {
        cursor.seek(bob(timestamp));
        let why = format!("the first version at or after bob @{timestamp}");
        compare(&place(&cursor), &expected, &why);
    }
    for (timestamp, expected) in [
        (1, r#""bob" @2 put "5""#),
        (6, r#""bob" @7 delete"#),
        (9, r#""ada" @2 put "90""#),
    ] {
        cursor.seek_for_prev(bob(timestamp));
        let why = format!("the last version at or before bob @{timestamp}");
        compare(&place(&cursor), &expected, &why);
    }
    cursor.prev();
    compare(&place(&cursor), &"", "nothing comes before ada");
}

#[test]
fn older_versions_stay() {
    let table = new_table();
    write(&table, 1, &[("ada", Some("90"))]);
    write(&table, 3, &[("ada", None)]);
    write(&table, 7, &[("ada", Some("40"))]);
    let expected = [
        r#""ada" @7 put "40""#,
        r#""ada" @3 delete"#,
        r#""ada" @1 put "90""#,
    ];
    compare(
        &versions(&table),
        &expected,
        "a write adds a version and changes none; the newest comes first",
    );
}

#[test]
fn a_key_written_twice_in_a_batch_is_one_version() {
    let table = new_table();
    let writes = [
        ("ada", Some("80")),
        ("bob", Some("10")),
        ("ada", Some("70")),
    ];
    write(&table, 1, &writes);
    let expected = [r#""ada" @1 put "70""#, r#""bob" @1 put "10""#];
    compare(&versions(&table), &expected, "the last write of a key wins");
    compare(
        &table.memory_used(),
        &sizes_added_up(&table),
        "the write that lost takes no memory",
    );
}

#[test]
fn a_key_written_twice_needs_room_once() {
    let value = "v".repeat(500);
    let writes: Vec<_> = (0..20).map(|_| ("ada", Some(value.as_str()))).collect();
    let twenty = batch(&writes);
    let needed = size_of(1, &batch(&writes[..1]));
    let table = Memtable::new(needed, SEED);
    let result = table.write(Timestamp(1), &twenty);
    assert!(
        result.is_ok(),
        "twenty writes of one key are one version, of {needed} bytes; that is the budget, and no \
         more is needed: {result:?}"
    );
}

#[test]
fn an_empty_batch_changes_nothing() {
    let table = new_table();
    table
        .write(Timestamp(1), &Batch::new())
        .expect("there is nothing to refuse");
    assert!(table.is_empty());
    compare(&table.memory_used(), &0, "no version, no memory");
    compare(
        &table.largest_timestamp(),
        &None,
        "nothing was written as of 1",
    );
}

#[test]
fn the_table_knows_which_time_it_covers() {
    let table = new_table();
    let ends = |table: &Memtable| (table.smallest_timestamp(), table.largest_timestamp());
    compare(
        &ends(&table),
        &(None, None),
        "an empty table covers no time",
    );
    for timestamp in [5, 9, 3] {
        write(&table, timestamp, &[("ada", Some("1"))]);
    }
    let expected = (Some(Timestamp(3)), Some(Timestamp(9)));
    compare(&ends(&table), &expected, "written as of 5, 9 and 3");
    for timestamp in [0, u64::MAX] {
        let table = new_table();
        write(&table, timestamp, &[("ada", Some("1"))]);
        let both = Some(Timestamp(timestamp));
        compare(
            &ends(&table),
            &(both, both),
            &format!("written as of {timestamp} alone"),
        );
    }
}

#[test]
fn memory_is_counted_to_the_byte() {
    let table = new_table();
    compare(&table.memory_used(), &0, "nothing was written");
    let mut expected = 0;
    for timestamp in 1..=50 {
        let name = format!("customer/{}", timestamp % 7);
        let value = "v".repeat(usize::try_from(timestamp).expect("small") % 40);
        let writes = [(name.as_str(), Some(value.as_str())), ("last", None)];
        expected += size_of(timestamp, &batch(&writes));
        write(&table, timestamp, &writes);
        compare(
            &table.memory_used(),
            &expected,
            "each batch takes its nodes and not a byte more",
        );
    }
}

#[test]
fn a_budget_is_used_to_the_last_byte() {
    let batches: Vec<_> = (1..=9)
        .map(|n| (n, batch(&[("ada", Some("90")), ("bob", Some("10"))])))
        .collect();
    let sizes: usize = batches.iter().map(|(n, batch)| size_of(*n, batch)).sum();
    for (budget, fits) in [(sizes, 9), (sizes - 1, 8)] {
        let table = Memtable::new(budget, SEED);
        let accepted = batches
            .iter()
            .take_while(|(n, batch)| table.write(Timestamp(*n), batch).is_ok())
            .count();
        compare(
            &accepted,
            &fits,
            &format!("nine batches of {sizes} bytes in all, and a budget of {budget}"),
        );
    }
}

#[test]
fn a_batch_that_does_not_fit_leaves_nothing_behind() {
    let table = Memtable::new(600, SEED);
    write(&table, 1, &[("ada", Some("90"))]);
    let before = (versions(&table), table.memory_used());
    let value = "v".repeat(100);
    let names: Vec<String> = (0..9).map(|n| format!("customer/{n}")).collect();
    let writes: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), Some(value.as_str())))
        .collect();
    let result = table.write(Timestamp(2), &batch(&writes));
    assert!(
        matches!(result, Err(Error::Full { .. })),
        "nine values of 100 bytes do not fit into 600: {result:?}"
    );
    compare(
        &versions(&table),
        &before.0,
        "some of the nine would have fitted, but a batch is written as a whole or not at all",
    );
    compare(
        &table.memory_used(),
        &before.1,
        "what was not written takes no memory",
    );
    compare(
        &table.largest_timestamp(),
        &Some(Timestamp(1)),
        "nothing was written as of 2",
    );
}

#[test]
fn full_says_what_is_needed_and_what_is_left() {
    let table = Memtable::new(400, SEED);
    write(&table, 1, &[("ada", Some("90"))]);
    let value = "v".repeat(500);
    let large = batch(&[("bob", Some(value.as_str()))]);
    let error = table
        .write(Timestamp(2), &large)
        .expect_err("500 bytes do not fit into 400");
    let Error::Full { needed, left } = error else {
        panic!("expected Full: {error}");
    };
    compare(&needed, &size_of(2, &large), "what the batch needs");
    compare(&left, &(400 - table.memory_used()), "what is left");
    let text = error.to_string();
    assert!(
        text.contains("new one"),
        "the message says what to do: {text}"
    );
}

#[test]
fn a_table_that_refused_a_large_batch_still_takes_a_small_one() {
    let table = Memtable::new(400, SEED);
    write(&table, 1, &[("ada", Some("90"))]);
    let value = "v".repeat(500);
    table
        .write(Timestamp(2), &batch(&[("bob", Some(value.as_str()))]))
        .expect_err("500 bytes do not fit into 400");
    write(&table, 3, &[("cy", Some("35"))]);
    let expected = [r#""ada" @1 put "90""#, r#""cy" @3 put "35""#];
    compare(&versions(&table), &expected, "the one between was refused");
}

#[test]
fn what_is_too_large_is_refused_and_changes_nothing() {
    let cases = [
        ("key", KEY_SIZE_MAX + 1, 1),
        ("value", 1, VALUE_SIZE_MAX + 1),
    ];
    for (what, key, value) in cases {
        let table = Memtable::new(64 << 20, SEED);
        let mut batch = Batch::new();
        batch.put("ada", "90");
        batch.put(vec![b'k'; key], vec![b'v'; value]);
        let error = table
            .write(Timestamp(1), &batch)
            .expect_err("one byte above the limit");
        assert!(error.to_string().contains(what), "{error}");
        compare(
            &versions(&table),
            &Vec::<String>::new(),
            "the batch is refused as a whole, with the writes before the bad one",
        );
    }
}

#[test]
fn a_version_is_never_written_twice() {
    // As of 1 there is a newer write between; the others are the ends of time.
    for (bob, cy) in [(1, 2), (0, 0), (u64::MAX, u64::MAX)] {
        let table = new_table();
        write(&table, bob, &[("bob", Some("10"))]);
        write(&table, cy, &[("cy", Some("35"))]);
        let before = versions(&table);
        let again = batch(&[("ada", Some("90")), ("bob", None)]);
        let result = table.write(Timestamp(bob), &again);
        assert!(
            matches!(result, Err(Error::Duplicate { timestamp }) if timestamp == Timestamp(bob)),
            "bob was written as of {bob} before, and a version never changes: {result:?}"
        );
        compare(
            &versions(&table),
            &before,
            "the batch is refused as a whole, with the write of ada that was all right",
        );
        compare(
            &table.memory_used(),
            &sizes_added_up(&table),
            "what was refused takes no memory",
        );
    }
}

#[test]
fn a_writer_does_not_wait_for_another() {
    let mut large = Batch::new();
    for n in 0..20_000_u32 {
        large.put(n.to_be_bytes(), "value");
    }
    let small = batch(&[("ada", Some("90"))]);
    // The small write comes while the large one is under way. Now and then it comes too late, or
    // its thread has to wait for a processor, so there are several tries.
    let overtakes = || {
        let table = Memtable::new(8 << 20, SEED);
        thread::scope(|scope| {
            let writer = scope.spawn(|| table.write(Timestamp(1), &large));
            while table.memory_used() == 0 && !writer.is_finished() {
                thread::yield_now();
            }
            let result = table.write(Timestamp(2), &small);
            let is_under_way = table.len() <= large.len();
            assert!(result.is_ok(), "there is room for both: {result:?}");
            let result = writer.join().expect("no panic");
            assert!(result.is_ok(), "there is room for both: {result:?}");
            is_under_way
        })
    };
    assert!(
        (0..20).any(|_| overtakes()),
        "a small write was never done before a large one that had begun. The list takes many \
         writers at once; only freezing has to wait for them. (Which half of the lock does a \
         writer hold?)"
    );
}

#[test]
fn timestamps_may_come_in_any_order() {
    let table = new_table();
    for (timestamp, value) in [(5, "35"), (1, "90"), (3, "70")] {
        write(&table, timestamp, &[("ada", Some(value))]);
    }
    let expected = [
        r#""ada" @5 put "35""#,
        r#""ada" @3 put "70""#,
        r#""ada" @1 put "90""#,
    ];
    compare(
        &versions(&table),
        &expected,
        "the timestamp decides which is newer, not which came last",
    );
}

/// A table that two threads have filled, and the timestamps of the batches that were accepted.
struct Race {
    accepted: Vec<u64>,
    table: Memtable,
}

/// How many entries each batch of a race has.
const RACERS: usize = 16;

impl Race {
    /// Two threads write batches until each was refused twice.
    fn run(budget: usize) -> Self {
        let table = Memtable::new(budget, SEED);
        let timestamps = AtomicU64::new(1);
        let start = Barrier::new(2);
        let writer = |name: &str| {
            let keys: Vec<String> = (0..RACERS).map(|n| format!("{n:02}-{name}")).collect();
            let writes: Vec<_> = keys.iter().map(|key| (key.as_str(), Some("1"))).collect();
            let batch = batch(&writes);
            let mut accepted = Vec::new();
            let mut refused = 0;
            start.wait();
            while refused < 2 {
                let timestamp = timestamps.fetch_add(1, Ordering::Relaxed);
                match table.write(Timestamp(timestamp), &batch) {
                    Ok(()) => accepted.push(timestamp),
                    Err(Error::Full { .. }) => refused += 1,
                    Err(error) => panic!("only Full can happen here: {error}"),
                }
            }
            accepted
        };
        let mut accepted = thread::scope(|scope| {
            let one = scope.spawn(|| writer("one"));
            let mut accepted = writer("two");
            accepted.extend(one.join().expect("no panic"));
            accepted
        });
        accepted.sort_unstable();
        Self { accepted, table }
    }
}

#[test]
fn two_threads_on_a_table_that_fills_up_lose_nothing_and_leave_no_halves() {
    for budget in (2000..6000).step_by(16) {
        let Race { accepted, table } = Race::run(budget);
        let mut found = Vec::new();
        let mut cursor = table.versions();
        cursor.seek_to_first();
        while let Some(entry) = cursor.current() {
            found.push(entry.key.timestamp.0);
            cursor.next();
        }
        found.sort_unstable();
        let expected: Vec<u64> = accepted.iter().flat_map(|&t| [t; RACERS]).collect();
        compare(
            &found,
            &expected,
            &format!(
                "budget {budget}: the timestamps of all versions. Each batch that was accepted \
                 has {RACERS}, and no other batch has any"
            ),
        );
        let used = table.memory_used();
        compare(&used, &sizes_added_up(&table), "the memory that they take");
        assert!(used <= budget, "budget {budget}, and {used} bytes are used");
    }
}

// Hole 3: first_list

#[test]
fn an_empty_table_takes_a_batch_larger_than_its_budget() {
    let value = "v".repeat(3000);
    let large = batch(&[("ada", Some("90")), ("bob", Some(value.as_str()))]);
    let needed = size_of(1, &large);
    for budget in [0, 100, needed - 1] {
        let table = Memtable::new(budget, SEED);
        let result = table.write(Timestamp(1), &large);
        assert!(
            result.is_ok(),
            "a budget of {budget}, a batch of {needed}: were the first batch refused, then so \
             were it by every new table: {result:?}"
        );
        compare(&table.len(), &2, "both writes are there");
        compare(
            &table.size_budget(),
            &budget,
            "the budget says what was asked for",
        );
        let result = table.write(Timestamp(2), &batch(&[("cy", Some("35"))]));
        assert!(
            matches!(result, Err(Error::Full { left: 0, .. })),
            "the room was made for the first batch alone, so the next finds none: {result:?}"
        );
    }
}

#[test]
fn a_first_batch_of_many_writes_has_exactly_the_room_it_needs() {
    let names: Vec<String> = (0..300).map(|n| format!("customer/{n}")).collect();
    let writes: Vec<_> = names.iter().map(|name| (name.as_str(), None)).collect();
    let batch = batch(&writes);
    for timestamp in [1, 2, 3] {
        let needed = size_of(timestamp, &batch);
        for budget in [100, needed - 1, needed, needed + 8] {
            let table = Memtable::new(budget, SEED);
            let result = table.write(Timestamp(timestamp), &batch);
            assert!(
                result.is_ok(),
                "a budget of {budget}, a batch of {needed}: {result:?}. (The towers of a list \
                 follow from its seed and its keys, so the size does, too.)"
            );
            compare(
                &table.memory_used(),
                &needed,
                "what the batch takes, with the towers that this seed gives it",
            );
        }
    }
}

/// A table with a small budget takes a large batch after one that left nothing behind.
#[track_caller]
fn assert_still_empty(table: &Memtable, before: &str) {
    let value = "v".repeat(200_000);
    let result = table.write(Timestamp(3), &batch(&[("ada", Some(value.as_str()))]));
    assert!(
        result.is_ok(),
        "before it came {before}, which has left nothing behind. So this is the first batch, and \
         the table has to make room for it: {result:?}"
    );
}

#[test]
fn a_table_is_empty_after_an_empty_batch() {
    let table = Memtable::new(100, SEED);
    table
        .write(Timestamp(1), &Batch::new())
        .expect("there is nothing to refuse");
    assert_still_empty(&table, "an empty batch");
}

#[test]
fn a_table_is_empty_after_a_batch_that_was_refused() {
    let table = Memtable::new(100, SEED);
    let mut illegal = Batch::new();
    illegal.put(vec![b'k'; KEY_SIZE_MAX + 1], "90");
    table
        .write(Timestamp(1), &illegal)
        .expect_err("the key is one byte above the limit");
    assert_still_empty(&table, "a batch with too large a key");
}

#[test]
fn a_small_first_batch_leaves_the_rest_of_the_budget() {
    let table = Memtable::new(1000, SEED);
    write(&table, 1, &[("ada", Some("90"))]);
    let value = "v".repeat(4000);
    let error = table
        .write(Timestamp(2), &batch(&[("bob", Some(value.as_str()))]))
        .expect_err("4,000 bytes do not fit into 1,000");
    let Error::Full { left, .. } = error else {
        panic!("expected Full: {error}");
    };
    compare(
        &left,
        &(1000 - table.memory_used()),
        "what the first batch did not take of the budget",
    );
}

#[test]
fn the_largest_legal_batch_fits_into_an_empty_table() {
    let mut batch = Batch::new();
    for key in 0..3_u8 {
        batch.put([key], vec![key; VALUE_SIZE_MAX]);
    }
    batch.put("last", vec![9; VALUE_SIZE_MAX - 4 * 8 - 7]);
    batch.check().expect("64 MiB, which is the most allowed");
    let mut more = batch.clone();
    more.put("", "");
    more.check().expect_err("one more entry is too many");
    let table = Memtable::new(1 << 20, SEED);
    let result = table.write(Timestamp(1), &batch);
    assert!(result.is_ok(), "every legal batch is accepted: {result:?}");
    compare(&table.len(), &4, "all of it is there");
}

// Properties, for hole 1 and hole 2

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_batch_in_order_is_what_a_map_would_hold(writes in prop::collection::vec(generate::write(), 0..12)) {
        let mut batch = Batch::new();
        let mut map = std::collections::BTreeMap::new();
        for write in &writes {
            write.add_to(&mut batch);
        }
        for entry in batch.iter() {
            map.insert(entry.key, (entry.operation, entry.value));
        }
        let yours: Vec<_> = in_order(&batch).into_iter().map(|e| (e.key, (e.operation, e.value))).collect();
        let expected: Vec<_> = map.into_iter().collect();
        prop_assert!(yours == expected, "yours: {yours:?}\nexpected: {expected:?}");
    }

    #[test]
    fn any_batches_are_there_with_all_their_versions(
        batches in prop::collection::vec(generate::writes(), 0..12),
    ) {
        let (table, model) = same_in_both(&batches).expect("there is room");
        let expected: Vec<String> = model.iter().map(|(key, value)| line(key, value)).collect();
        prop_assert!(
            versions(&table) == expected,
            "yours: {:#?}\nexpected: {expected:#?}", versions(&table)
        );
        let mut back = versions_back(&table);
        back.reverse();
        prop_assert!(back == expected, "backwards, yours: {back:#?}\nexpected: {expected:#?}");
        prop_assert_eq!(table.len(), model.len());
        prop_assert_eq!(table.memory_used(), sizes_added_up(&table));
    }
}
