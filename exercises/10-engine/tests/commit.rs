//! How batches get in: alone, in groups, validated, or not at all.

mod support;

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use ferrisdb_core::{Batch, Clock, Environment, Timestamp, VALUE_SIZE_MAX};
use ferrisdb_engine::{Committed, Engine, Error, Result, View};
use ferrisdb_manifest::Edit;
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, IoKind, MemFs, When};
use ferrisdb_wal::SyncMode;

use support::{
    DIRECTORY, StopAtEnd, batch, contents, count, log_since, new, open, put, roomy, text, together,
    value,
};

/// A writer for [`together`].
type Writer<'a> = support::Writer<'a, Result<Committed>>;

/// A writer that puts one value.
fn putting<'a>(key: &'a str, text: &'a str, sync: SyncMode) -> Writer<'a> {
    Box::new(move |engine| engine.commit(&batch(&[(key, Some(text))]), sync))
}

/// A writer that puts one value if its validation agrees.
fn putting_if<'a>(
    key: &'a str,
    text: &'a str,
    validate: impl FnOnce(&View<'_>) -> Result<bool> + Send + 'static,
) -> Writer<'a> {
    let batch = batch(&[(key, Some(text))]);
    Box::new(move |engine| engine.commit_with(batch, SyncMode::None, Box::new(validate)))
}

fn timestamp(outcome: thread::Result<Result<Committed>>) -> Timestamp {
    let committed = outcome.expect("no panic").expect("it is written");
    committed.timestamp
}

#[test]
fn a_batch_is_visible_when_commit_returns() {
    let (_, engine) = new();
    assert_eq!(value(&engine, "a"), None, "nothing was written yet");
    put(&engine, "a", "1");
    assert_eq!(value(&engine, "a").as_deref(), Some("1"));
    let writes = [("a", Some("2")), ("b", Some("3")), ("a", Some("4"))];
    let both = batch(&writes);
    engine
        .commit(&both, SyncMode::None)
        .expect("the disk works");
    assert_eq!(
        value(&engine, "a").as_deref(),
        Some("4"),
        "the last write of a key in a batch wins"
    );
    assert_eq!(value(&engine, "b").as_deref(), Some("3"));
}

#[test]
fn each_batch_gets_the_next_timestamp_and_an_empty_one_gets_none() {
    let (fs, engine) = new();
    assert_eq!(put(&engine, "a", "1").timestamp, Timestamp(1));
    assert_eq!(put(&engine, "a", "1").timestamp, Timestamp(2));
    let before = fs.operations();
    let nothing = engine.commit(&Batch::new(), SyncMode::Data);
    let nothing = nothing.expect("an empty batch is fine");
    assert_eq!(
        nothing.timestamp,
        Timestamp(2),
        "an empty batch changes nothing, so it is as of the batch before"
    );
    assert_eq!(fs.operations(), before, "and nothing is written for it");
    assert_eq!(put(&engine, "a", "1").timestamp, Timestamp(3));
    assert_eq!(engine.published(), Timestamp(3));
}

#[test]
fn a_lone_writer_writes_once_and_syncs_only_if_it_asks() {
    let (fs, engine) = new();
    let modes = [
        (SyncMode::None, 0, 0),
        (SyncMode::Data, 1, 0),
        (SyncMode::Full, 0, 1),
    ];
    for (mode, data, full) in modes {
        let before = fs.operations();
        let one = batch(&[("a", Some("1")), ("b", Some("2"))]);
        engine.commit(&one, mode).expect("the disk works");
        let log = support::log_since(&fs, before);
        let found = (
            count(&log, IoKind::Write, ".wal"),
            count(&log, IoKind::SyncData, ".wal"),
            count(&log, IoKind::Sync, ".wal"),
        );
        assert_eq!(
            found,
            (1, data, full),
            "{mode:?}: writes, syncs of the data, and syncs of all, of the log"
        );
    }
}

#[test]
fn writers_who_wait_share_one_write_and_one_sync() {
    let (fs, engine) = new();
    let keys = ["a", "b", "c", "d", "e"];
    let writers = keys.map(|key| putting(key, "1", SyncMode::Data)).into();
    let (outcomes, log) = together(&fs, &engine, writers);
    let timestamps: Vec<_> = outcomes.into_iter().map(timestamp).collect();
    let expected: Vec<_> = (1..=5).map(Timestamp).collect();
    assert_eq!(
        timestamps, expected,
        "each batch has a timestamp of its own, in the order in which they waited"
    );
    assert_eq!(
        count(&log, IoKind::Write, ".wal"),
        1,
        "five batches that waited are written with one write: {log:#?}"
    );
    assert_eq!(
        count(&log, IoKind::SyncData, ".wal"),
        1,
        "and synced with one sync: {log:#?}"
    );
    let everything = contents(&engine);
    assert_eq!(everything.len(), 5, "{:?}", text(&everything));
}

#[test]
fn a_group_ends_with_the_batch_that_makes_it_large() {
    let (fs, engine) = new();
    let large = "x".repeat(700 << 10);
    let writers = ["a", "b", "c", "d", "e"].map(|key| putting(key, &large, SyncMode::Data));
    let (outcomes, log) = together(&fs, &engine, writers.into());
    assert_eq!(
        outcomes.into_iter().map(timestamp).max(),
        Some(Timestamp(5))
    );
    let found = (
        count(&log, IoKind::Write, ".wal"),
        count(&log, IoKind::SyncData, ".wal"),
    );
    assert_eq!(
        found,
        (3, 3),
        "two batches of 700 KiB are more than 1 MiB: two groups of two, and one of one"
    );
}

#[test]
fn the_strongest_sync_that_anybody_asked_for_is_done_once_for_all() {
    use SyncMode::{Data, Full, None};
    // What each of three writers asks for; how many syncs of the data and of all follow.
    let cases = [
        ([None, None, None], 0, 0),
        ([None, Data, None], 1, 0),
        ([Data, None, None], 1, 0),
        ([None, None, Data], 1, 0),
        ([Data, Full, None], 0, 1),
        ([Full, Data, Data], 0, 1),
        ([None, Data, Full], 0, 1),
    ];
    for (modes, data, full) in cases {
        let (fs, engine) = new();
        let writers = modes.map(|mode| putting("key", "value", mode)).into();
        let (outcomes, log) = together(&fs, &engine, writers);
        for outcome in outcomes {
            timestamp(outcome);
        }
        let found = (
            count(&log, IoKind::SyncData, ".wal"),
            count(&log, IoKind::Sync, ".wal"),
        );
        assert_eq!(
            found,
            (data, full),
            "{modes:?} were asked for: syncs of the data, and of all"
        );
        if data + full > 0 {
            let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
            let engine = open(&after).expect("it opens");
            assert_eq!(
                value(&engine, "key").as_deref(),
                Some("value"),
                "{modes:?}: what was synced survives a power cut"
            );
        }
    }
}

#[test]
fn a_batch_that_is_not_written_takes_neither_a_timestamp_nor_the_others_with_it() {
    let (fs, engine) = new();
    let broken = || ferrisdb_core::Error::TooLarge {
        what: "thing of the caller's",
        size: 2,
        size_max: 1,
    };
    let writers: Vec<Writer<'_>> = vec![
        putting("a", "1", SyncMode::None),
        putting_if("b", "1", |_| Ok(false)),
        putting_if("c", "1", move |_| Err(broken().into())),
        putting_if("e", "1", |_| Ok(true)),
        putting_if("f", "1", |_| Ok(false)),
    ];
    let (mut outcomes, log) = together(&fs, &engine, writers);
    let refused = outcomes.pop().expect("five").expect("no panic");
    assert!(matches!(refused, Err(Error::Refused)), "{refused:?}");
    assert_eq!(timestamp(outcomes.pop().expect("four")), Timestamp(2));
    let failed = outcomes.pop().expect("three").expect("no panic");
    let failed = failed.expect_err("its validation failed").to_string();
    assert!(failed.contains("thing of the caller's"), "{failed}");
    let refused = outcomes.pop().expect("two").expect("no panic");
    assert!(matches!(refused, Err(Error::Refused)), "{refused:?}");
    assert_eq!(timestamp(outcomes.pop().expect("one")), Timestamp(1));
    assert_eq!(count(&log, IoKind::Write, ".wal"), 1, "one write for both");
    assert_eq!(
        text(&contents(&engine)),
        [r#""a" = "1""#, r#""e" = "1""#],
        "the two that were not refused are there, and nothing else"
    );
    put(&engine, "g", "1");
    assert_eq!(engine.published(), Timestamp(3), "and it goes on");
}

#[test]
fn a_panic_of_a_validation_is_that_of_the_thread_that_brought_it() {
    let (fs, engine) = new();
    let writers: Vec<Writer<'_>> = vec![
        putting("a", "1", SyncMode::None),
        putting_if("b", "1", |_| panic!("a validation went wrong")),
        putting("c", "1", SyncMode::None),
    ];
    let (outcomes, _) = together(&fs, &engine, writers);
    let panics: Vec<Option<&str>> = outcomes
        .iter()
        .map(|outcome| outcome.as_ref().err()?.downcast_ref().copied())
        .collect();
    assert_eq!(
        panics,
        [None, Some("a validation went wrong"), None],
        "who panicked, and how: only the second had a validation"
    );
    for outcome in outcomes.into_iter().filter_map(Result::ok) {
        outcome.expect("the others are written");
    }
    assert_eq!(text(&contents(&engine)), [r#""a" = "1""#, r#""c" = "1""#]);
    put(&engine, "d", "1");
}

/// What a batch sees that has two others ahead of it.
fn check_view(view: &View<'_>) {
    let get = |key| {
        let value = view.get(key).expect("reads work");
        value.map(|value| String::from_utf8(value).expect("text"))
    };
    assert_eq!(get("put").as_deref(), Some("ahead"), "a batch ahead counts");
    assert_eq!(get("deleted"), None, "so does its delete");
    assert_eq!(
        get("twice").as_deref(),
        Some("last"),
        "the last write of a key in a batch wins"
    );
    assert_eq!(
        get("older").as_deref(),
        Some("newer"),
        "of two batches ahead the later one wins"
    );
    assert_eq!(
        get("refused").as_deref(),
        Some("before"),
        "what was refused was not written"
    );
    assert_eq!(
        get("behind").as_deref(),
        Some("before"),
        "what comes later in the group is not there yet"
    );
    assert_eq!(get("mine"), None, "nor is the batch itself");
    assert_eq!(
        view.timestamp(),
        Timestamp(9),
        "six batches before, two ahead: this is the ninth"
    );
}

#[test]
fn a_validation_sees_what_is_ahead_of_it_and_nothing_else() {
    let (fs, engine) = new();
    for key in ["put", "deleted", "twice", "refused", "behind", "older"] {
        put(&engine, key, "before");
    }
    let ahead: Writer<'_> = Box::new(|engine: &Engine| {
        let writes = [
            ("put", Some("ahead")),
            ("deleted", None),
            ("twice", Some("first")),
            ("twice", Some("last")),
            ("older", Some("older")),
        ];
        engine.commit(&batch(&writes), SyncMode::None)
    });
    let writers: Vec<Writer<'_>> = vec![
        ahead,
        putting_if("refused", "ahead", |_| Ok(false)),
        putting("older", "newer", SyncMode::None),
        putting_if("mine", "mine", |view| {
            check_view(view);
            Ok(true)
        }),
        putting("behind", "later", SyncMode::None),
    ];
    let (outcomes, _) = together(&fs, &engine, writers);
    let mut outcomes = outcomes.into_iter();
    let fourth = outcomes.nth(3).expect("five writers");
    if let Err(panic) = fourth {
        std::panic::resume_unwind(panic);
    }
    assert_eq!(timestamp(fourth), Timestamp(9));
}

#[test]
fn nothing_is_written_or_synced_for_those_who_are_refused() {
    use SyncMode::{Data, Full, None};
    let refused = |mode| -> Writer<'static> {
        let batch = batch(&[("refused", Some("1"))]);
        Box::new(move |engine| engine.commit_with(batch, mode, Box::new(|_| Ok(false))))
    };
    let cases: [(Vec<Writer<'_>>, usize, usize); 3] = [
        (vec![refused(Full), refused(Data)], 0, 0),
        (
            vec![refused(Data), putting("a", "1", None), refused(Full)],
            1,
            0,
        ),
        (
            vec![refused(Full), putting("a", "1", Data), refused(None)],
            1,
            1,
        ),
    ];
    for (writers, writes, syncs) in cases {
        let (fs, engine) = new();
        let (_, log) = together(&fs, &engine, writers);
        let found = (
            count(&log, IoKind::Write, ".wal"),
            count(&log, IoKind::SyncData, ".wal"),
            count(&log, IoKind::Sync, ".wal"),
        );
        assert_eq!(
            found,
            (writes, syncs, 0),
            "writes, syncs of the data, and syncs of all, of the log"
        );
        assert_eq!(value(&engine, "refused"), Option::None);
        let groups = engine.metrics().groups;
        assert_eq!(groups, writes as u64, "a group of nobody is none");
    }
}

#[test]
fn an_empty_batch_in_a_group_is_as_of_the_batch_before() {
    let (fs, engine) = new();
    let empty = || -> Writer<'static> {
        Box::new(|engine| engine.commit_with(Batch::new(), SyncMode::Data, Box::new(|_| Ok(true))))
    };
    let writers = vec![
        empty(),
        putting("a", "1", SyncMode::None),
        empty(),
        putting("b", "1", SyncMode::None),
        empty(),
    ];
    let (outcomes, log) = together(&fs, &engine, writers);
    let timestamps: Vec<_> = outcomes.into_iter().map(timestamp).collect();
    let expected = [0, 1, 1, 2, 2].map(Timestamp);
    assert_eq!(timestamps, expected, "empty, a, empty, b, empty");
    assert_eq!(count(&log, IoKind::Write, ".wal"), 1);
    assert_eq!(
        count(&log, IoKind::SyncData, ".wal"),
        1,
        "whoever asks for a sync gets one, also with nothing of its own to write"
    );
    assert_eq!(
        engine.metrics().log.appends,
        2,
        "what is empty is not in the log"
    );
}

#[test]
fn everybody_in_a_group_hears_that_a_memtable_was_full() {
    for large in 0..3 {
        let fs = FaultyFs::new(MemFs::new());
        let engine = open(&fs).expect("an empty disk");
        put(&engine, "first", &"x".repeat(support::MEMTABLE_SIZE / 2));
        let long = "x".repeat(support::MEMTABLE_SIZE / 2);
        let text = |n| if n == large { long.as_str() } else { "1" };
        let writers = [("a", 0), ("b", 1), ("c", 2)];
        let writers = writers.map(|(key, n)| putting(key, text(n), SyncMode::None));
        let (outcomes, _) = together(&fs, &engine, writers.into());
        for outcome in outcomes {
            let committed = outcome.expect("no panic").expect("it is written");
            assert!(
                committed.switched,
                "batch {large} of the group did not fit, so there is a memtable to flush"
            );
        }
        assert_eq!(engine.frozen(), 1);
    }
}

#[test]
fn behind_a_batch_that_did_not_fit_the_group_goes_on() {
    let fs = FaultyFs::new(MemFs::new());
    let engine = open(&fs).expect("an empty disk");
    let long = "x".repeat(support::MEMTABLE_SIZE / 2);
    put(&engine, "first", &long);
    let writers = [("a", &*long), ("b", "1"), ("c", "1")];
    let writers = writers.map(|(key, text)| putting(key, text, SyncMode::None));
    let (outcomes, _) = together(&fs, &engine, writers.into());
    for outcome in outcomes {
        outcome.expect("no panic").expect("it is written");
    }
    assert_eq!(engine.frozen(), 1, "the first of them did not fit");
    assert_eq!(contents(&engine).len(), 4, "all of them are there");
}

#[test]
fn whoever_has_nothing_to_write_gets_a_sync_all_the_same() {
    let (fs, engine) = new();
    put(&engine, "a", "1");
    let before = fs.operations();
    let nothing = engine.commit_with(Batch::new(), SyncMode::Data, Box::new(|_| Ok(true)));
    assert_eq!(nothing.expect("it agrees").timestamp, Timestamp(1));
    let log = log_since(&fs, before);
    assert_eq!(count(&log, IoKind::Write, ".wal"), 0, "nothing is written");
    assert_eq!(count(&log, IoKind::SyncData, ".wal"), 1, "{log:#?}");
    let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
    let engine = open(&after).expect("it opens");
    let kept = value(&engine, "a");
    assert_eq!(kept.as_deref(), Some("1"), "what was there has been synced");
}

#[test]
fn the_timestamp_that_a_validation_is_shown_is_the_one_that_the_batch_gets() {
    let (fs, engine) = new();
    put(&engine, "before", "1");
    let shown = Arc::new([const { AtomicU64::new(0) }; 6]);
    let asked = |n: usize, writes: Batch, agrees: bool| -> Writer<'static> {
        let shown = Arc::clone(&shown);
        Box::new(move |engine: &Engine| {
            let validate = Box::new(move |view: &View<'_>| {
                shown[n].store(view.timestamp().0, Ordering::Relaxed);
                Ok(agrees)
            });
            engine.commit_with(writes, SyncMode::None, validate)
        })
    };
    let one = || batch(&[("key", Some("1"))]);
    let writers = vec![
        asked(0, Batch::new(), true),
        asked(1, one(), true),
        asked(2, one(), false),
        asked(3, Batch::new(), true),
        asked(4, Batch::new(), true),
        asked(5, one(), true),
    ];
    let (outcomes, _) = together(&fs, &engine, writers);
    let told = |outcome: thread::Result<Result<Committed>>| {
        let committed = outcome.expect("no panic").ok()?;
        Some(committed.timestamp.0)
    };
    let told: Vec<Option<u64>> = outcomes.into_iter().map(told).collect();
    assert_eq!(
        told,
        [Some(1), Some(2), None, Some(2), Some(2), Some(3)],
        "an empty batch, one with a key, one that is refused, two empty ones, one with a key"
    );
    let shown = shown.each_ref().map(|n| n.load(Ordering::Relaxed));
    assert_eq!(
        shown,
        [1, 2, 3, 2, 2, 3],
        "what the validation of each was shown; an empty batch takes no timestamp of its own"
    );
}

#[test]
fn a_group_becomes_visible_all_at_once() {
    let (fs, engine) = new();
    let large = |n: u8| -> Writer<'static> {
        let mut writes = Batch::new();
        for key in 0..2000_u16 {
            writes.put([&[n][..], &key.to_be_bytes()].concat(), "1");
        }
        Box::new(move |engine: &Engine| engine.commit(&writes, SyncMode::None))
    };
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let stop = StopAtEnd(&done);
        let watch = scope.spawn(|| {
            let mut seen = vec![engine.published()];
            while !done.load(Ordering::Relaxed) {
                seen.push(engine.published());
                seen.dedup();
            }
            seen.push(engine.published());
            seen.dedup();
            seen
        });
        let (outcomes, _) = together(&fs, &engine, (0..8).map(large).collect());
        for outcome in outcomes {
            outcome.expect("no panic").expect("it is written");
        }
        drop(stop);
        let seen = watch.join().expect("it only looks");
        let both = [Timestamp(0), Timestamp(8)];
        assert_eq!(seen, both, "nobody sees a part of a group");
    });
}

#[test]
fn a_validation_is_asked_when_its_turn_has_come_and_not_before() {
    let (fs, engine) = new();
    put(&engine, "a", "old");
    let writers: Vec<Writer<'_>> = vec![
        putting("a", "new", SyncMode::None),
        putting_if("a", "mine", |view| {
            Ok(view.get("a")? == Some(b"old".to_vec()))
        }),
    ];
    let (mut outcomes, _) = together(&fs, &engine, writers);
    let second = outcomes.pop().expect("two").expect("no panic");
    assert!(
        matches!(second, Err(Error::Refused)),
        "the value that it counts on has changed by the time: {second:?}"
    );
    assert_eq!(value(&engine, "a").as_deref(), Some("new"));
}

#[test]
fn an_empty_batch_is_validated_too_and_takes_no_timestamp() {
    let (_, engine) = new();
    put(&engine, "a", "1");
    let ask =
        |answer| engine.commit_with(Batch::new(), SyncMode::None, Box::new(move |_| Ok(answer)));
    assert_eq!(ask(true).expect("it agrees").timestamp, Timestamp(1));
    assert!(matches!(ask(false), Err(Error::Refused)));
    assert_eq!(put(&engine, "b", "1").timestamp, Timestamp(2));
}

#[test]
fn counters_that_are_validated_lose_no_increment() {
    let (_, engine) = new();
    put(&engine, "counter", "0");
    let increment = || loop {
        let before = value(&engine, "counter").expect("it is there");
        let after = before.parse::<u32>().expect("a number") + 1;
        let batch = batch(&[("counter", Some(after.to_string().as_str()))]);
        let unchanged = move |view: &View<'_>| Ok(view.get("counter")? == Some(before.into()));
        match engine.commit_with(batch, SyncMode::None, Box::new(unchanged)) {
            Ok(_) => return,
            Err(Error::Refused) => {}
            Err(error) => panic!("{error}"),
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..25).for_each(|_| increment()));
        }
    });
    assert_eq!(
        value(&engine, "counter").as_deref(),
        Some("100"),
        "four threads add one, twenty-five times each"
    );
}

#[test]
fn threads_of_writers_all_get_in_and_readers_see_whole_batches() {
    let (fs, engine) = new();
    let (threads, each) = (4_usize, 40_usize);
    let done = AtomicBool::new(false);
    let mut timestamps: Vec<Timestamp> = thread::scope(|scope| {
        let _stop = StopAtEnd(&done);
        scope.spawn(|| {
            let mut last = Timestamp::ZERO;
            while !done.load(Ordering::Relaxed) {
                let cursor = engine.cursor(Some(Timestamp::MAX));
                let as_of = Some(cursor.as_of());
                let pair = ["left", "right"].map(|key| support::value_at(&engine, key, as_of));
                assert_eq!(
                    pair[0], pair[1],
                    "a batch is visible as a whole or not at all"
                );
                assert!(cursor.as_of() >= last, "what was visible once stays so");
                last = cursor.as_of();
            }
        });
        let write = |thread: usize| {
            let engine = &engine;
            move || -> Vec<Timestamp> {
                let one = |n: usize| {
                    let own = format!("{thread}/{n}");
                    let mode = [SyncMode::None, SyncMode::Data][n % 2];
                    let text = Some(own.as_str());
                    let batch = batch(&[("left", text), (own.as_str(), text), ("right", text)]);
                    let committed = engine.commit(&batch, mode).expect("the disk works");
                    assert_eq!(value(engine, &own), Some(own), "who has written sees it");
                    committed.timestamp
                };
                (0..each).map(one).collect()
            }
        };
        let writers: Vec<_> = (0..threads).map(|n| scope.spawn(write(n))).collect();
        let timestamps = writers.into_iter().flat_map(|writer| {
            let own = writer.join().expect("no writer panics");
            assert!(own.is_sorted(), "one after the other: {own:?}");
            own
        });
        timestamps.collect()
    });
    timestamps.sort();
    let expected: Vec<_> = (1..=160).map(Timestamp).collect();
    assert_eq!(timestamps, expected, "each batch has one of its own");
    assert_eq!(contents(&engine).len(), threads * each + 2);
    let written = contents(&engine);
    engine.sync(SyncMode::Data).expect("the disk works");
    drop(engine);
    let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
    let (engine, _) = support::open_with(&after, support::roomy()).expect("it opens");
    assert_eq!(text(&contents(&engine)), text(&written), "all was synced");
}

#[test]
fn what_a_thread_was_promised_survives_whatever_the_others_do() {
    let fs = FaultyFs::new(MemFs::new());
    let engine = open(&fs).expect("an empty disk");
    let write = |thread: usize| {
        let engine = &engine;
        move || {
            for n in 0..20 {
                let own = format!("{thread}/{n}");
                let batch = batch(&[(own.as_str(), Some("1"))]);
                let committed = engine.commit(&batch, SyncMode::Data);
                if committed.expect("the disk works").switched {
                    engine.flush_step().expect("the disk works");
                }
            }
        }
    };
    thread::scope(|scope| {
        for thread in 0..3 {
            scope.spawn(write(thread));
        }
    });
    let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
    let engine = open(&after).expect("it opens");
    for thread in 0..3 {
        for n in 0..20 {
            let own = format!("{thread}/{n}");
            assert!(value(&engine, &own).is_some(), "{own} was acknowledged");
        }
    }
}

#[test]
fn a_batch_that_is_too_large_is_refused_and_harms_nobody() {
    let (fs, engine) = new();
    let mut large = Batch::new();
    large.put("a", vec![0; VALUE_SIZE_MAX + 1]);
    let before = fs.operations();
    let validate = Box::new(|_: &View<'_>| panic!("it is refused before that"));
    for refused in [
        engine.commit(&large, SyncMode::Data),
        engine.commit_with(large.clone(), SyncMode::Data, validate),
    ] {
        let error = refused.expect_err("its value is too large");
        assert!(error.to_string().contains("value"), "{error}");
    }
    assert_eq!(fs.operations(), before, "nothing is written of it");
    assert_eq!(put(&engine, "a", "1").timestamp, Timestamp(1));
}

/// After a failed write: reads go on, nothing else does.
fn check_stopped(fs: &FaultyFs, engine: &Engine, what: &str) {
    fs.clear_faults();
    let before = fs.changes();
    let is_stopped = |result: Result<()>| {
        let error = result.expect_err("an earlier write failed");
        assert!(
            matches!(error, Error::WritesStopped { .. }),
            "{what}: {error:?}"
        );
        assert!(
            error.to_string().contains("at operation"),
            "{what}: the message says what failed first: {error}"
        );
    };
    let later = batch(&[("later", Some("1"))]);
    is_stopped(engine.commit(&later, SyncMode::None).map(drop));
    is_stopped(engine.sync(SyncMode::Data));
    is_stopped(engine.freeze().map(drop));
    is_stopped(engine.flush_step().map(drop));
    is_stopped(engine.install(&Edit::new()));
    is_stopped(engine.next_number().map(drop));
    is_stopped(engine.remove_obsolete().map(drop));
    assert_eq!(fs.changes(), before, "{what}: not even tried again");
    assert_eq!(value(engine, "later"), None, "{what}");
}

#[test]
fn after_a_failed_write_or_sync_nothing_more_is_written_and_the_batch_is_not_visible() {
    let faults = [
        (When::Next(IoKind::Write), Fault::Error(ErrorKind::Other)),
        (When::NextSync, Fault::Error(ErrorKind::Other)),
        (When::NextSync, Fault::LoseUnsynced),
    ];
    for (when, fault) in faults {
        let what = format!("{when:?} gives {fault:?}");
        let (fs, engine) = new();
        put(&engine, "a", "before");
        fs.inject(when, fault);
        let failing = batch(&[("a", Some("failing")), ("b", Some("failing"))]);
        let error = engine.commit(&failing, SyncMode::Data);
        let error = error.expect_err("the disk reports an error");
        assert!(
            matches!(error, Error::Core(ferrisdb_core::Error::Io { .. })),
            "{what}: the first to hear of it gets the error itself: {error:?}"
        );
        assert_eq!(value(&engine, "a").as_deref(), Some("before"), "{what}");
        assert_eq!(value(&engine, "b"), None, "{what}");
        assert_eq!(engine.published(), Timestamp(1), "{what}");
        check_stopped(&fs, &engine, &what);
        assert_eq!(text(&contents(&engine)), [r#""a" = "before""#], "{what}");
        engine
            .close()
            .expect_err("nothing can be promised any more");
    }
}

/// How many versions are in the memtable, and how many groups were counted, after one put that
/// went well and one during which this happened.
fn after(when: When, fault: Fault) -> (usize, u64) {
    let (fs, engine) = new();
    put(&engine, "a", "before");
    fs.inject(when, fault);
    let failing = batch(&[("a", Some("failing"))]);
    let failed = engine.commit(&failing, SyncMode::Data);
    failed.expect_err("the disk reports an error");
    let metrics = engine.metrics();
    (metrics.memtable_versions, metrics.groups)
}

#[test]
fn what_could_not_be_written_to_the_log_is_not_in_the_memtable() {
    let fault = Fault::Error(ErrorKind::Other);
    assert_eq!(after(When::Next(IoKind::Write), fault).0, 1);
}

#[test]
fn what_could_not_be_synced_is_not_in_the_memtable() {
    for fault in [Fault::Error(ErrorKind::Other), Fault::LoseUnsynced] {
        assert_eq!(after(When::NextSync, fault).0, 1, "{fault:?}");
    }
}

#[test]
fn a_group_that_failed_is_not_counted() {
    let fault = Fault::Error(ErrorKind::Other);
    assert_eq!(after(When::Next(IoKind::Write), fault).1, 1);
    assert_eq!(after(When::NextSync, fault).1, 1);
}

/// A clock that panics when it is asked, once it is told to.
#[derive(Debug, Default)]
struct Bomb(AtomicBool);

impl Clock for Bomb {
    fn unix_us(&self) -> u64 {
        0
    }

    fn elapsed(&self) -> Duration {
        assert!(!self.0.load(Ordering::Relaxed), "told to");
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) {}
}

#[test]
fn after_a_panic_in_a_write_nothing_more_is_written() {
    let fs = FaultyFs::new(MemFs::new());
    let clock = Arc::new(Bomb::default());
    let environment = Environment {
        clock: Arc::clone(&clock) as _,
        ..fs.environment()
    };
    let opened = Engine::open(&environment, Path::new(DIRECTORY), roomy());
    let (engine, _) = opened.expect("an empty disk");
    put(&engine, "a", "1");
    // A sync measures how long it takes, and then the group is in the log already.
    clock.0.store(true, Ordering::Relaxed);
    let commit = || engine.commit(&batch(&[("b", Some("2"))]), SyncMode::Data);
    let panic = thread::scope(|scope| scope.spawn(commit).join());
    panic.expect_err("the clock panics");
    clock.0.store(false, Ordering::Relaxed);
    let later = engine.commit(&batch(&[("c", Some("3"))]), SyncMode::None);
    let error = later.expect_err("the log may hold a batch that nobody knows of");
    assert!(error.to_string().contains("panicked"), "{error}");
    assert_eq!(text(&contents(&engine)), [r#""a" = "1""#]);
    drop(engine);
    let engine = open(&fs).expect("no timestamp was given out twice");
    assert_eq!(value(&engine, "a").as_deref(), Some("1"));
}

#[test]
fn everybody_in_a_group_hears_of_its_failure() {
    for when in [When::Next(IoKind::Write), When::NextSync] {
        let (fs, engine) = new();
        put(&engine, "a", "before");
        fs.inject(when, Fault::Error(ErrorKind::Other));
        let writers: Vec<Writer<'_>> = vec![
            putting_if("b", "1", |_| Ok(false)),
            putting("c", "1", SyncMode::None),
            putting("d", "1", SyncMode::Data),
            putting("e", "1", SyncMode::None),
        ];
        let (outcomes, _) = together(&fs, &engine, writers);
        let mut errors = outcomes.into_iter().map(|outcome| {
            let error = outcome.expect("no panic");
            error.expect_err("none of them was written")
        });
        let refused = errors.next().expect("four");
        assert!(
            matches!(refused, Error::Refused),
            "who was refused before has nothing to do with it: {refused:?}"
        );
        let first = errors.next().expect("four");
        assert!(matches!(first, Error::Core(_)), "{first:?}");
        for error in errors {
            assert!(matches!(error, Error::WritesStopped { .. }), "{error:?}");
        }
        check_stopped(&fs, &engine, &format!("{when:?}"));
        let later = batch(&[("later", Some("1"))]);
        let later = engine.commit_with(later, SyncMode::None, Box::new(|_| Ok(true)));
        let error = later.expect_err("an earlier write failed");
        assert!(matches!(error, Error::WritesStopped { .. }), "{error:?}");
        assert_eq!(text(&contents(&engine)), [r#""a" = "before""#]);
    }
}
