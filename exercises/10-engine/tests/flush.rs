//! How memtables become tables, which files go and when, and what opening does.

mod support;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ferrisdb_core::{FileSystem, OwnedKey, Timestamp};
use ferrisdb_engine::{Engine, Error, Options};
use ferrisdb_manifest::{Edit, Manifest};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, Io, IoKind, MemFs, When};
use ferrisdb_wal::{self as wal, SyncMode};

use support::{
    DIRECTORY, batch, by_hand, compact, contents, count, delete, files, flush, log_since, names_of,
    new, open, open_with, put, roomy, small, table_files, text, three_tables, value, walk, walked,
    write_table,
};

/// The place in a log of the first operation that is so.
fn first(log: &[Io], what: &str, is_so: impl Fn(&Io) -> bool) -> usize {
    let found = log.iter().position(is_so);
    found.unwrap_or_else(|| panic!("{what} is missing in {log:#?}"))
}

fn is(io: &Io, kind: IoKind, end: &str) -> bool {
    io.kind == kind && io.path.to_string_lossy().ends_with(end)
}

#[test]
fn the_memtable_can_be_ended_if_it_is_not_empty() {
    let (_, engine) = new();
    assert!(!engine.freeze().expect("it works"), "nothing was written");
    assert_eq!(engine.frozen(), 0, "an empty memtable is not set aside");
    put(&engine, "a", "1");
    assert!(engine.freeze().expect("it works"));
    assert_eq!(engine.frozen(), 1);
    assert!(!engine.freeze().expect("it works"), "the new one is empty");
    assert_eq!(engine.frozen(), 1);
    put(&engine, "b", "2");
    delete(&engine, "a");
    assert!(engine.freeze().expect("it works"));
    assert_eq!(engine.frozen(), 2, "newer ones wait behind older ones");
    put(&engine, "c", "3");
    assert_eq!(text(&contents(&engine)), [r#""b" = "2""#, r#""c" = "3""#]);
    assert_eq!(value(&engine, "a"), None);
}

#[test]
fn an_empty_memtable_makes_no_table() {
    let (fs, engine) = new();
    assert!(!engine.flush_step().expect("it works"), "nothing is frozen");
    assert!(!engine.freeze().expect("it works"), "nothing was written");
    assert_eq!(engine.frozen(), 0, "nothing waits to be flushed");
    assert!(!engine.flush_step().expect("it works"));
    put(&engine, "a", "1");
    assert!(engine.freeze().expect("it works"));
    assert!(!engine.freeze().expect("it works"), "the new one is empty");
    assert_eq!(engine.frozen(), 1);
    assert!(engine.flush_step().expect("it works"));
    assert!(!engine.flush_step().expect("it works"));
    assert_eq!(engine.frozen(), 0);
    assert_eq!(table_files(&fs).len(), 1, "one memtable, one table");
    assert_eq!(engine.version().level(0).len(), 1);
}

#[test]
fn a_flush_says_how_large_its_table_is() {
    let (fs, engine) = new();
    let flush = || engine.flush_oldest().expect("it works");
    assert_eq!(flush(), None, "nothing is frozen");
    for (key, size) in [("a", 10), ("b", 1_000)] {
        put(&engine, key, &"v".repeat(size));
        engine.freeze().expect("it works");
    }
    for _ in 0..2 {
        let written = flush();
        let tables = table_files(&fs);
        let newest = Path::new(DIRECTORY).join(tables.last().expect("there is a table"));
        let size = fs.disk().read(newest).expect("it can be read").len() as u64;
        assert_eq!(written, Some(size), "of {tables:?}, the last");
    }
}

#[test]
fn a_flush_makes_table_name_edit_durable_in_this_order_and_then_the_log_goes() {
    let fs = FaultyFs::new(MemFs::new());
    let log = wal::Options {
        segment_size_max: 200,
        ..wal::Options::default()
    };
    let (engine, _) = open_with(&fs, roomy().log(log)).expect("an empty disk");
    for n in 0..10 {
        put(
            &engine,
            &format!("key {n}"),
            "a value of some length, to fill segments",
        );
    }
    let segments = files(&fs, ".wal");
    assert!(
        segments.len() > 3,
        "the log has several segments: {segments:?}"
    );
    engine.freeze().expect("it works");
    let before = fs.operations();
    assert!(engine.flush_step().expect("it works"));
    let log = log_since(&fs, before);
    let steps = [
        first(&log, "the sync of the table", |io| {
            is(io, IoKind::SyncData, ".sst.tmp")
        }),
        first(&log, "the final name of the table", |io| {
            is(io, IoKind::Rename, ".sst.tmp")
        }),
        first(&log, "the sync of the directory", |io| {
            is(io, IoKind::SyncDir, DIRECTORY)
        }),
        first(&log, "the edit", |io| is(io, IoKind::Write, ".manifest")),
        first(&log, "the sync of the edit", |io| {
            is(io, IoKind::SyncData, ".manifest")
        }),
        first(&log, "the end of a segment of the log", |io| {
            is(io, IoKind::Remove, ".wal") || is(io, IoKind::Rename, ".wal")
        }),
    ];
    assert!(
        steps.is_sorted(),
        "table, name, directory, edit, its sync, log: found in the order {steps:?} of {log:#?}"
    );
    let left = files(&fs, ".wal");
    assert!(
        !left.contains(&segments[0]) && !left.contains(&segments[1]),
        "what was flushed is not kept in the log: {left:?}"
    );
}

#[test]
fn the_version_says_what_is_in_tables_and_from_where_the_log_is_needed() {
    let (_, engine) = new();
    put(&engine, "b", "1");
    delete(&engine, "a");
    put(&engine, "b", "3");
    let version = engine.version();
    assert_eq!(version.last_timestamp(), Timestamp::ZERO);
    let before = version.log_start();
    flush(&engine).expect("it works");
    let version = engine.version();
    assert_eq!(version.last_timestamp(), Timestamp(3));
    assert!(
        version.log_start() > before,
        "the log is not needed so far back"
    );
    let tables = version.level(0);
    let table = &tables[0];
    assert_eq!((table.entries, table.deletions), (3, 1));
    assert_eq!(table.smallest.user_key, b"a");
    assert_eq!(table.smallest.timestamp, Timestamp(2));
    assert_eq!(table.largest.user_key, b"b");
    assert_eq!(table.largest.timestamp, Timestamp(1));
    assert_eq!(table.smallest_timestamp, Timestamp(1));
    assert_eq!(table.largest_timestamp, Timestamp(3));
    put(&engine, "c", "4");
    assert_eq!(
        engine.version().last_timestamp(),
        Timestamp(3),
        "what is in the memtable only is in no table"
    );
}

#[test]
fn the_oldest_memtable_is_flushed_first() {
    let fs = FaultyFs::new(MemFs::new());
    // A segment of the log for each batch, so that what is not needed is not read.
    let log = wal::Options {
        segment_size_max: 100,
        ..wal::Options::default()
    };
    let options = || roomy().log(log.clone());
    let (engine, _) = open_with(&fs, options()).expect("an empty disk");
    for n in ["1", "2", "3"] {
        put(&engine, "a", n);
        put(&engine, n, n);
        engine.freeze().expect("it works");
    }
    assert_eq!(engine.frozen(), 3);
    engine.sync(SyncMode::Data).expect("it works");
    for n in 1..=3 {
        assert!(engine.flush_step().expect("it works"));
        assert_eq!(engine.frozen(), 3 - n);
        let version = engine.version();
        assert_eq!(version.level(0).len(), n);
        assert_eq!(version.last_timestamp(), Timestamp(2 * n as u64));
        assert_eq!(value(&engine, "a").as_deref(), Some("3"), "nothing moves");
        let expected = contents(&engine);
        assert_eq!(expected.len(), 4);
        let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
        let (again, recovery) = open_with(&after, options()).expect("it opens");
        assert_eq!(contents(&again), expected, "after {n} of 3 and a power cut");
        assert_eq!(
            recovery.replayed,
            6 - 2 * n as u64,
            "what is not in a table yet comes from the log"
        );
    }
}

#[test]
fn the_log_of_a_batch_that_did_not_fit_is_kept_when_the_full_memtable_is_flushed() {
    let fs = FaultyFs::new(MemFs::new());
    let engine = open(&fs).expect("an empty disk");
    let mut count = 0;
    loop {
        count += 1;
        assert!(count < 100, "a memtable is full at some point");
        if put(&engine, &format!("k{count}"), &"x".repeat(100)).switched {
            break;
        }
    }
    assert_eq!(engine.frozen(), 1, "the full one waits to be flushed");
    let last = format!("k{count}");
    assert!(engine.flush_step().expect("it works"));
    assert_eq!(
        engine.version().last_timestamp(),
        Timestamp(count - 1),
        "the batch that did not fit is not in the table"
    );
    engine.sync(SyncMode::Data).expect("it works");
    let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
    let engine = open(&after).expect("it opens");
    assert!(
        value(&engine, &last).is_some(),
        "{last} was the first in its memtable, and is needed from the log"
    );
    assert_eq!(contents(&engine).len() as u64, count);
}

#[test]
fn a_table_that_cannot_be_written_can_be_tried_again() {
    let kinds = [IoKind::Create, IoKind::Rename, IoKind::SyncDir];
    let mut faults: Vec<(When, ErrorKind)> = kinds
        .map(|kind| (When::Next(kind), ErrorKind::StorageFull))
        .into();
    faults.push((When::Next(IoKind::Write), ErrorKind::StorageFull));
    faults.push((When::NextSync, ErrorKind::Other));
    for (when, kind) in faults {
        let (fs, engine) = new();
        put(&engine, "a", "1");
        // So that no number has to be reserved in the middle of it.
        engine.next_number().expect("it works");
        engine.freeze().expect("it works");
        fs.inject(when, Fault::Error(kind));
        let error = engine.flush_step().expect_err("the disk reports an error");
        let what = format!("{when:?}: {error}");
        assert!(matches!(error, Error::Core(_)), "{what}");
        assert_eq!(engine.frozen(), 1, "{what}: the memtable stays");
        assert_eq!(engine.version().tables().count(), 0, "{what}");
        assert_eq!(value(&engine, "a").as_deref(), Some("1"), "{what}");
        put(&engine, "b", "2");
        assert!(
            engine.flush_step().expect("the disk works again"),
            "{what}: it is tried again"
        );
        assert_eq!(engine.frozen(), 0, "{what}");
        assert_eq!(contents(&engine).len(), 2, "{what}");
        drop(engine);
        let engine = open(&fs).expect("it opens");
        assert_eq!(contents(&engine).len(), 2, "{what}");
        assert_eq!(table_files(&fs), names_of(&engine.version()), "{what}");
    }
}

#[test]
fn after_a_failed_edit_nothing_more_is_written_and_nothing_is_lost() {
    for fault in [Fault::Error(ErrorKind::Other), Fault::LoseUnsynced] {
        let (fs, engine) = new();
        put(&engine, "a", "1");
        engine.sync(SyncMode::Data).expect("it works");
        engine.next_number().expect("it works");
        engine.freeze().expect("it works");
        // The first sync is that of the table, the second that of the edit.
        let whole = FaultyFs::new(fs.disk().fork());
        let log = {
            let (engine, _) = open_with(&whole, roomy()).expect("it opens");
            engine.next_number().expect("it works");
            engine.freeze().expect("it works");
            let before = whole.operations();
            engine.flush_step().expect("it works");
            log_since(&whole, before)
        };
        let sync = first(&log, "the sync of the edit", |io| {
            is(io, IoKind::SyncData, ".manifest")
        });
        fs.inject(When::Operation(fs.operations() + sync as u64), fault);
        let error = engine.flush_step().expect_err("the edit is not durable");
        let what = format!("{fault:?}: {error}");
        assert!(error.to_string().contains(".manifest"), "{what}");
        let error = engine.commit(&batch(&[("b", Some("2"))]), SyncMode::None);
        let error = error.expect_err("it is not known which tables count");
        assert!(
            matches!(error, Error::WritesStopped { .. }),
            "{what}: {error:?}"
        );
        engine.flush_step().expect_err("nor is it tried again");
        assert_eq!(value(&engine, "a").as_deref(), Some("1"), "{what}");
        for plan in [CrashPlan::LoseAll, CrashPlan::KeepAll] {
            let after = FaultyFs::new(fs.crash(&plan));
            let engine = open(&after).expect("it opens");
            assert_eq!(value(&engine, "a").as_deref(), Some("1"), "{what}; {plan}");
        }
    }
}

#[test]
fn what_is_in_tables_is_not_replayed() {
    let (fs, engine) = new();
    for n in 0..6 {
        put(&engine, &format!("k{n}"), "flushed");
    }
    flush(&engine).expect("it works");
    for n in 0..4 {
        put(&engine, &format!("k{n}"), "in the log");
    }
    let published = engine.published();
    drop(engine);
    for life in 1..3 {
        let (engine, recovery) = open_with(&fs, roomy()).expect("it opens");
        assert_eq!(
            recovery.replayed, 4,
            "six batches are in a table, four are not (life {life})"
        );
        assert_eq!(
            recovery.log.batches, 10,
            "all are in the one segment there is"
        );
        assert_eq!(engine.published(), published, "time goes on where it was");
        assert_eq!(
            engine.metrics().memtable_versions,
            4,
            "what is in a table is not taken into memory again"
        );
        assert_eq!(contents(&engine).len(), 6);
        assert_eq!(value(&engine, "k3").as_deref(), Some("in the log"));
        drop(engine);
    }
    let (engine, _) = open_with(&fs, roomy()).expect("it opens");
    assert_eq!(put(&engine, "new", "1").timestamp, published.next());
    flush(&engine).expect("it works");
    drop(engine);
    let (engine, recovery) = open_with(&fs, roomy()).expect("it opens");
    assert_eq!(recovery.replayed, 0, "everything is in tables");
    assert_eq!(
        engine.published(),
        published.next(),
        "also then time goes on"
    );
    assert_eq!(contents(&engine).len(), 7);
    assert_eq!(
        put(&engine, "newer", "1").timestamp,
        published.next().next()
    );
}

#[test]
fn a_log_that_fills_several_memtables_is_flushed_while_opening() {
    let fs = FaultyFs::new(MemFs::new());
    let (engine, _) = open_with(&fs, roomy()).expect("an empty disk");
    for n in 0..30 {
        put(&engine, &format!("k{n:02}"), &"x".repeat(100));
    }
    drop(engine);
    let (engine, recovery) = open_with(&fs, small()).expect("it opens");
    assert_eq!(recovery.replayed, 30);
    assert!(recovery.flushed > 1, "{recovery:?}");
    assert_eq!(engine.frozen(), 0, "what was full is in tables");
    assert_eq!(engine.version().level(0).len(), recovery.flushed);
    assert_eq!(contents(&engine).len(), 30);
    drop(engine);
    let (engine, again) = open_with(&fs, small()).expect("it opens");
    assert!(
        again.replayed < 30,
        "what was flushed then is not replayed now: {again:?}"
    );
    assert_eq!(again.flushed, 0);
    assert_eq!(contents(&engine).len(), 30);
}

#[test]
fn an_empty_directory_becomes_an_empty_database() {
    let fs = FaultyFs::new(MemFs::new());
    let (engine, recovery) = open_with(&fs, roomy()).expect("an empty disk");
    assert_eq!(walked(&engine), [""; 0]);
    assert_eq!(engine.published(), Timestamp::ZERO);
    assert_eq!(engine.version().tables().count(), 0);
    assert_eq!((recovery.replayed, recovery.flushed), (0, 0));
    assert_eq!(engine.directory(), Path::new(DIRECTORY));
}

#[test]
fn only_one_engine_has_a_directory_open() {
    let (fs, engine) = new();
    let error = open(&fs).expect_err("it is open already");
    assert!(matches!(error, Error::InUse { .. }), "{error:?}");
    assert!(error.to_string().contains(DIRECTORY), "{error}");
    drop(engine);
    let engine = open(&fs).expect("nobody has it open any more");
    engine.close().expect("it works");
    open(&fs).expect("nobody has it open any more");
}

#[test]
fn tables_and_the_log_make_the_database_and_nothing_counts_twice() {
    let one = |key, value| batch(&[(key, value)]);
    let fs = by_hand(
        &[
            (0, &[("a", 3, Some("table")), ("d", 1, Some("table"))]),
            (2, &[("a", 2, Some("deep")), ("b", 2, Some("deep"))]),
        ],
        &[
            (1, one("d", Some("table"))),
            (2, batch(&[("a", Some("deep")), ("b", Some("deep"))])),
            (3, one("a", Some("table"))),
            (4, one("b", None)),
            (5, one("c", Some("log"))),
        ],
    );
    for life in 0..2 {
        let (engine, recovery) = open_with(&fs, roomy()).expect("it opens");
        let expected = [r#""a" = "table""#, r#""c" = "log""#, r#""d" = "table""#];
        assert_eq!(walked(&engine), expected, "life {life}");
        assert_eq!(recovery.log.batches, 5, "the log has five batches");
        assert_eq!(recovery.replayed, 2, "three of which are in tables");
        let metrics = engine.metrics();
        assert_eq!(
            metrics.memtable_versions, 2,
            "what is in a table is not taken into memory again"
        );
        assert_eq!(metrics.published, Timestamp(5), "time goes on where it was");
        assert_eq!(engine.frozen(), 0);
    }
}

#[test]
fn time_goes_on_where_it_was_if_everything_is_in_tables() {
    let fs = by_hand(&[(0, &[("a", 7, Some("1"))])], &[]);
    let (engine, recovery) = open_with(&fs, roomy()).expect("it opens");
    assert_eq!(engine.published(), Timestamp(7));
    assert_eq!(recovery.log.batches, 0);
    assert_eq!(walked(&engine), [r#""a" = "1""#]);
}

/// A table that no edit names, as a compaction leaves it that was interrupted.
fn add_orphan(fs: &FaultyFs) -> PathBuf {
    let (engine, _) = open_with(fs, roomy()).expect("it opens");
    let entries = support::in_order(&[("orphan", 1, Some("1"))]);
    let table = write_table(fs, &engine, &entries).expect("it works");
    let number = table.expect("it has an entry").number;
    PathBuf::from(format!("{DIRECTORY}/{number:010}.sst"))
}

#[test]
fn files_that_nothing_needs_are_removed_when_a_database_is_opened() {
    let fs = by_hand(&[(0, &[("a", 1, Some("1"))])], &[]);
    let kept = table_files(&fs);
    let orphan = add_orphan(&fs);
    let others = [
        ("0000000009.sst.tmp", "half a table"),
        ("notes.txt", "not ours"),
    ];
    for (name, bytes) in others {
        let path = format!("{DIRECTORY}/{name}");
        fs.disk().write(path, bytes).expect("it works");
    }
    assert_eq!(table_files(&fs).len(), 2);
    let (engine, recovery) = open_with(&fs, roomy()).expect("it opens");
    assert_eq!(table_files(&fs), kept, "the one that no edit names is gone");
    assert_eq!(
        files(&fs, ".tmp"),
        [""; 0],
        "so is the one that was not finished"
    );
    assert_eq!(
        files(&fs, ".txt"),
        ["notes.txt"],
        "other people's files stay"
    );
    assert!(recovery.removed.contains(&orphan), "{recovery:?}");
    assert_eq!(walked(&engine).len(), 1);
}

/// What is there of tables and of the log.
fn data_files(fs: &FaultyFs) -> Vec<String> {
    [files(fs, ".sst"), files(fs, ".wal")].concat()
}

#[test]
fn nothing_is_removed_before_all_tables_were_found_whole() {
    let fs = by_hand(
        &[(0, &[("a", 1, Some("1"))]), (3, &[("b", 2, Some("2"))])],
        &[],
    );
    let tables = table_files(&fs);
    add_orphan(&fs);
    for table in tables {
        let live = format!("{DIRECTORY}/{table}");
        let whole = fs.disk().read(&live).expect("it is there");
        let missing: &dyn Fn(&MemFs) = &|disk| disk.remove(Path::new(&live)).expect("it is there");
        let cut: &dyn Fn(&MemFs) = &|disk| {
            disk.write(&live, &whole[..whole.len() - 10])
                .expect("it is there");
        };
        let damaged: &dyn Fn(&MemFs) = &|disk| {
            let footer = whole.len() as u64 - 20;
            disk.flip_bit(&live, footer, 0).expect("it is there");
        };
        for (what, harm) in [("missing", missing), ("cut", cut), ("damaged", damaged)] {
            let fs = FaultyFs::new(fs.disk().fork());
            harm(fs.disk());
            let before = data_files(&fs);
            for attempt in 1..3 {
                let error = open_with(&fs, roomy()).expect_err("a table is not whole");
                assert!(
                    error.to_string().contains(&table),
                    "{what}: the message names the file: {error}"
                );
                let is_missing = matches!(
                    error,
                    Error::Manifest(ferrisdb_manifest::Error::MissingTable { .. })
                );
                assert_eq!(is_missing, what == "missing", "{what}: {error:?}");
                assert_eq!(
                    data_files(&fs),
                    before,
                    "{what}, attempt {attempt}: what looks like an orphan may be all that is left"
                );
            }
            fs.disk().write(&live, &*whole).expect("it works");
            let (engine, _) = open_with(&fs, roomy()).expect("the table is back");
            assert_eq!(walked(&engine).len(), 2, "{what}, and put back");
        }
    }
}

#[test]
fn nothing_is_removed_before_the_log_was_found_where_it_is_needed() {
    let one = |n: u64| (n, batch(&[("a", Some("1"))]));
    let fs = by_hand(&[(0, &[("a", 1, Some("1"))])], &[one(1), one(2)]);
    {
        // As if what lies before the second batch had been retired.
        let environment = fs.environment();
        let options = ferrisdb_manifest::Options::default();
        let manifest = Manifest::open(&environment, Path::new(DIRECTORY), options);
        let (mut manifest, _) = manifest.expect("it opens");
        manifest
            .commit(&Edit::new().log_start(90))
            .expect("it makes sense");
    }
    add_orphan(&fs);
    let log = files(&fs, ".wal");
    assert_eq!(log.len(), 1);
    let path = format!("{DIRECTORY}/{}", log[0]);
    let whole = fs.disk().read(&path).expect("it is there");
    fs.disk().remove(Path::new(&path)).expect("it is there");
    let before = data_files(&fs);
    for _ in 0..2 {
        let error = open_with(&fs, roomy()).expect_err("the log is missing");
        assert!(matches!(error, Error::Log(_)), "{error:?}");
        assert_eq!(data_files(&fs), before);
    }
    fs.disk().write(&path, whole).expect("it works");
    let (engine, recovery) = open_with(&fs, roomy()).expect("the log is back");
    assert_eq!(recovery.replayed, 1);
    assert_eq!(engine.published(), Timestamp(2));
}

#[test]
fn the_log_is_not_touched_before_all_tables_were_found_whole() {
    let one = |n: u64| (n, batch(&[("a", Some("1"))]));
    let fs = by_hand(&[(0, &[("a", 1, Some("1"))])], &[one(1), one(2)]);
    // The end of the log is what a crash leaves, and opening would repair it.
    let log = format!("{DIRECTORY}/{}", files(&fs, ".wal")[0]);
    let whole = fs.disk().read(&log).expect("it is there");
    let cut = &whole[..whole.len() - 3];
    fs.disk().write(&log, cut).expect("it is there");
    let table = format!("{DIRECTORY}/{}", table_files(&fs)[0]);
    fs.disk().remove(Path::new(&table)).expect("it is there");
    let error = open_with(&fs, roomy()).expect_err("a table is missing");
    assert!(matches!(error, Error::Manifest(_)), "{error:?}");
    assert_eq!(files(&fs, ".wal").len(), 1, "no segment was begun");
    let after = fs.disk().read(&log).expect("it is there");
    assert_eq!(after, cut, "the log is as it was");
}

#[test]
fn a_log_that_goes_on_later_than_the_tables_end_is_refused() {
    let one = |n: u64| (n, batch(&[("a", Some("1"))]));
    // As if the edit with the table that holds batch 2 were lost.
    let fs = by_hand(&[(0, &[("a", 1, Some("1"))])], &[one(1), one(3), one(4)]);
    let orphan = format!("{DIRECTORY}/0000000009.sst");
    fs.disk().write(orphan, "batch 2, maybe").expect("it works");
    let before = data_files(&fs);
    for read_only in [true, false] {
        let options = roomy().read_only(read_only);
        let error = open_with(&fs, options).expect_err("batch 2 is nowhere");
        let Error::MissingBatches { last, found, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!((last, found), (Timestamp(1), Timestamp(3)));
        assert_eq!(data_files(&fs), before, "nobody knows what is an orphan");
    }
}

#[test]
fn a_table_of_another_size_is_not_the_one_that_the_manifest_names() {
    let (fs, engine) = three_tables();
    let table = engine.version().level(0)[0].clone();
    let other = Arc::new(ferrisdb_manifest::TableMeta {
        size: table.size + 1,
        ..ferrisdb_manifest::TableMeta::clone(&table)
    });
    // It is open under that number already, so nothing is read again.
    let edit = Edit::new().remove(0, table.number).add(0, other);
    engine.install(&edit).expect("it makes sense");
    drop(engine);
    let error = open_with(&fs, roomy()).expect_err("its size is another");
    assert!(matches!(error, Error::OtherTable { .. }), "{error:?}");
}

#[test]
fn a_database_that_is_opened_for_reading_only_is_not_changed() {
    let fs = by_hand(
        &[(0, &[("a", 1, Some("1"))])],
        &[(2, batch(&[("b", Some("2"))]))],
    );
    fs.disk()
        .write(format!("{DIRECTORY}/0000000099.sst.tmp"), "half a table")
        .expect("it works");
    fs.disk().set_read_only(true);
    let (engine, recovery) = support::open_read_only(&fs, roomy());
    assert_eq!(walked(&engine), [r#""a" = "1""#, r#""b" = "2""#]);
    assert_eq!((recovery.replayed, recovery.removed.len()), (1, 0));
    for result in [
        engine
            .commit(&batch(&[("c", Some("3"))]), SyncMode::None)
            .map(drop),
        engine.freeze().map(drop),
        engine.flush_step().map(drop),
        engine.install(&Edit::new()),
        engine.next_number().map(drop),
        engine.remove_obsolete().map(drop),
        engine.sync(SyncMode::Data),
        engine
            .commit_with(
                batch(&[("c", Some("3"))]),
                SyncMode::None,
                Box::new(|_| panic!("there is nothing to validate")),
            )
            .map(drop),
    ] {
        let error = result.expect_err("it is for reading only");
        assert!(matches!(error, Error::ReadOnly), "{error:?}");
    }
    let (another, _) = support::open_read_only(&fs, roomy());
    assert_eq!(walked(&another).len(), 2, "any number can read");
    engine.close().expect("there is nothing to do");
}

/// An edit that puts one table with all that can be seen in the place of all that there are, as a
/// compaction would.
fn merged(fs: &FaultyFs, engine: &Engine) -> Edit {
    let number = engine.next_number().expect("it works");
    merged_as(fs, engine, number)
}

/// The same under a number.
fn merged_as(fs: &FaultyFs, engine: &Engine, number: u64) -> Edit {
    let version = engine.version();
    let mut entries = support::versions_in(engine, &version).expect("reads work");
    entries.dedup_by(|next, kept| next.0.user_key == kept.0.user_key);
    let table = support::write_table_as(fs, number, &entries).expect("it works");
    let edit = version.tables().fold(Edit::new(), |edit, (level, table)| {
        edit.remove(level, table.number)
    });
    let level = if version.level(3).is_empty() { 3 } else { 4 };
    edit.add(level, table)
}

#[test]
fn what_a_compaction_hands_in_takes_the_place_of_its_inputs() {
    let (fs, engine) = three_tables();
    let expected = contents(&engine);
    let inputs = table_files(&fs);
    let edit = merged(&fs, &engine);
    engine.install(&edit).expect("it makes sense");
    let version = engine.version();
    assert_eq!((version.level(0).len(), version.level(3).len()), (0, 1));
    assert_eq!(contents(&engine), expected);
    assert_eq!(
        table_files(&fs).len(),
        inputs.len() + 1,
        "removing files is a step of its own"
    );
    assert_eq!(engine.remove_obsolete().expect("it works"), 3);
    assert_eq!(table_files(&fs), names_of(&version));
    assert_eq!(engine.remove_obsolete().expect("it works"), 0);
    assert_eq!(contents(&engine), expected);
    engine.close().expect("it works");
    let engine = open(&fs).expect("it opens");
    assert_eq!(contents(&engine), expected, "the edit was durable");
}

#[test]
fn a_table_that_moves_to_another_level_keeps_its_file() {
    let (fs, engine) = three_tables();
    let version = engine.version();
    let oldest = version.level(0)[2].clone();
    let edit = Edit::new().remove(0, oldest.number).add(1, oldest);
    engine.install(&edit).expect("it makes sense");
    assert_eq!(engine.version().level(1).len(), 1);
    assert_eq!(engine.remove_obsolete().expect("it works"), 0);
    assert_eq!(table_files(&fs).len(), 3);
    assert_eq!(contents(&engine).len(), 4);
}

#[test]
fn an_edit_that_makes_no_sense_is_refused_and_changes_nothing() {
    let (fs, engine) = three_tables();
    let expected = contents(&engine);
    let version = engine.version();
    let live = version.level(0)[0].clone();
    let never_written = ferrisdb_manifest::TableMeta {
        number: engine.next_number().expect("it works"),
        ..ferrisdb_manifest::TableMeta::clone(&live)
    };
    let cases = [
        (
            "a table that is there already",
            Edit::new().add(0, live.clone()),
        ),
        (
            "a table that is not there",
            Edit::new().remove(4, live.number),
        ),
        ("a table without a file", Edit::new().add(0, never_written)),
        (
            "a number that was not given out",
            merged_as(&fs, &engine, 1 << 20),
        ),
    ];
    for (what, edit) in cases {
        let before = fs.changes();
        engine.install(&edit).expect_err(what);
        assert_eq!(fs.changes(), before, "{what}: nothing is written");
        assert_eq!(*engine.version(), *version, "{what}: nothing has changed");
        assert_eq!(contents(&engine), expected, "{what}");
        put(&engine, "a", "3");
    }
    assert_eq!(engine.remove_obsolete().expect("it works"), 0);
}

#[test]
fn files_stay_as_long_as_a_cursor_may_read_them() {
    let (fs, engine) = three_tables();
    let mut cursor = engine.cursor(None);
    cursor.seek_to_first().expect("reads work");
    let expected = contents(&engine);
    let inputs = table_files(&fs);
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    assert_eq!(
        engine.remove_obsolete().expect("it works"),
        0,
        "the cursor may read any of the tables that there were"
    );
    for file in &inputs {
        assert!(table_files(&fs).contains(file), "{file} is gone");
    }
    assert_eq!(walk(&mut cursor).expect("reads work"), expected);
    assert_eq!(engine.metrics().cursors, 1);
}

#[test]
fn the_last_cursor_that_goes_says_that_files_may_go() {
    let (fs, engine) = three_tables();
    let cursor = engine.cursor(None);
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    assert_eq!(engine.remove_obsolete().expect("it works"), 0);
    let told = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&told);
    engine.when_obsolete(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    drop(engine.cursor(None));
    assert_eq!(told.load(Ordering::Relaxed), 0, "this one needed none");
    drop(cursor);
    assert_eq!(told.load(Ordering::Relaxed), 1, "now they may go");
    assert_eq!(engine.remove_obsolete().expect("it works"), 3);
    drop(engine.cursor(None));
    assert_eq!(told.load(Ordering::Relaxed), 1, "there are none left");
}

/// Adds a table to level 0, as a flush does.
fn add_table(fs: &FaultyFs, engine: &Engine, entries: &[support::Entry<'_>]) {
    let entries = support::in_order(entries);
    let table = write_table(fs, engine, &entries).expect("it works");
    let edit = Edit::new().add(0, table.expect("there are entries"));
    engine.install(&edit).expect("it makes sense");
}

#[test]
fn a_cursor_keeps_the_files_that_it_needs_and_no_others() {
    let fs = by_hand(&[(0, &[("a", 1, Some("1"))])], &[]);
    let (engine, _) = open_with(&fs, roomy()).expect("it opens");
    let first = table_files(&fs);
    let early = engine.cursor(None);
    let twin = engine.cursor(None);
    add_table(&fs, &engine, &[("b", 1, Some("2"))]);
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    let late = engine.cursor(None);
    add_table(&fs, &engine, &[("c", 1, Some("3"))]);
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    // There were five tables: 1 (early), 2 (nobody), merged 1 + 2 (late), 3 (nobody), all.
    assert_eq!(table_files(&fs).len(), 5);
    assert_eq!(
        engine.remove_obsolete().expect("it works"),
        2,
        "two tables came and went while nobody looked"
    );
    drop(early);
    assert_eq!(
        engine.remove_obsolete().expect("it works"),
        0,
        "another cursor still needs the first"
    );
    assert!(table_files(&fs).contains(&first[0]));
    drop(twin);
    assert_eq!(engine.remove_obsolete().expect("it works"), 1);
    assert!(
        !table_files(&fs).contains(&first[0]),
        "its last reader is gone"
    );
    drop(late);
    assert_eq!(engine.remove_obsolete().expect("it works"), 1);
    assert_eq!(table_files(&fs), names_of(&engine.version()));
}

/// A database with two cursors, of which the first may read the tables that come first in the
/// list, and the second those that come second. All of these were replaced since.
fn two_cursors() -> (
    FaultyFs,
    Engine,
    [ferrisdb_engine::Cursor; 2],
    [Vec<String>; 2],
) {
    let (fs, engine) = three_tables();
    let (first, early) = (table_files(&fs), engine.cursor(None));
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    let (second, late) = (names_of(&engine.version()), engine.cursor(None));
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    (fs, engine, [early, late], [first, second])
}

/// Removes what nobody needs, and says which of these files are left.
fn left_of(fs: &FaultyFs, engine: &Engine, files: &[String]) -> usize {
    engine.remove_obsolete().expect("it works");
    let left = table_files(fs);
    files.iter().filter(|file| left.contains(file)).count()
}

#[test]
fn an_older_cursor_keeps_its_files_beside_a_newer_one() {
    let (fs, engine, [early, late], [first, second]) = two_cursors();
    assert_eq!(
        left_of(&fs, &engine, &first),
        3,
        "the older cursor needs them"
    );
    drop(late);
    assert_eq!(
        left_of(&fs, &engine, &second),
        0,
        "the newer cursor is gone"
    );
    assert_eq!(left_of(&fs, &engine, &first), 3, "the older one is not");
    drop(early);
    assert_eq!(left_of(&fs, &engine, &first), 0);
}

#[test]
fn a_newer_cursor_keeps_its_files_beside_an_older_one() {
    let (fs, engine, [early, late], [first, second]) = two_cursors();
    assert_eq!(
        left_of(&fs, &engine, &second),
        1,
        "the newer cursor needs it"
    );
    drop(early);
    assert_eq!(left_of(&fs, &engine, &first), 0, "the older cursor is gone");
    assert_eq!(left_of(&fs, &engine, &second), 1, "the newer one is not");
    drop(late);
    assert_eq!(left_of(&fs, &engine, &second), 0);
}

#[test]
fn a_snapshot_keeps_versions_and_no_files() {
    let (fs, engine) = three_tables();
    let snapshot = engine.snapshot();
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    assert_eq!(engine.remove_obsolete().expect("it works"), 3);
    let cursor = snapshot.cursor();
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    assert_eq!(engine.remove_obsolete().expect("it works"), 0);
    assert_eq!(
        table_files(&fs).len(),
        2,
        "a snapshot's cursor keeps files like any other"
    );
    drop(cursor);
    assert_eq!(engine.remove_obsolete().expect("it works"), 1);
    assert_eq!(snapshot.get("a").expect("reads work"), Some(b"3".to_vec()));
}

#[test]
fn what_was_removed_is_not_removed_again() {
    let (fs, engine) = three_tables();
    let version = engine.version();
    let edit = version.tables().fold(Edit::new(), |edit, (level, table)| {
        edit.remove(level, table.number)
    });
    engine.install(&edit).expect("it makes sense");
    assert_eq!(engine.remove_obsolete().expect("it works"), 3);
    let before = fs.operations();
    assert_eq!(engine.remove_obsolete().expect("it works"), 0);
    let log = log_since(&fs, before);
    assert!(log.is_empty(), "they are off the list: {log:#?}");
}

#[test]
fn a_flush_is_one_edit() {
    let (fs, engine) = new();
    put(&engine, "a", "1");
    // So that no number has to be reserved in the middle of it.
    engine.next_number().expect("it works");
    engine.freeze().expect("it works");
    let (before, version) = (fs.operations(), engine.version().number());
    assert!(engine.flush_step().expect("it works"));
    let log = log_since(&fs, before);
    let syncs = count(&log, IoKind::SyncData, ".manifest");
    assert_eq!(syncs, 1, "table, timestamp and log start at once: {log:#?}");
    assert_eq!(engine.version().number(), version + 1);
}

#[test]
fn a_file_that_cannot_be_removed_is_tried_again() {
    let (fs, engine) = three_tables();
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    let busy = Fault::Error(ErrorKind::ResourceBusy);
    fs.inject(When::Next(IoKind::Remove), busy);
    engine.remove_obsolete().expect_err("the first is busy");
    assert_eq!(table_files(&fs).len(), 2, "the others are gone");
    assert_eq!(engine.remove_obsolete().expect("it works"), 1);
    assert_eq!(table_files(&fs), names_of(&engine.version()));
    put(&engine, "a", "4");
}

#[test]
fn a_file_that_somebody_else_has_removed_is_not_missed() {
    let (fs, engine) = three_tables();
    let first = format!("{DIRECTORY}/{}", table_files(&fs)[0]);
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    fs.disk().remove(Path::new(&first)).expect("it is there");
    assert_eq!(engine.remove_obsolete().expect("it is as it should be"), 2);
    assert_eq!(table_files(&fs), names_of(&engine.version()));
}

#[test]
fn numbers_are_never_given_out_again() {
    let fs = FaultyFs::new(MemFs::new());
    let mut last = 0;
    for life in 0..5 {
        let engine = open(&fs).expect("it opens");
        for _ in 0..3 {
            let number = engine.next_number().expect("it works");
            assert!(number > last, "{number} after {last}, in life {life}");
            last = number;
        }
        put(&engine, "a", &life.to_string());
        flush(&engine).expect("it works");
        let newest = engine.version().level(0)[0].number;
        assert!(newest > last, "a table has a number that was not given out");
        last = newest;
        compact(&fs, &engine).expect("it works");
    }
    let log = fs.log();
    let created = log.iter().filter(|io| is(io, IoKind::Create, ".sst.tmp"));
    let mut names: Vec<_> = created.map(|io| &io.path).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "no table was written twice");
    assert_eq!(count(&log, IoKind::Create, ".sst.tmp"), 10);
}

#[test]
fn another_cursor_keeps_the_same_files() {
    let (fs, engine) = three_tables();
    let cursor = engine.cursor(None);
    let expected = contents(&engine);
    put(&engine, "a", "later");
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    let mut another = cursor.another();
    assert_eq!(another.as_of(), cursor.as_of());
    assert!(!another.is_valid(), "it is at no key yet");
    assert_eq!(engine.metrics().cursors, 2);
    drop(cursor);
    assert_eq!(engine.remove_obsolete().expect("it works"), 0);
    assert_eq!(walk(&mut another).expect("reads work"), expected);
    drop(another);
    assert_eq!(engine.remove_obsolete().expect("it works"), 3);
}

#[test]
fn a_checkpoint_is_a_database_of_its_own() {
    let (fs, engine) = three_tables();
    compact(&fs, &engine).expect("it works");
    put(&engine, "b", "4");
    let expected = contents(&engine);
    let copy = Path::new("/copy");
    let up_to = engine.checkpoint(copy).expect("it works");
    assert_eq!(up_to, engine.published());
    let links = fs.log().into_iter().filter(|io| io.kind == IoKind::Link);
    assert_eq!(links.count(), 2, "tables are linked and not copied");
    put(&engine, "b", "5");
    flush(&engine).expect("it works");
    compact(&fs, &engine).expect("it works");
    // The machine goes down, and with it everything that was not synced.
    let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
    let (second, recovery) =
        Engine::open(&after.environment(), copy, roomy()).expect("it can be opened");
    assert_eq!(recovery.replayed, 0);
    assert_eq!(contents(&second), expected, "as the database was then");
    let next = put(&second, "c", "6");
    assert_eq!(next.timestamp, up_to.next(), "and it goes on from there");
    flush(&second).expect("it works");
    let first = open(&after).expect("the first is not touched");
    assert_eq!(value(&first, "b").as_deref(), Some("5"));
    assert_eq!(value(&first, "c"), None);
    let before = fs.disk().files();
    for (taken, says) in [
        ("/copy", "directory not empty"),
        (DIRECTORY, "open already"),
    ] {
        let refused = engine.checkpoint(Path::new(taken));
        let error = refused
            .expect_err("there is a database already")
            .to_string();
        assert!(error.contains(taken) && error.contains(says), "{error}");
    }
    assert_eq!(contents(&engine).len(), 5, "which harms nobody");
    assert_eq!(fs.disk().files(), before, "nothing was added or removed");
}

#[test]
fn a_checkpoint_goes_into_no_directory_that_has_anything_in_it() {
    let copy = Path::new("/copy");
    let (fs, engine) = three_tables();
    fs.create_dir(copy).expect("the disk works");
    // A log that an older copy has left would be replayed on top of the new one.
    let left = ["/copy/0000000001.wal", "/copy/note"].map(PathBuf::from);
    for path in &left {
        fs.disk()
            .write(path, "what was there")
            .expect("a disk in memory");
    }
    let error = engine.checkpoint(copy).expect_err("it is not empty");
    let said = error.to_string();
    assert!(said.contains("/copy: directory not empty"), "{said}");
    let found: Vec<_> = left.iter().map(|path| fs.disk().read(path)).collect();
    assert!(
        found.iter().all(Result::is_ok),
        "all of it stays: {found:?}"
    );
    for path in &left {
        fs.remove(path).expect("the disk works");
    }
    engine.checkpoint(copy).expect("now it is, but for a lock");
}

#[test]
fn a_checkpoint_that_was_not_finished_is_no_database() {
    let copy = Path::new("/copy");
    let (fs, engine) = three_tables();
    let expected = contents(&engine);
    let before = fs.operations();
    engine.checkpoint(copy).expect("it works");
    let cuts = fs.operations() - before;
    for cut in 0..cuts {
        let (fs, engine) = three_tables();
        fs.cut_power_at(fs.operations() + cut);
        let done = engine.checkpoint(copy).is_ok();
        for plan in [
            CrashPlan::LoseAll,
            CrashPlan::KeepAll,
            CrashPlan::Random(cut),
        ] {
            let after = FaultyFs::new(fs.crash(&plan));
            let options = Options::default().read_only(true);
            if let Ok((copy, _)) = Engine::open(&after.environment(), copy, options) {
                let found = contents(&copy);
                let whole = found == expected || found.is_empty() && !done;
                assert!(whole, "operation {cut}, {plan}: {:?}", text(&found));
            } else {
                assert!(!done, "operation {cut}, {plan}: it was done");
            }
            let original = open(&after).expect("it opens");
            assert_eq!(contents(&original), expected, "operation {cut}, {plan}");
        }
    }
}

#[test]
fn a_checkpoint_that_failed_leaves_nothing_in_the_way_of_the_next() {
    let copy = Path::new("/copy");
    let (fs, engine) = three_tables();
    let before = fs.operations();
    engine.checkpoint(copy).expect("it works");
    let operations = fs.operations() - before;
    for at in 0..operations {
        let (fs, engine) = three_tables();
        let fails = When::Operation(fs.operations() + at);
        fs.inject(fails, Fault::Error(ErrorKind::Other));
        engine.checkpoint(copy).expect_err("an operation failed");
        let mut left = fs.disk().list(copy).unwrap_or_default();
        left.retain(|path| !path.ends_with("LOCK"));
        assert!(left.is_empty(), "operation {at}: {left:?}");
        engine.checkpoint(copy).expect("nothing fails now");
        let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
        let opened = Engine::open(&after.environment(), copy, roomy());
        let (copy, _) = opened.expect("it is durable");
        assert_eq!(contents(&copy), contents(&engine), "operation {at}");
    }
}

#[test]
fn tables_that_are_taken_in_come_after_everything_that_was_written() {
    let (fs, engine) = three_tables();
    put(&engine, "a", "memtable");
    engine.freeze().expect("it works");
    put(&engine, "b", "memtable");
    let snapshot = engine.snapshot();
    let make = |timestamp: Timestamp| {
        let entry = |key: &[u8]| {
            let key = OwnedKey::from(support::place(key, timestamp.0));
            (key, b"taken in".to_vec())
        };
        let table = write_table(&fs, &engine, &[entry(b"a"), entry(b"b")])?;
        Ok(table.into_iter().collect())
    };
    let timestamp = engine
        .ingest(&mut |timestamp, _| make(timestamp))
        .expect("it works");
    assert_eq!(
        timestamp,
        snapshot.timestamp().next(),
        "one batch, one timestamp"
    );
    for key in ["a", "b"] {
        assert_eq!(value(&engine, key).as_deref(), Some("taken in"));
        let before = snapshot.get(key).expect("reads work");
        assert_eq!(before.as_deref(), Some(&b"memtable"[..]), "{key}, before");
    }
    put(&engine, "a", "newer");
    engine.sync(SyncMode::Data).expect("it works");
    let expected = contents(&engine);
    let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
    let again = open(&after).expect("it opens");
    assert_eq!(contents(&again), expected, "it is durable");

    let failed = engine.ingest(&mut |timestamp, number| {
        number()?;
        make(timestamp)?;
        Err(Error::Refused)
    });
    failed.expect_err("its tables could not be made");
    assert_eq!(contents(&engine), expected, "then nothing has happened");
    let nothing = engine.ingest(&mut |_, _| Ok(Vec::new()));
    assert_eq!(nothing.expect("it works"), engine.published());
    assert_eq!(
        put(&engine, "a", "newest").timestamp,
        timestamp.next().next()
    );
}

#[test]
fn metrics_say_what_there_is() {
    let (fs, engine) = three_tables();
    let bytes = |level: usize| {
        let version = engine.version();
        let sizes = version.level(level).iter().map(|table| table.size);
        (version.level(level).len(), sizes.sum::<u64>())
    };
    put(&engine, "a", "7");
    put(&engine, "b", "8");
    engine.freeze().expect("it works");
    put(&engine, "c", "9");
    let _snapshots = [engine.snapshot(), engine.snapshot()];
    let _cursors = [
        engine.cursor(None),
        engine.cursor(None),
        engine.cursor(None),
    ];
    value(&engine, "1");
    value(&engine, "1");
    let metrics = engine.metrics();
    assert_eq!((metrics.groups, metrics.log.appends), (3, 3));
    assert_eq!(metrics.waiting, 0);
    assert_eq!(metrics.published, Timestamp(9));
    assert_eq!((metrics.snapshots, metrics.cursors), (2, 3));
    assert_eq!((metrics.frozen, metrics.memtable_versions), (1, 3));
    assert!(metrics.memtable_bytes > 0, "{metrics:?}");
    assert_eq!(metrics.levels.len(), engine.version().levels().len());
    assert_eq!(metrics.levels[0], bytes(0));
    assert_eq!(metrics.levels[3], (0, 0));
    assert_eq!((metrics.cache_hits, metrics.cache_misses), (1, 1));
    assert!(metrics.cache_bytes > 0, "{metrics:?}");
    engine
        .install(&merged(&fs, &engine))
        .expect("it makes sense");
    let metrics = engine.metrics();
    assert_eq!((metrics.levels[0], metrics.levels[3]), ((0, 0), bytes(3)));
}

#[test]
fn options_decide_about_cache_and_tables() {
    let size = |options: Options| {
        let fs = FaultyFs::new(MemFs::new());
        let (engine, _) = open_with(&fs, options).expect("an empty disk");
        for n in 0..40 {
            put(
                &engine,
                &format!("k{n:02}"),
                "the same for all, so that it shrinks",
            );
        }
        flush(&engine).expect("it works");
        value(&engine, "k07");
        (engine.metrics().levels[0].1, engine.metrics().cache_bytes)
    };
    let tables = |options: ferrisdb_sstable::Options| roomy().tables(options);
    let (normal, cached) = size(roomy());
    assert!(cached > 0, "a block that was read stays in the cache");
    assert_eq!(size(roomy().cache_size(0)), (normal, 0));
    let without_filter = ferrisdb_sstable::Options::default().filter_bits_per_key(0);
    assert!(
        size(tables(without_filter)).0 < normal,
        "a filter takes room"
    );
}

#[test]
fn a_recovery_can_be_read() {
    let (engine, recovery) = open_with(&FaultyFs::new(MemFs::new()), roomy()).expect("it opens");
    drop(engine);
    let text = recovery.to_string();
    assert!(text.contains("there is no database yet"), "{text}");
    assert!(
        text.ends_with("replayed 0 batches, up to position 0"),
        "{text}"
    );
    let log = [1, 2, 3].map(|timestamp| (timestamp, batch(&[("a", Some("1"))])));
    let fs = by_hand(&[(0, &[("a", 2, Some("1"))])], &log);
    add_orphan(&fs);
    let (engine, recovery) = open_with(&fs, roomy()).expect("it opens");
    let text = recovery.to_string();
    assert!(
        text.contains("replayed 3 batches,") && text.contains("; 2 of them were in tables already"),
        "{text}"
    );
    assert!(text.contains("with 1 table, from"), "{text}");
    assert!(
        text.contains("; removed 2 files that nothing needs"),
        "{text}"
    );
    let text = format!("{engine:?} {:?}", engine.cursor(None));
    assert!(
        text.contains(DIRECTORY) && text.contains("Cursor"),
        "{text}"
    );
}
