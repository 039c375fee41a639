//! Walking over a range as of a timestamp: forwards first, then backwards and from both ends.

use std::ops::{Bound, RangeBounds};
use std::sync::OnceLock;
use std::time::Duration;

use ferrisdb_core::{Batch, Clock, SystemClock, Timestamp};
use ferrisdb_memtable::{Memtable, Scan};
use ferrisdb_testkit::{Text, generate};
use proptest::prelude::*;

use support::{SEED, chapter, compare, config, new_table, same_in_both, write};

mod support;

fn text((key, value): (&[u8], &[u8])) -> String {
    format!("{}={}", key.escape_ascii(), value.escape_ascii())
}

/// A scan over a range, as text.
fn forwards<'k>(table: &Memtable, range: impl RangeBounds<&'k str>, as_of: u64) -> Vec<String> {
    table.scan(range, Timestamp(as_of)).map(text).collect()
}

/// The same, backwards.
fn backwards<'k>(table: &Memtable, range: impl RangeBounds<&'k str>, as_of: u64) -> Vec<String> {
    let scan = table.scan(range, Timestamp(as_of));
    scan.rev().map(text).collect()
}

fn none() -> Vec<String> {
    Vec::new()
}

// Hole 6: next

#[test]
fn a_scan_shows_what_was_true_as_of_its_timestamp() {
    let table = chapter();
    let cases: [(u64, &[&str]); 6] = [
        (0, &[]),
        (1, &["ada=90"]),
        (3, &["ada=70", "bob=10"]),
        (5, &["ada=70", "bob=10", "cy=35"]),
        (6, &["ada=70", "cy=35"]),
        (u64::MAX, &["ada=40", "cy=35"]),
    ];
    for (as_of, expected) in cases {
        compare(
            &forwards(&table, .., as_of),
            &expected,
            &format!("each key with its newest version at or before {as_of}, but no deleted one"),
        );
    }
    let shown = format!("{:?}", table.scan::<&str>(.., Timestamp(6)));
    assert!(
        shown.contains("as_of: Timestamp(6)"),
        "its Debug form names the time: {shown}"
    );
}

#[test]
fn a_deleted_key_shows_no_older_value() {
    let table = new_table();
    for n in 1..=20 {
        write(&table, n, &[("ada", Some("old")), ("bob", Some("old"))]);
    }
    write(&table, 21, &[("ada", None)]);
    compare(
        &forwards(&table, .., 21),
        &["bob=old"],
        "ada was deleted, and below the tombstone lie twenty values",
    );
}

#[test]
fn an_empty_value_is_shown() {
    let table = new_table();
    write(&table, 1, &[("ada", Some("")), ("bob", None)]);
    compare(
        &forwards(&table, .., 1),
        &["ada="],
        "ada has a value, bob has none",
    );
}

#[test]
fn keys_that_are_written_later_are_passed_over() {
    let table = new_table();
    write(&table, 1, &[("bob", Some("10"))]);
    for n in 2..=30 {
        write(
            &table,
            n,
            &[
                ("ada", Some("new")),
                ("bob", Some("new")),
                ("cy", Some("new")),
            ],
        );
    }
    compare(
        &forwards(&table, .., 1),
        &["bob=10"],
        "as of 1 there was only bob, whatever lies around him now",
    );
}

#[test]
fn bounds_may_be_included_excluded_or_open() {
    let table = new_table();
    for n in 1..=30 {
        write(
            &table,
            n,
            &[("a", Some("1")), ("b", Some("2")), ("c", Some("3"))],
        );
    }
    let a_and_b = ["a=1", "b=2"];
    compare(&forwards(&table, "a".."c", 20), &a_and_b, "a..c");
    compare(&forwards(&table, "a"..="b", 20), &a_and_b, "a..=b");
    compare(&forwards(&table, "b".., 20), &["b=2", "c=3"], "b..");
    compare(&forwards(&table, .."b", 20), &["a=1"], "..b");
    let after_a = (Bound::Excluded("a"), Bound::Unbounded);
    compare(&forwards(&table, after_a, 20), &["b=2", "c=3"], "after a");
    compare(&forwards(&table, "aa".."bb", 20), &["b=2"], "between keys");
    compare(&forwards(&table, "d".., 20), &none(), "behind the last key");
}

#[test]
fn a_range_that_ends_before_it_starts_is_empty() {
    let table = chapter();
    compare(&forwards(&table, "c".."a", 9), &none(), "c..a");
    compare(&forwards(&table, "ada".."ada", 9), &none(), "ada..ada");
    let nothing = (Bound::Excluded("ada"), Bound::Excluded("ada"));
    compare(
        &forwards(&table, nothing, 9),
        &none(),
        "after ada, before ada",
    );
    compare(
        &forwards(&table, "ada"..="ada", 9),
        &["ada=40"],
        "ada..=ada",
    );
}

/// A table that was written as of the smallest timestamp there is, as of 1, and as of the
/// largest. Dee has a value as of 0, and a tombstone as of 1.
fn ends_of_time() -> Memtable {
    let table = new_table();
    let (first, second, last) = (Some("first"), Some("second"), Some("last"));
    let writes = [
        ("ada", first),
        ("bob", first),
        ("cy", first),
        ("dee", first),
    ];
    write(&table, 0, &writes);
    write(
        &table,
        1,
        &[("ada", second), ("bob", second), ("dee", None)],
    );
    write(&table, u64::MAX, &[("ada", last), ("bob", last)]);
    table
}

#[test]
fn time_may_be_used_from_end_to_end() {
    let table = ends_of_time();
    let after_ada = (Bound::Excluded("ada"), Bound::Unbounded);
    compare(
        &forwards(&table, after_ada, u64::MAX),
        &["bob=last", "cy=first"],
        "after ada, who was written as of the largest timestamp there is",
    );
    compare(
        &forwards(&table, .., u64::MAX - 1),
        &["ada=second", "bob=second", "cy=first"],
        "one before the largest timestamp there is",
    );
    compare(
        &forwards(&table, .., 0),
        &["ada=first", "bob=first", "cy=first", "dee=first"],
        "as of 0, the smallest timestamp there is",
    );
}

#[test]
fn a_scan_of_an_empty_table_is_empty_and_stays_so() {
    let table = new_table();
    let mut scan = table.scan::<&str>(.., Timestamp::MAX);
    compare(&scan.next(), &None, "nothing was ever written");
    compare(&scan.next(), &None, "and the end stays the end");
}

#[test]
fn what_is_written_during_a_scan_does_not_show() {
    let table = new_table();
    write(
        &table,
        1,
        &[("b", Some("1")), ("d", Some("1")), ("f", Some("1"))],
    );
    let mut scan = table.scan::<&str>(.., Timestamp(1));
    compare(
        &scan.next().map(text),
        &Some("b=1".to_owned()),
        "the first key",
    );
    write(
        &table,
        2,
        &[
            ("a", Some("2")),
            ("c", Some("2")),
            ("d", None),
            ("f", Some("2")),
            ("g", Some("2")),
        ],
    );
    compare(
        &scan.map(text).collect::<Vec<_>>(),
        &["d=1", "f=1"],
        "the reader is as of 1, and the write was as of 2",
    );
}

/// Twelve keys with as many versions each, and one key with a single version between each two.
const VERSIONS: u64 = 6000;
fn crowded() -> &'static Memtable {
    // Not a `LazyLock`: if `write` is not written yet, each test should say so.
    static CROWDED: OnceLock<Memtable> = OnceLock::new();
    CROWDED.get_or_init(make_crowded)
}

fn make_crowded() -> Memtable {
    let table = Memtable::new(64 << 20, SEED);
    let mut batch = Batch::new();
    for timestamp in 1..=VERSIONS {
        batch.clear();
        for key in 0..12_u8 {
            batch.put([key, 1], "value");
            if timestamp == 1 {
                batch.put([key, 2], "value");
            }
        }
        let result = table.write(Timestamp(timestamp), &batch);
        result.expect("there is room");
    }
    table
}

/// The shortest of several tries.
fn shortest(mut action: impl FnMut() -> usize, expected: usize) -> Duration {
    let clock = SystemClock;
    let tries = (0..5).map(|_| {
        let start = clock.elapsed();
        compare(&action(), &expected, "what was walked over");
        clock.elapsed().saturating_sub(start)
    });
    tries.min().expect("five tries")
}

fn count(scan: Scan<'_>) -> usize {
    scan.count()
}

fn count_back(scan: Scan<'_>) -> usize {
    scan.rev().count()
}

/// How long it takes to walk over every version of a table.
fn walk(table: &Memtable) -> Duration {
    let walk = || {
        let mut cursor = table.versions();
        cursor.seek_to_first();
        let mut versions = 0;
        while cursor.current().is_some() {
            versions += 1;
            cursor.next();
        }
        versions
    };
    shortest(walk, table.len())
}

/// A scan has to be much faster than a walk over every version.
#[track_caller]
fn assert_jumps(scan: fn(Scan<'_>) -> usize, readers: &[u64], why: &str) {
    let table = crowded();
    let walk = walk(table);
    for &as_of in readers {
        // As of 0 nothing was written yet.
        let keys = if as_of == 0 { 0 } else { 24 };
        let time = shortest(|| scan(table.scan::<&[u8]>(.., Timestamp(as_of))), keys);
        assert!(
            time * 4 < walk,
            "{why} To walk over all {} versions took {walk:?}; to show {keys} keys as of {as_of} \
             took {time:?}, and must not take a fourth of that",
            table.len()
        );
    }
}

#[test]
fn a_scan_jumps_over_what_is_too_new() {
    assert_jumps(
        count,
        &[0, 1],
        "All versions of a key but the first are too new, or all of them.",
    );
}

#[test]
fn a_scan_jumps_over_what_is_too_old() {
    assert_jumps(
        count,
        &[VERSIONS],
        "Behind the version that is shown come thousands of older ones.",
    );
}

/// One key as of 1, in the middle of many that were written later.
fn hidden() -> Memtable {
    let table = Memtable::new(8 << 20, SEED);
    write(&table, 1, &[("m", Some("value"))]);
    let mut batch = Batch::new();
    for n in 0..10_000_u16 {
        for first in [b'a', b'z'] {
            let [high, low] = n.to_be_bytes();
            batch.put([first, high, low], "value");
        }
    }
    let result = table.write(Timestamp(2), &batch);
    result.expect("there is room");
    table
}

/// A scan of a single key has to be much faster than a walk over all the others.
#[track_caller]
fn assert_stops(scan: fn(Scan<'_>) -> usize, why: &str) {
    let table = hidden();
    let walk = walk(&table);
    let time = shortest(|| scan(table.scan("m"..="m", Timestamp(1))), 1);
    assert!(
        time * 4 < walk,
        "{why} To walk over all {} keys took {walk:?}; to scan m..=m took {time:?}, and must not \
         take a fourth of that",
        table.len()
    );
}

#[test]
fn a_scan_stops_behind_its_range() {
    assert_stops(
        count,
        "At the first key behind the range the scan is over, whether or not the reader sees \
         that key.",
    );
}

#[test]
fn a_scan_goes_on_from_where_it_is() {
    let table = Memtable::new(8 << 20, SEED);
    let mut batch = Batch::new();
    for n in 0..20_000_u32 {
        batch.put(n.to_be_bytes(), "value");
    }
    let result = table.write(Timestamp(1), &batch);
    result.expect("there is room");
    // A busy machine may be in the way of a scan for once, but hardly three times.
    let measure = |_| {
        let scan = || count(table.scan::<&[u8]>(.., Timestamp(1)));
        (walk(&table), shortest(scan, batch.len()))
    };
    let tries: Vec<(Duration, Duration)> = (0..3).map(measure).collect();
    let (walk, time) = tries[0];
    assert!(
        tries.iter().any(|&(walk, time)| time < walk * 4),
        "to walk over {} versions took {walk:?}; to scan as many keys of one version each took \
         {time:?}, and must not take four times as long. (Is there a search for each key? \
         `self.front` is still at the last one.)",
        table.len()
    );
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_scan_shows_what_the_model_says(
        batches in prop::collection::vec(generate::writes(), 0..12),
        range in generate::range(),
        as_of in 0..14_u64,
    ) {
        let (table, model) = same_in_both(&batches).expect("there is room");
        let as_of = Timestamp(as_of);
        let found: Vec<_> = table.scan(range.clone(), as_of).map(as_text).collect();
        let expected = pairs(model.scan(range, as_of));
        prop_assert!(found == expected, "     yours: {found:?}\n  expected: {expected:?}");
    }
}

fn as_text((key, value): (&[u8], &[u8])) -> (Text, Text) {
    (Text::from(key), Text::from(value))
}

fn pairs(pairs: ferrisdb_testkit::Pairs) -> Vec<(Text, Text)> {
    let as_text = |(key, value)| (Text(key), Text(value));
    pairs.into_iter().map(as_text).collect()
}

// Hole 7: next_back

#[test]
fn backwards_shows_the_same_turned_around() {
    let table = chapter();
    let cases: [(u64, &[&str]); 6] = [
        (0, &[]),
        (1, &["ada=90"]),
        (3, &["bob=10", "ada=70"]),
        (5, &["cy=35", "bob=10", "ada=70"]),
        (6, &["cy=35", "ada=70"]),
        (u64::MAX, &["cy=35", "ada=40"]),
    ];
    for (as_of, expected) in cases {
        compare(
            &backwards(&table, .., as_of),
            &expected,
            &format!(
                "the newest version at or before {as_of}, although the oldest comes first from \
                 behind"
            ),
        );
    }
}

#[test]
fn backwards_the_first_key_of_all_is_shown_too() {
    let table = new_table();
    write(&table, 1, &[("ada", Some("90")), ("bob", Some("10"))]);
    compare(
        &backwards(&table, .., 1),
        &["bob=10", "ada=90"],
        "ada has a single version, and before it there is nothing",
    );
}

#[test]
fn backwards_a_deleted_key_shows_no_older_value() {
    let table = new_table();
    for n in 1..=20 {
        write(&table, n, &[("ada", Some("old")), ("bob", Some("old"))]);
    }
    write(&table, 21, &[("bob", None)]);
    compare(
        &backwards(&table, .., 21),
        &["ada=old"],
        "bob was deleted; his twenty older values come first from behind",
    );
    compare(
        &backwards(&table, .., 20),
        &["bob=old", "ada=old"],
        "before that he was there",
    );
}

#[test]
fn backwards_keys_that_are_written_later_are_passed_over() {
    let table = new_table();
    write(&table, 1, &[("bob", Some("10"))]);
    for n in 2..=30 {
        write(
            &table,
            n,
            &[
                ("ada", Some("new")),
                ("bob", Some("new")),
                ("cy", Some("new")),
            ],
        );
    }
    compare(
        &backwards(&table, .., 1),
        &["bob=10"],
        "as of 1 there was only bob",
    );
}

#[test]
fn backwards_bounds_may_be_included_excluded_or_open() {
    let table = new_table();
    for n in 1..=30 {
        write(
            &table,
            n,
            &[("a", Some("1")), ("b", Some("2")), ("c", Some("3"))],
        );
    }
    let b_and_a = ["b=2", "a=1"];
    compare(&backwards(&table, "a".."c", 20), &b_and_a, "a..c");
    compare(&backwards(&table, "a"..="b", 20), &b_and_a, "a..=b");
    compare(&backwards(&table, "b".., 20), &["c=3", "b=2"], "b..");
    compare(&backwards(&table, .."b", 20), &["a=1"], "..b");
    let after_a = (Bound::Excluded("a"), Bound::Unbounded);
    compare(&backwards(&table, after_a, 20), &["c=3", "b=2"], "after a");
    compare(
        &backwards(&table, ..="bb", 20),
        &b_and_a,
        "an end between keys",
    );
    compare(
        &backwards(&table, .."a", 20),
        &none(),
        "before the first key",
    );
    compare(
        &backwards(&table, "c".."a", 20),
        &none(),
        "an end before the start",
    );
    let before_c = (Bound::Excluded("a"), Bound::Excluded("c"));
    compare(
        &backwards(&table, before_c, 20),
        &["b=2"],
        "after a, before c",
    );
    let nothing = (Bound::Excluded("b"), Bound::Excluded("b"));
    compare(
        &backwards(&table, nothing, 20),
        &none(),
        "after b, before b",
    );
    compare(&backwards(&table, "b".."b", 20), &none(), "b..b");
    compare(&backwards(&table, "b"..="b", 20), &["b=2"], "b..=b");
    let table = new_table();
    compare(&backwards(&table, .., 20), &none(), "an empty table");
}

#[test]
fn backwards_time_may_be_used_from_end_to_end() {
    let table = ends_of_time();
    compare(
        &backwards(&table, .., u64::MAX),
        &["cy=first", "bob=last", "ada=last"],
        "ada and bob were written as of the largest timestamp there is",
    );
    compare(
        &backwards(&table, .., u64::MAX - 1),
        &["cy=first", "bob=second", "ada=second"],
        "one before the largest timestamp there is",
    );
    compare(
        &backwards(&table, .., 0),
        &["dee=first", "cy=first", "bob=first", "ada=first"],
        "as of 0, the smallest timestamp there is",
    );
    compare(
        &backwards(&table, .."bob", u64::MAX),
        &["ada=last"],
        "before bob, who was written as of the largest timestamp there is",
    );
}

#[test]
fn backwards_what_is_written_during_a_scan_does_not_show() {
    let table = new_table();
    write(
        &table,
        1,
        &[("b", Some("1")), ("d", Some("1")), ("f", Some("1"))],
    );
    let mut scan = table.scan::<&str>(.., Timestamp(1));
    compare(
        &scan.next_back().map(text),
        &Some("f=1".to_owned()),
        "the last key",
    );
    write(
        &table,
        2,
        &[
            ("a", Some("2")),
            ("b", Some("2")),
            ("c", Some("2")),
            ("d", None),
            ("f", Some("2")),
            ("g", Some("2")),
        ],
    );
    compare(
        &scan.rev().map(text).collect::<Vec<_>>(),
        &["d=1", "b=1"],
        "the reader is as of 1, and the write was as of 2",
    );
}

#[test]
fn both_ends_meet_and_show_each_key_once() {
    let table = new_table();
    let keys = ["a", "b", "c", "d", "e"];
    for n in 1..=3 {
        write(&table, n, &keys.map(|key| (key, Some("1"))));
    }
    // 'f' is a step from the front, 'b' one from the back; from each scan seven.
    for steps in [
        "fffffff", "bbbbbbb", "fbfbfbf", "bfbfbfb", "ffbbffb", "bbbffff", "fbbbbbf",
    ] {
        let mut scan = table.scan::<&str>(.., Timestamp(2));
        let (mut front, mut back) = (Vec::new(), Vec::new());
        for step in steps.chars() {
            match step {
                'f' => front.extend(scan.next().map(text)),
                _ => back.extend(scan.next_back().map(text)),
            }
        }
        back.reverse();
        front.extend(back);
        compare(
            &front,
            &["a=1", "b=1", "c=1", "d=1", "e=1"],
            &format!(
                "steps {steps}: what came from the front, then what came from the back. (Each end \
                 has to tell the other which key is done: `next` in `self.start`, `next_back` in \
                 `self.end`)"
            ),
        );
    }
}

#[test]
fn a_scan_backwards_jumps_as_well() {
    assert_jumps(
        count_back,
        &[0, 1, VERSIONS / 2, VERSIONS],
        "Backwards, every step is a search, and a key may have thousands of versions.",
    );
}

#[test]
fn a_scan_backwards_stops_before_its_range() {
    assert_stops(
        count_back,
        "At the first key before the range the scan is over, whether or not the reader sees \
         that key.",
    );
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_scan_from_both_ends_shows_what_the_model_says(
        batches in prop::collection::vec(generate::writes(), 0..12),
        range in generate::range(),
        as_of in 0..14_u64,
        from_the_back in prop::collection::vec(any::<bool>(), 16),
    ) {
        let (table, model) = same_in_both(&batches).expect("there is room");
        let as_of = Timestamp(as_of);
        let mut expected = pairs(model.scan(range.clone(), as_of));
        let mut scan = table.scan(range, as_of);
        for back in from_the_back {
            let (end, yours, expected) = if back {
                ("back", scan.next_back(), expected.pop())
            } else {
                let first = (!expected.is_empty()).then(|| expected.remove(0));
                ("front", scan.next(), first)
            };
            let yours = yours.map(as_text);
            prop_assert!(
                yours == expected,
                "from the {end}\n     yours: {yours:?}\n  expected: {expected:?}"
            );
        }
    }
}
