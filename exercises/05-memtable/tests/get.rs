//! Looking up a key as of a timestamp.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use ferrisdb_core::{Batch, Found, Operation, Source, Timestamp};
use ferrisdb_memtable::Memtable;
use ferrisdb_testkit::generate;
use proptest::prelude::*;

use support::{answer, chapter, compare, config, new_table, same_in_both, write};

mod support;

/// What the table says about a key as of each timestamp from 0 on.
fn answers(table: &Memtable, key: &str, until: u64) -> Vec<String> {
    let at = |timestamp| answer(table.get(key.as_bytes(), Timestamp(timestamp)));
    (0..=until).map(at).collect()
}

#[test]
fn a_reader_sees_the_newest_version_at_or_before_its_timestamp() {
    let expected = [
        "nothing",
        r#"value "90""#,
        r#"value "90""#,
        r#"value "70""#,
        r#"value "70""#,
        r#"value "70""#,
        r#"value "70""#,
        r#"value "40""#,
        r#"value "40""#,
    ];
    compare(
        &answers(&chapter(), "ada", 8),
        &expected,
        "ada was written as of 1, 3 and 7; what readers as of 0 to 8 see",
    );
}

#[test]
fn a_cursor_that_owns_its_versions_outlives_the_table() {
    assert!(
        new_table().owned_cursor().is_none(),
        "there are no versions to own yet"
    );
    let table = chapter();
    let mut expected = Vec::new();
    let mut borrowed = table.versions();
    borrowed.seek_to_first();
    while let Some(entry) = borrowed.current() {
        expected.push((entry.key.user_key.to_vec(), entry.key.timestamp));
        borrowed.next();
    }
    let mut cursor = table.owned_cursor().expect("there are versions");
    drop(table);
    let mut found = Vec::new();
    let Ok(()) = cursor.seek_to_first();
    while cursor.is_valid() {
        found.push((cursor.key().user_key.to_vec(), cursor.key().timestamp));
        let Ok(()) = cursor.next();
    }
    compare(
        &found,
        &expected,
        "every version, also when the table is gone",
    );
}

#[test]
fn after_every_write_means_the_newest_version() {
    let found = answer(chapter().get(b"ada", Timestamp::MAX));
    compare(&found, &r#"value "40""#, "as of Timestamp::MAX");
}

#[test]
fn time_may_be_used_from_end_to_end() {
    let table = new_table();
    write(&table, 0, &[("ada", Some("first")), ("bob", None)]);
    write(&table, u64::MAX, &[("ada", None), ("bob", Some("last"))]);
    let cases = [
        ("ada", 0, r#"value "first""#),
        ("ada", u64::MAX - 1, r#"value "first""#),
        ("ada", u64::MAX, "deleted"),
        ("bob", 0, "deleted"),
        ("bob", u64::MAX - 1, "deleted"),
        ("bob", u64::MAX, r#"value "last""#),
    ];
    for (key, as_of, expected) in cases {
        compare(
            &answer(table.get(key.as_bytes(), Timestamp(as_of))),
            &expected,
            &format!("{key} as of {as_of}; the writes were as of 0 and of the largest timestamp"),
        );
    }
}

#[test]
fn a_tombstone_is_an_answer_and_not_the_absence_of_one() {
    let expected = [
        "nothing",
        "nothing",
        r#"value "10""#,
        r#"value "10""#,
        r#"value "10""#,
        r#"value "10""#,
        "deleted",
        "deleted",
    ];
    compare(
        &answers(&chapter(), "bob", 7),
        &expected,
        "bob was written as of 2 and deleted as of 6. Were a tombstone `None`, the engine would \
         go on to an older table and find a value that was deleted. Readers as of 0 to 7",
    );
}

#[test]
fn an_empty_value_is_a_value() {
    let table = new_table();
    write(&table, 1, &[("ada", Some(""))]);
    compare(
        &answers(&table, "ada", 1),
        &["nothing", r#"value """#],
        "an empty value is neither a delete nor nothing",
    );
}

#[test]
fn a_deleted_key_can_be_written_again() {
    let table = new_table();
    write(&table, 1, &[("ada", None)]);
    write(&table, 2, &[("ada", Some("90"))]);
    write(&table, 3, &[("ada", None)]);
    compare(
        &answers(&table, "ada", 3),
        &["nothing", "deleted", r#"value "90""#, "deleted"],
        "deleted as of 1, written as of 2, deleted as of 3",
    );
}

#[test]
fn a_key_is_neither_its_beginning_nor_its_neighbour() {
    let table = new_table();
    write(&table, 1, &[("ada", Some("90")), ("adam", Some("10"))]);
    for key in ["", "a", "ad", "ada\0", "adal", "adamant", "b"] {
        compare(
            &answer(table.get(key.as_bytes(), Timestamp(1))),
            &"nothing",
            &format!("{key:?} was never written; ada and adam were"),
        );
    }
    let found = answer(table.get(b"ada", Timestamp(1)));
    compare(&found, &r#"value "90""#, "ada was written");
}

#[test]
fn an_empty_table_knows_nothing() {
    let found = answer(new_table().get(b"ada", Timestamp::MAX));
    compare(&found, &"nothing", "nothing was ever written");
}

#[test]
fn the_newest_version_is_the_one_with_the_largest_timestamp() {
    let table = new_table();
    for (timestamp, value) in [(4, "70"), (2, "90")] {
        write(&table, timestamp, &[("ada", Some(value))]);
    }
    compare(
        &answer(table.get(b"ada", Timestamp::MAX)),
        &r#"value "70""#,
        "written as of 4 first and as of 2 afterwards",
    );
}

#[test]
fn what_a_reader_sees_never_changes_while_others_write() {
    const CARDS: [&str; 4] = ["ada", "bob", "cy", "dee"];
    let table = &Memtable::new(1 << 20, support::SEED);
    write(table, 1, &CARDS.map(|card| (card, Some("100"))));
    // The newest timestamp whose write has returned.
    let visible = &AtomicU64::new(1);
    let balance = |card: &str, as_of: u64| -> i64 {
        match table.get(card.as_bytes(), Timestamp(as_of)) {
            Some(Found::Value(value)) => String::from_utf8_lossy(value).parse().expect("a number"),
            found => panic!("{card} always has a balance: {found:?}"),
        }
    };
    let total = |as_of| -> i64 { CARDS.iter().map(|card| balance(card, as_of)).sum() };
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for n in 2..1500_u64 {
                let from = CARDS[usize::try_from(n % 4).expect("small")];
                let to = CARDS[usize::try_from((n + 1 + n / 4 % 3) % 4).expect("small")];
                let amount = i64::try_from(n % 7).expect("small");
                let left = (balance(from, n - 1) - amount).to_string();
                let more = (balance(to, n - 1) + amount).to_string();
                write(table, n, &[(from, Some(&left)), (to, Some(&more))]);
                visible.store(n, Ordering::Release);
            }
        });
        while !writer.is_finished() {
            let as_of = visible.load(Ordering::Acquire);
            for time in ["first", "second"] {
                compare(
                    &total(as_of),
                    &400,
                    &format!("every transfer keeps the total; the {time} look as of {as_of}"),
                );
            }
        }
        writer.join().expect("no panic");
    });
}

/// Whether a lookup was done late in a large write, while a freeze had been waiting since early
/// in it.
fn looks_up_during_a_freeze(large: &Batch) -> bool {
    let table = &Memtable::new(8 << 20, support::SEED);
    let is_freezing = &AtomicBool::new(false);
    thread::scope(|scope| {
        let writer = scope.spawn(|| table.write(Timestamp(1), large));
        while table.memory_used() == 0 && !writer.is_finished() {
            thread::yield_now();
        }
        scope.spawn(|| {
            is_freezing.store(true, Ordering::Release);
            table.freeze();
        });
        while !is_freezing.load(Ordering::Acquire) {
            thread::yield_now();
        }
        let is_early = table.len() < large.len() / 4;
        let mut is_late = false;
        while !writer.is_finished() {
            let begun = table.len();
            let _ = table.get(b"ada", Timestamp(1));
            is_late |= begun > large.len() / 2 && table.len() < large.len();
        }
        is_early && is_late
    })
}

#[test]
fn a_lookup_does_not_wait_for_a_freeze() {
    let mut large = Batch::new();
    for n in 0..30_000_u32 {
        large.put(n.to_be_bytes(), "value");
    }
    // On a busy machine a thread may get no processor at the right time.
    assert!(
        (0..10).any(|_| looks_up_during_a_freeze(&large)),
        "a freeze was waiting for a large write, and no lookup was done before both were through. \
         Readers take no lock: nothing that they look at ever changes"
    );
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_key_as_of_every_timestamp_is_what_the_model_says(
        batches in prop::collection::vec(generate::writes(), 0..10),
        others in prop::collection::vec(generate::key(), 0..4),
    ) {
        let (table, model) = same_in_both(&batches).expect("there is room");
        let written = model.iter().map(|(key, _)| key.user_key);
        let keys = written.chain(others.iter().map(AsRef::as_ref));
        let until = batches.len() as u64 + 1;
        for key in keys {
            for as_of in (0..=until).chain([u64::MAX]).map(Timestamp) {
                let expected = model.find(key, as_of).map(|(found, value)| match found.operation {
                    Operation::Put => Found::Value(value),
                    Operation::Delete => Found::Deleted,
                });
                let yours = table.get(key, as_of);
                prop_assert!(
                    yours == expected,
                    "{:?} as of {as_of}\n     yours: {}\n  expected: {}",
                    ferrisdb_testkit::show(key), answer(yours), answer(expected)
                );
            }
        }
    }
}
