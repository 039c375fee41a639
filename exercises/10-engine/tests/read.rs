//! What readers see: of the parts, of the past, and while everything changes.

mod support;

use std::io::ErrorKind;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use ferrisdb_core::{Batch, Clock, SystemClock, Timestamp};
use ferrisdb_engine::{Cursor, Engine, Snapshot};
use ferrisdb_manifest::Edit;
use ferrisdb_testkit::generate::{self, Range, Write};
use ferrisdb_testkit::{Fault, FaultyFs, IoKind, MemFs, Pairs, Text, Versions, When};
use ferrisdb_wal::SyncMode;
use proptest::prelude::*;

use support::gate::Gate;
use support::{
    DIRECTORY, StopAtEnd, batch, by_hand, compact, config, contents, delete, flush, new, open,
    open_read_only, open_with, put, roomy, small, text, value, value_at, walk, walked,
};

/// Writes a part of the database out, or does something like it.
type Step = fn(&FaultyFs, &Engine);

fn nothing(_: &FaultyFs, _: &Engine) {}

fn freeze(_: &FaultyFs, engine: &Engine) {
    assert!(engine.freeze().expect("the disk works"), "it has writes");
}

fn to_level_0(_: &FaultyFs, engine: &Engine) {
    flush(engine).expect("the disk works");
}

fn to_a_deep_level(fs: &FaultyFs, engine: &Engine) {
    flush(engine).expect("the disk works");
    compact(fs, engine).expect("the disk works");
}

/// Where a version can lie, beneath one that is written after it.
const PARTS: [(&str, Step); 4] = [
    ("the same memtable", nothing),
    ("a frozen memtable", freeze),
    ("a table of level 0", to_level_0),
    ("a table of a deeper level", to_a_deep_level),
];

/// A log by hand: this many batches of one key with a long value.
fn log_of(count: u64, size: usize) -> Vec<(u64, Batch)> {
    let one = |n| {
        (
            n,
            batch(&[(&*format!("k{n:02}"), Some(&*"x".repeat(size)))]),
        )
    };
    (1..=count).map(one).collect()
}

#[test]
fn a_batch_that_does_not_fit_goes_into_a_new_memtable_as_a_whole() {
    let mut log = log_of(20, 100);
    let mut large = Batch::new();
    for key in 0..5_u8 {
        large.put([b'p', key], vec![b'y'; 100]);
    }
    log.insert(10, (11, large));
    for (n, (timestamp, _)) in log.iter_mut().enumerate() {
        *timestamp = n as u64 + 1;
    }
    let fs = by_hand(&[], &log);
    let (engine, recovery) = open_read_only(&fs, small());
    assert_eq!(recovery.replayed, 21);
    assert!(
        (2..=5).contains(&engine.frozen()),
        "a memtable takes what fits, and then comes the next: {} are full",
        engine.frozen()
    );
    let found = walked(&engine);
    assert_eq!(found.len(), 25, "nothing is lost, nothing is there twice");
    assert_eq!(engine.metrics().memtable_versions, 25);
    assert_eq!(engine.published(), Timestamp(21));
}

#[test]
fn a_memtable_is_not_ended_before_it_is_full() {
    let fs = by_hand(&[], &log_of(20, 100));
    let (engine, _) = open_read_only(&fs, roomy());
    assert_eq!(engine.frozen(), 0, "there is room for all of it");
    assert_eq!(walked(&engine).len(), 20);
}

#[test]
fn a_batch_larger_than_a_memtable_fits_into_an_empty_one() {
    let large = 5 * support::MEMTABLE_SIZE;
    let mut log = log_of(3, large);
    log.extend([(4, batch(&[("small", Some("1"))]))]);
    log.extend([(5, batch(&[("k01", Some("again"))]))]);
    let fs = by_hand(&[], &log);
    let (engine, _) = open_read_only(&fs, small());
    assert_eq!(engine.frozen(), 3, "each of the large ones fills one");
    let mut cursor = engine.cursor(None);
    let pairs = walk(&mut cursor).expect("reads work");
    let sizes: Vec<_> = pairs.iter().map(|(_, value)| value.len()).collect();
    assert_eq!(sizes, [5, large, large, 1], "k01 is what it was last");
}

/// A database with something in each of its parts, on top of one another.
fn many_parts() -> FaultyFs {
    let log = [
        (8, batch(&[("memtable", Some("8")), ("hidden", None)])),
        (9, batch(&[("again", Some("9")), ("empty", Some(""))])),
    ];
    by_hand(
        &[
            (
                0,
                &[
                    ("level 0", 7, Some("7")),
                    ("memtable", 7, None),
                    ("older", 7, None),
                ],
            ),
            (
                0,
                &[
                    ("level 0", 6, Some("6")),
                    ("hidden", 6, Some("6")),
                    ("older", 6, Some("6")),
                ],
            ),
            (1, &[("a", 5, Some("5")), ("b", 5, Some("5"))]),
            (
                1,
                &[
                    ("level 0", 5, None),
                    ("level 1", 5, Some("5")),
                    ("older", 5, Some("5")),
                ],
            ),
            (
                4,
                &[
                    ("again", 3, Some("3")),
                    ("back", 2, Some("2")),
                    ("c", 3, Some("3")),
                ],
            ),
            (4, &[("deep", 3, Some("3")), ("deep", 1, Some("1"))]),
            (4, &[("empty", 2, Some("2")), ("level 1", 2, Some("2"))]),
        ],
        &log,
    )
}

/// What is there now in [`many_parts`].
const NOW: [(&str, Option<&str>); 15] = [
    ("memtable", Some("8")),
    ("hidden", None),
    ("again", Some("9")),
    ("empty", Some("")),
    ("level 0", Some("7")),
    ("older", None),
    ("a", Some("5")),
    ("b", Some("5")),
    ("level 1", Some("5")),
    ("back", Some("2")),
    ("c", Some("3")),
    ("deep", Some("3")),
    ("", None),
    ("between", None),
    ("zzz", None),
];

/// What was there at some time.
const THEN: [(&str, u64, Option<&str>); 15] = [
    ("memtable", 7, None),
    ("memtable", 8, Some("8")),
    ("hidden", 7, Some("6")),
    ("hidden", 5, None),
    ("again", 8, Some("3")),
    ("again", 2, None),
    ("empty", 8, Some("2")),
    ("level 0", 6, Some("6")),
    ("level 0", 5, None),
    ("older", 6, Some("6")),
    ("older", 5, Some("5")),
    ("older", 4, None),
    ("level 1", 4, Some("2")),
    ("deep", 2, Some("1")),
    ("deep", 99, Some("3")),
];

#[test]
fn parts_are_asked_from_the_newest_to_the_oldest() {
    let (engine, _) = open_with(&many_parts(), roomy()).expect("it opens");
    for (key, expected) in NOW {
        assert_eq!(value(&engine, key).as_deref(), expected, "{key}");
        let pinned = engine.get_pinned(key, None).expect("reads work");
        assert_eq!(
            pinned.as_deref(),
            expected.map(str::as_bytes),
            "{key}, pinned"
        );
    }
    for (key, time, expected) in THEN {
        let found = value_at(&engine, key, Some(Timestamp(time)));
        assert_eq!(found.as_deref(), expected, "{key} as of @{time}");
    }
}

#[test]
fn a_lookup_asks_no_more_parts_than_it_must() {
    let fs = by_hand(
        &[
            (0, &[("a", 5, Some("5")), ("m", 5, Some("5"))]),
            (1, &[("a", 3, Some("3")), ("c", 3, Some("3"))]),
            (1, &[("k", 3, Some("3")), ("m", 3, Some("3"))]),
            (2, &[("a", 1, Some("1")), ("z", 1, Some("1"))]),
        ],
        &[(6, batch(&[("log", Some("6"))]))],
    );
    let cases = [("log", 0), ("a", 1), ("m", 1), ("c", 1), ("z", 1)];
    for (key, blocks) in cases {
        let (engine, _) = open_with(&fs, roomy()).expect("it opens");
        let before = engine.metrics().cache_misses;
        assert!(value(&engine, key).is_some(), "{key}");
        let read = engine.metrics().cache_misses - before;
        assert_eq!(
            read, blocks,
            "{key}: the first part that knows anything has the answer"
        );
    }
}

#[test]
fn a_part_that_cannot_be_read_is_not_passed_over() {
    let fs = by_hand(
        &[
            (0, &[("a", 5, Some("new"))]),
            (1, &[("a", 3, Some("old")), ("c", 3, Some("old"))]),
        ],
        &[],
    );
    let (engine, _) = open_with(&fs, roomy()).expect("it opens");
    fs.inject(When::Every(IoKind::Read), Fault::Error(ErrorKind::Other));
    let error = engine
        .get("a", None)
        .expect_err("its newest table cannot be read");
    assert!(error.to_string().contains(".sst"), "{error}");
    fs.clear_faults();
    assert_eq!(value(&engine, "a").as_deref(), Some("new"), "that was all");
}

#[test]
fn the_newest_part_that_knows_anything_decides() {
    for (lower, down) in PARTS {
        for (middle, further) in PARTS {
            let what = format!("above {middle}, above {lower}");
            let (fs, engine) = new();
            for key in ["put", "deleted", "back", "empty", "old"] {
                put(&engine, key, "old");
            }
            down(&fs, &engine);
            put(&engine, "put", "middle");
            delete(&engine, "deleted");
            delete(&engine, "back");
            put(&engine, "empty", "");
            put(&engine, "middle", "middle");
            further(&fs, &engine);
            put(&engine, "put", "new");
            put(&engine, "back", "new");
            put(&engine, "new", "new");
            let expected = [
                ("put", Some("new")),
                ("deleted", None),
                ("back", Some("new")),
                ("empty", Some("")),
                ("old", Some("old")),
                ("middle", Some("middle")),
                ("new", Some("new")),
                ("never", None),
            ];
            for (key, expected) in expected {
                assert_eq!(value(&engine, key).as_deref(), expected, "{key}, {what}");
                let pinned = engine.get_pinned(key, None).expect("reads work");
                assert_eq!(
                    pinned.as_deref(),
                    expected.map(str::as_bytes),
                    "{key}, pinned, {what}"
                );
            }
            let found = contents(&engine);
            assert_eq!(found.len(), 6, "{what}: {:?}", text(&found));
        }
    }
}

#[test]
fn a_cursor_goes_from_table_to_table_of_a_level() {
    let fs = by_hand(
        &[
            (
                2,
                &[("apple", 1, Some("red")), ("banana", 2, Some("green"))],
            ),
            (2, &[("cherry", 3, Some("red"))]),
            (2, &[("date", 4, Some("brown")), ("fig", 5, Some("blue"))]),
            (0, &[("banana", 6, Some("yellow")), ("cherry", 7, None)]),
        ],
        &[],
    );
    let (engine, _) = open_with(&fs, roomy()).expect("it opens");
    assert_eq!(
        text(&contents(&engine)),
        [
            r#""apple" = "red""#,
            r#""banana" = "yellow""#,
            r#""date" = "brown""#,
            r#""fig" = "blue""#
        ],
        "what a scan finds, yours left"
    );
    let mut cursor = engine.cursor(None);
    for (target, at_or_behind, at_or_before) in [
        ("a", Some("apple"), None),
        ("apple", Some("apple"), Some("apple")),
        ("b", Some("banana"), Some("apple")),
        ("cherry", Some("date"), Some("banana")),
        ("e", Some("fig"), Some("date")),
        ("z", None, Some("fig")),
    ] {
        let key = |cursor: &Cursor| cursor.is_valid().then(|| cursor.key().to_vec());
        cursor.seek(target.as_bytes()).expect("reads work");
        let behind = key(&cursor);
        let sought = cursor.seek_for_prev(target.as_bytes());
        sought.expect("reads work");
        let expected = [at_or_behind, at_or_before].map(|key| key.map(|key| key.as_bytes().into()));
        assert_eq!(
            [behind, key(&cursor)],
            expected,
            "the keys at or behind, and at or before {target:?}; yours left"
        );
    }
}

#[test]
fn a_reader_as_of_a_time_sees_what_was_there_then() {
    for (name, step) in PARTS {
        let (fs, engine) = new();
        // Keeps all versions from being dropped.
        let _beginning = engine.snapshot();
        put(&engine, "a", "1");
        step(&fs, &engine);
        delete(&engine, "a");
        put(&engine, "a", "");
        step(&fs, &engine);
        put(&engine, "a", "4");
        let expected = [None, Some("1"), None, Some(""), Some("4"), Some("4")];
        for (time, expected) in (0..).zip(expected) {
            let as_of = Some(Timestamp(time));
            let found = value_at(&engine, "a", as_of);
            assert_eq!(found.as_deref(), expected, "as of @{time}, above {name}");
            let mut cursor = engine.cursor(as_of);
            let pairs = walk(&mut cursor).expect("reads work");
            assert_eq!(
                pairs.len(),
                usize::from(expected.is_some()),
                "as of @{time}, above {name}"
            );
        }
    }
}

#[test]
fn nobody_reads_as_of_a_time_that_has_not_come() {
    let (_, engine) = new();
    put(&engine, "a", "1");
    let mut cursor = engine.cursor(Some(Timestamp::MAX));
    assert_eq!(cursor.as_of(), Timestamp(1), "it is as of now");
    put(&engine, "a", "2");
    put(&engine, "b", "2");
    let found = walk(&mut cursor).expect("reads work");
    assert_eq!(text(&found), [r#""a" = "1""#], "and stays so");
}

#[test]
fn a_snapshot_shows_the_same_whatever_happens() {
    let (fs, engine) = new();
    put(&engine, "changed", "old");
    put(&engine, "deleted", "old");
    put(&engine, "same", "old");
    let snapshot = engine.snapshot();
    assert_eq!(snapshot.timestamp(), Timestamp(3));
    let check = |snapshot: &Snapshot, what: &str| {
        for (key, expected) in [
            ("changed", Some("old")),
            ("deleted", Some("old")),
            ("same", Some("old")),
            ("added", None),
        ] {
            let found = snapshot.get(key).expect("reads work");
            let found = found.map(|value| String::from_utf8(value).expect("text"));
            assert_eq!(found.as_deref(), expected, "{key}, {what}");
        }
        let found = walk(&mut snapshot.cursor()).expect("reads work");
        assert_eq!(found.len(), 3, "{what}: {:?}", text(&found));
    };
    check(&snapshot, "right away");
    for round in 0..3 {
        put(&engine, "changed", "new");
        delete(&engine, "deleted");
        put(&engine, "added", "new");
        check(&snapshot, "after writes");
        engine.freeze().expect("the disk works");
        check(&snapshot, "after the memtable was frozen");
        flush(&engine).expect("the disk works");
        check(&snapshot, "after a flush");
        compact(&fs, &engine).expect("the disk works");
        check(&snapshot, &format!("after compaction {round}"));
    }
    drop(snapshot);
    compact(&fs, &engine).expect("the disk works");
    let left = support::versions_in(&engine, &engine.version()).expect("reads work");
    assert_eq!(
        left.len(),
        3,
        "without the snapshot, nobody needs more than one version of a key: {left:?}"
    );
}

#[test]
fn the_watermark_is_that_of_the_oldest_snapshot_or_now() {
    let (_, engine) = new();
    assert_eq!(engine.watermark(), Timestamp::ZERO);
    put(&engine, "a", "1");
    assert_eq!(engine.watermark(), Timestamp(1), "nobody looks back");
    put(&engine, "a", "2");
    let second = engine.snapshot();
    let another = engine.snapshot();
    put(&engine, "a", "3");
    let third = engine.snapshot();
    put(&engine, "a", "4");
    assert_eq!(engine.watermark(), Timestamp(2), "of several the oldest");
    drop(second);
    assert_eq!(
        engine.watermark(),
        Timestamp(2),
        "there is another of the same time"
    );
    drop(another);
    assert_eq!(engine.watermark(), Timestamp(3));
    let cursor = engine.cursor(None);
    drop(third);
    assert_eq!(
        engine.watermark(),
        Timestamp(4),
        "a cursor keeps files, and no versions in others"
    );
    drop(cursor);
}

#[test]
fn a_cursor_shows_the_same_whatever_happens() {
    let (fs, engine) = new();
    for key in ["a", "c", "e", "g"] {
        put(&engine, key, "old");
        flush(&engine).expect("the disk works");
    }
    delete(&engine, "c");
    put(&engine, "i", "old");
    let mut cursor = engine.cursor(None);
    let expected = walk(&mut cursor).expect("reads work");
    assert_eq!(expected.len(), 4, "{:?}", text(&expected));
    cursor.seek("e").expect("reads work");
    for key in ["a", "b", "e", "f", "i", "z"] {
        put(&engine, key, "new");
    }
    delete(&engine, "g");
    flush(&engine).expect("the disk works");
    compact(&fs, &engine).expect("the disk works");
    put(&engine, "h", "new");
    cursor.next().expect("reads work");
    assert!(cursor.is_valid());
    assert_eq!(cursor.key(), b"g", "it goes on where it was");
    assert_eq!(cursor.value(), b"old");
    let found = walk(&mut cursor).expect("reads work");
    assert_eq!(text(&found), text(&expected));
}

#[test]
fn a_cursor_outlives_its_engine() {
    let (_, engine) = new();
    put(&engine, "a", "1");
    flush(&engine).expect("the disk works");
    put(&engine, "b", "2");
    let snapshot = engine.snapshot();
    let mut cursor = engine.cursor(None);
    engine.close().expect("the disk works");
    for cursor in [&mut cursor, &mut snapshot.cursor()] {
        let found = walk(cursor).expect("reads work");
        assert_eq!(text(&found), [r#""a" = "1""#, r#""b" = "2""#]);
    }
}

#[test]
fn a_first_write_is_not_missed_by_a_cursor_that_came_before_its_memtable_had_any() {
    let (_, engine) = new();
    let early = engine.cursor(None);
    put(&engine, "a", "1");
    let mut late = engine.cursor(None);
    let mut early = early;
    assert_eq!(walk(&mut early).expect("reads work"), Pairs::new());
    assert_eq!(walk(&mut late).expect("reads work").len(), 1);
}

/// One key is overwritten all the time, and compactions keep of it what somebody at or above the
/// watermark can see. So there is always something to see.
#[test]
fn a_key_that_is_always_there_is_always_found_while_old_versions_are_dropped() {
    let (_, engine) = new();
    put(&engine, "key", "0");
    flush(&engine).expect("the disk works");
    // More threads than processors: so readers are interrupted, also at the worst moment.
    let readers = 4 * thread::available_parallelism().map_or(2, usize::from);
    let (done, reads) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        let stop = StopAtEnd(&done);
        let read = || {
            while !done.load(Ordering::Relaxed) {
                let found = engine.get("key", None).expect("reads work");
                if found.is_none() {
                    done.store(true, Ordering::Relaxed);
                    panic!(
                        "a reader found nothing, although the key is only ever overwritten: its \
                         timestamp was older than the parts in which it looked"
                    );
                }
                reads.fetch_add(1, Ordering::Relaxed);
            }
        };
        let readers: Vec<_> = (0..readers).map(|_| scope.spawn(read)).collect();
        for round in 1..400 {
            if done.load(Ordering::Relaxed) {
                break;
            }
            let old = engine.version();
            put(&engine, "key", &round.to_string());
            flush(&engine).expect("the disk works");
            let edit = old.tables().fold(Edit::new(), |edit, (level, table)| {
                edit.remove(level, table.number)
            });
            engine.install(&edit).expect("the disk works");
            engine.remove_obsolete().expect("the disk works");
        }
        drop(stop);
        for reader in readers {
            if let Err(panic) = reader.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    assert!(reads.into_inner() > 0, "readers got to read");
}

#[test]
fn readers_notice_nothing_of_a_flush() {
    let fs = FaultyFs::new(MemFs::new());
    let engine = open(&fs).expect("an empty disk");
    let mut batch = Batch::new();
    for key in 0..10_u8 {
        batch.put([b'k', key], "0");
    }
    engine
        .commit(&batch, SyncMode::None)
        .expect("the disk works");
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let stop = StopAtEnd(&done);
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let found = contents(&engine);
                    assert_eq!(found.len(), 10, "{:?}", text(&found));
                    let values: Vec<_> = found.iter().map(|(_, value)| value).collect();
                    assert!(
                        values.windows(2).all(|two| two[0] == two[1]),
                        "all keys change together: {:?}",
                        text(&found)
                    );
                }
            });
        }
        for round in 1..60_u32 {
            batch.clear();
            for key in 0..10_u8 {
                batch.put([b'k', key], round.to_string());
            }
            engine
                .commit(&batch, SyncMode::None)
                .expect("the disk works");
            while engine.flush_step().expect("the disk works") {}
            if round % 8 == 0 {
                compact(&fs, &engine).expect("the disk works");
            }
        }
        drop(stop);
    });
    assert!(!support::table_files(&fs).is_empty(), "there were flushes");
}

/// One step in the life of an engine.
#[derive(Debug, Clone)]
enum Action {
    Write(Vec<Write>),
    Get(Text),
    Scan(Range),
    Snapshot,
    Forget,
    Freeze,
    FlushStep,
    Compact,
    Reopen,
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        12 => generate::writes().prop_map(Action::Write),
        4 => generate::key().prop_map(Action::Get),
        4 => generate::range().prop_map(Action::Scan),
        2 => Just(Action::Snapshot),
        1 => Just(Action::Forget),
        2 => Just(Action::Freeze),
        3 => Just(Action::FlushStep),
        1 => Just(Action::Compact),
        1 => Just(Action::Reopen),
    ]
}

/// What a cursor shows of a range, walked in one direction.
fn scan(cursor: &mut Cursor, range: &Range, forward: bool) -> ferrisdb_engine::Result<Pairs> {
    use std::ops::Bound::{Excluded, Included, Unbounded};
    let mut pairs = Pairs::new();
    if forward {
        match &range.start {
            Included(key) | Excluded(key) => cursor.seek(key)?,
            Unbounded => cursor.seek_to_first()?,
        }
    } else {
        match &range.end {
            Included(key) | Excluded(key) => cursor.seek_for_prev(key)?,
            Unbounded => cursor.seek_to_last()?,
        }
    }
    while cursor.is_valid() {
        let key = cursor.key();
        let begun = match &range.start {
            Included(start) => key >= start.as_ref(),
            Excluded(start) => key > start.as_ref(),
            Unbounded => true,
        };
        let ended = match &range.end {
            Included(end) => key > end.as_ref(),
            Excluded(end) => key >= end.as_ref(),
            Unbounded => false,
        };
        if begun && !ended {
            pairs.push((key.to_vec(), cursor.value().to_vec()));
        } else if if forward { ended } else { !begun } {
            break;
        }
        if forward {
            cursor.next()?;
        } else {
            cursor.prev()?;
        }
    }
    Ok(pairs)
}

/// An engine, its disk, and what should be in it.
struct Subject {
    fs: FaultyFs,
    versions: Versions,
    snapshots: Vec<Snapshot>,
}

impl Subject {
    /// Does one thing to the engine, compares, and gives the engine back.
    fn step(&mut self, engine: Engine, action: &Action) -> Result<Engine, TestCaseError> {
        match action {
            Action::Write(writes) => {
                let mut batch = Batch::new();
                for write in writes {
                    write.add_to(&mut batch);
                }
                let committed = engine.commit(&batch, SyncMode::None).expect("it works");
                self.versions.write(committed.timestamp, &batch);
            }
            Action::Get(key) => {
                let now = engine.published();
                let found = engine.get(key, None).expect("reads work");
                prop_assert_eq!(found.as_deref(), self.versions.get(key, now));
                for snapshot in &self.snapshots {
                    let found = snapshot.get(key).expect("reads work");
                    let expected = self.versions.get(key, snapshot.timestamp());
                    prop_assert_eq!(found.as_deref(), expected);
                }
            }
            Action::Scan(range) => {
                let cursors = self.snapshots.iter().map(Snapshot::cursor);
                for mut cursor in cursors.chain([engine.cursor(None)]) {
                    let expected = self.versions.scan(range.clone(), cursor.as_of());
                    let found = scan(&mut cursor, range, true).expect("reads work");
                    prop_assert_eq!(&found, &expected, "forwards {:?}", range);
                    let mut found = scan(&mut cursor, range, false).expect("reads work");
                    found.reverse();
                    prop_assert_eq!(&found, &expected, "backwards {:?}", range);
                }
            }
            Action::Snapshot => self.snapshots.push(engine.snapshot()),
            Action::Forget => drop(self.snapshots.pop()),
            Action::Freeze => {
                engine.freeze().expect("the disk works");
            }
            Action::FlushStep => {
                engine.flush_step().expect("the disk works");
            }
            Action::Compact => compact(&self.fs, &engine).expect("the disk works"),
            Action::Reopen => {
                // Snapshots of an engine that was closed are of no use to the next.
                self.snapshots.clear();
                engine.close().expect("the disk works");
                return Ok(open(&self.fs).expect("it opens again"));
            }
        }
        Ok(engine)
    }
}

#[test]
fn a_pinned_value_shares_the_memory_of_its_block() {
    let (_, engine) = new();
    put(&engine, "a", "a value of some length");
    flush(&engine).expect("it works");
    let pinned = || engine.get_pinned("a", None).expect("reads work");
    let (one, two) = (pinned().expect("there"), pinned().expect("there"));
    assert_eq!(one.as_ptr(), two.as_ptr(), "neither is a copy");
}

#[test]
fn a_lookup_as_of_a_time_that_has_not_come_is_as_of_now() {
    let (_, engine) = new();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let stop = StopAtEnd(&done);
        let reader = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let found = engine.get("a", Some(Timestamp::MAX)).expect("reads work");
                let published = engine.published();
                let text = found.map(|value| String::from_utf8(value).expect("text"));
                let found = text.map_or(0, |text| text.parse().expect("a number"));
                assert!(
                    Timestamp(found) <= published,
                    "a reader saw what was written at @{found} when @{published} was published"
                );
            }
        });
        for n in 1..40_u64 {
            let mut writes = Batch::new();
            writes.put("a", n.to_string());
            for key in 0..4000_u16 {
                writes.put([&b"b"[..], &key.to_be_bytes()].concat(), "1");
            }
            let written = engine.commit(&writes, SyncMode::None);
            written.expect("the disk works");
        }
        drop(stop);
        if let Err(panic) = reader.join() {
            resume_unwind(panic);
        }
    });
}

#[test]
fn the_watermark_is_never_above_a_snapshot_that_lives() {
    const NONE: u64 = u64::MAX;
    let (_, engine) = new();
    let (done, held) = (AtomicBool::new(false), AtomicU64::new(NONE));
    thread::scope(|scope| {
        let stop = StopAtEnd(&done);
        let ask = || {
            while !done.load(Ordering::Relaxed) {
                let watermark = engine.watermark();
                // Whoever registers after that gets a timestamp that is not below it.
                let oldest = held.load(Ordering::SeqCst);
                assert!(
                    watermark.0 <= oldest,
                    "the watermark is {watermark}, and there is a snapshot of @{oldest}"
                );
            }
        };
        let askers: Vec<_> = (0..3).map(|_| scope.spawn(ask)).collect();
        for n in 0..5000_u64 {
            if askers.iter().any(ScopedJoinHandle::is_finished) {
                break;
            }
            let snapshot = engine.snapshot();
            held.store(snapshot.timestamp().0, Ordering::SeqCst);
            put(&engine, "a", "1");
            held.store(NONE, Ordering::SeqCst);
            drop(snapshot);
            if n % 16 == 0 {
                thread::yield_now();
            }
        }
        drop(stop);
        for asker in askers {
            if let Err(panic) = asker.join() {
                resume_unwind(panic);
            }
        }
    });
}

#[test]
fn nobody_waits_for_a_reader_that_waits_for_the_disk() {
    let fs = by_hand(&[(0, &[("a", 1, Some("1"))])], &[]);
    let gate = Arc::new(Gate::default());
    let environment = gate.environment(&fs);
    let opened = Engine::open(&environment, Path::new(DIRECTORY), roomy());
    let (engine, _) = opened.expect("it opens");
    thread::scope(|scope| {
        gate.is_shut.store(true, Ordering::Relaxed);
        let reader = scope.spawn(|| value(&engine, "a"));
        while !gate.is_reached.load(Ordering::Relaxed) && !reader.is_finished() {
            thread::yield_now();
        }
        let others = scope.spawn(|| {
            put(&engine, "b", "2");
            assert_eq!(value(&engine, "b").as_deref(), Some("2"));
            engine.freeze().expect("it works");
            drop((engine.snapshot(), engine.cursor(None)));
            engine.watermark()
        });
        let end = SystemClock.elapsed() + Duration::from_secs(5);
        while !others.is_finished() && SystemClock.elapsed() < end {
            thread::yield_now();
        }
        let have_finished = others.is_finished();
        gate.is_shut.store(false, Ordering::Relaxed);
        assert!(have_finished, "a reader holds a lock that others need");
        others.join().expect("it works");
        assert_eq!(reader.join().expect("it works").as_deref(), Some("1"));
    });
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn any_history_reads_as_the_model_says(
        actions in prop::collection::vec(action(), 1..60),
    ) {
        let fs = FaultyFs::new(MemFs::new());
        let mut engine = open(&fs).expect("an empty disk");
        let mut subject = Subject { fs, versions: Versions::new(), snapshots: Vec::new() };
        for action in &actions {
            engine = subject.step(engine, action)?;
        }
        let expected = subject.versions.scan::<&[u8]>(.., engine.published());
        prop_assert_eq!(text(&contents(&engine)), text(&expected));
    }
}
