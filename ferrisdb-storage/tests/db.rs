//! What the database answers, whatever it is made of.

#[path = "db/background.rs"]
mod background;
#[path = "db/common.rs"]
mod common;
#[path = "db/crashes.rs"]
mod crashes;
#[path = "db/damage.rs"]
mod damage;
#[path = "db/failures.rs"]
mod failures;
#[path = "db/ingest.rs"]
mod ingest;
#[path = "db/lockstep.rs"]
mod lockstep;
#[path = "db/maintenance.rs"]
mod maintenance;
#[path = "db/tables.rs"]
mod tables;

use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use common::{contents, open, open_disk, open_with};
use ferrisdb_storage::{Batch, Db, Error, KEY_SIZE_MAX, Result, SyncMode};
use ferrisdb_testkit::{CrashPlan, FaultyFs, IoKind, MemFs, Pairs};

#[test]
fn a_database_on_a_real_disk_is_found_again() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("a/b");
    let db = Db::open(&path).expect("the directory is created");
    db.put("a", "1").expect("writes work");
    db.put(b"b", vec![2]).expect("writes work");
    db.delete(String::from("a")).expect("deletes work");
    drop(db);
    let db = Db::open(&path).expect("dropping is enough");
    assert_eq!(contents(&db), [(b"b".to_vec(), vec![2])]);
    db.put("c", "").expect("writes work");
    db.close().expect("closing works");
    let db = Db::open(&path).expect("it was closed");
    let expected = [(b"b".to_vec(), vec![2]), (b"c".to_vec(), vec![])];
    assert_eq!(contents(&db), expected, "an empty value is a value");
}

#[test]
fn a_database_can_be_sent_and_shared() {
    fn check<T: Send + Sync>() {}
    check::<Db>();
    check::<Error>();
}

#[test]
fn the_last_write_of_a_key_in_a_batch_wins() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open(&fs).expect("an empty disk");
    let mut batch = Batch::new();
    batch.put("a", "1");
    batch.delete("b");
    batch.put("a", "2");
    batch.put("b", "3");
    batch.put("c", "4");
    batch.delete("c");
    db.write(&batch).expect("writes work");
    let expected = [
        (b"a".to_vec(), b"2".to_vec()),
        (b"b".to_vec(), b"3".to_vec()),
    ];
    assert_eq!(contents(&db), expected);
    drop(db);
    assert_eq!(contents(&open(&fs).expect("it is there")), expected);
}

#[test]
fn an_empty_batch_does_nothing() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open(&fs).expect("an empty disk");
    let before = fs.operations();
    db.write(&Batch::new()).expect("nothing to fail");
    assert_eq!(fs.operations(), before, "not even a sync");
}

#[test]
fn a_write_that_returned_is_on_the_disk() {
    for (mode, kind) in [
        (SyncMode::Data, IoKind::SyncData),
        (SyncMode::Full, IoKind::Sync),
    ] {
        let fs = FaultyFs::new(MemFs::new());
        let db = open_with(&fs, mode).expect("an empty disk");
        for key in [b"a", b"b"] {
            let before = fs.log().len();
            db.put(key, "1").expect("writes work");
            let after = open_disk(&fs.crash(&CrashPlan::LoseAll)).expect("recovers");
            let found = after.get(key).expect("reads work");
            assert!(
                found.is_some(),
                "{mode:?} was asked for, and the write returned"
            );
            assert!(
                fs.log()[before..].iter().any(|io| io.kind == kind),
                "{mode:?} is {kind:?} for the file system"
            );
        }
    }
}

#[test]
fn without_syncing_a_write_is_durable_after_the_next_sync() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open_with(&fs, SyncMode::None).expect("an empty disk");
    let lost = |fs: &FaultyFs| {
        let after = open_disk(&fs.crash(&CrashPlan::LoseAll)).expect("recovers");
        contents(&after).is_empty()
    };
    let before = fs.operations();
    db.put("a", "1").expect("writes work");
    assert_eq!(fs.operations(), before + 1, "one write, and no sync");
    assert!(
        lost(&fs),
        "a power cut may lose it: that is what was asked for"
    );
    db.sync().expect("syncs work");
    assert!(!lost(&fs), "it was synced");
}

#[test]
fn closing_makes_everything_durable() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open_with(&fs, SyncMode::None).expect("an empty disk");
    for key in 0..40_u8 {
        db.put([key], [key; 20]).expect("writes work");
    }
    db.close().expect("closing works");
    let after = open_disk(&fs.crash(&CrashPlan::LoseAll)).expect("recovers");
    assert_eq!(contents(&after).len(), 40);
    assert_eq!(after.recovery().torn_tail, None, "it ended in good order");
}

#[test]
fn a_second_open_is_refused_while_the_first_lasts() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open(&fs).expect("an empty disk");
    db.put("a", "1").expect("writes work");
    let error = open(&fs).expect_err("the directory is in use");
    assert!(matches!(error, Error::InUse { .. }), "{error:?}");
    let message = error.to_string();
    assert!(
        message.contains("/db") && message.contains("open already"),
        "{message}"
    );
    // Who has it open stands in the file, if anything legible does.
    let cases: [(&[u8], &str); 5] = [
        (
            b"process 4711, since 2026-03-01T09:30:00Z\n",
            "by process 4711, since 2026-03-01T09:30:00Z;",
        ),
        (b"", "in this process or another;"),
        (b"process 4711, si", "in this process or another;"),
        (b"\xff\xfe\n", "in this process or another;"),
        (b"process \x1b[2J\n", "in this process or another;"),
    ];
    for (text, says) in cases {
        fs.disk().write("/db/LOCK", text).expect("a disk in memory");
        let message = open(&fs).expect_err("still in use").to_string();
        assert!(message.contains(says), "{message}");
    }
    db.put("b", "2").expect("the first one is not disturbed");
    drop(db);
    assert_eq!(contents(&open(&fs).expect("free again")).len(), 2);
}

#[test]
fn an_over_long_key_is_refused_and_the_database_goes_on() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open(&fs).expect("an empty disk");
    let longest = vec![b'k'; KEY_SIZE_MAX];
    let too_long = vec![b'k'; KEY_SIZE_MAX + 1];
    let before = fs.operations();
    let mut batch = Batch::new();
    batch.put("a", "1");
    batch.put(&too_long, "2");
    for result in [
        db.put(&too_long, ""),
        db.delete(&too_long),
        db.write(&batch),
    ] {
        let error = result.expect_err("one byte too long");
        let is_size = matches!(error, Error::Core(ferrisdb_core::Error::TooLarge { .. }));
        assert!(is_size, "{error:?}");
    }
    assert_eq!(fs.operations(), before, "nothing was written");
    assert!(contents(&db).is_empty(), "no part of the batch either");
    assert_eq!(db.get(&too_long).expect("asking is no mistake"), None);
    db.put(&longest, "3")
        .expect("exactly at the limit, and after an error");
    drop(db);
    let found = open(&fs).expect("it is there").get(&longest);
    assert_eq!(found.expect("reads work"), Some(b"3".to_vec()));
}

#[test]
fn a_read_only_disk_is_an_error_that_says_so() {
    let fs = FaultyFs::new(MemFs::new());
    fs.disk().set_read_only(true);
    let is_read_only = |error: &Error| {
        let source = match error {
            Error::Core(ferrisdb_core::Error::Io { source, .. }) => source.kind(),
            other => panic!("an I/O error is expected, not {other:?}"),
        };
        source == ErrorKind::ReadOnlyFilesystem && error.to_string().contains("read-only")
    };
    let error = open(&fs).expect_err("nothing can be created");
    assert!(is_read_only(&error), "{error}");

    fs.disk().set_read_only(false);
    let db = open(&fs).expect("it can be written to now");
    db.put("a", "1").expect("writes work");
    fs.disk().set_read_only(true);
    let error = db.put("b", "2").expect_err("the disk turned read-only");
    assert!(is_read_only(&error), "{error}");
    assert_eq!(db.get("a").expect("reads go on"), Some(b"1".to_vec()));
    drop(db);
    let error = open(&fs).expect_err("the lock cannot be taken");
    assert!(is_read_only(&error), "{error}");
    fs.disk().set_read_only(false);
    let db = open(&fs).expect("it can be written to again");
    assert_eq!(db.get("a").expect("reads work"), Some(b"1".to_vec()));
}

#[test]
fn a_scan_shows_the_moment_at_which_it_began() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open(&fs).expect("an empty disk");
    for key in ["a", "b", "c"] {
        db.put(key, "old").expect("writes work");
    }
    let mut scan = db.scan_all();
    db.put("a", "new").expect("a scan holds no lock");
    db.put("aa", "new").expect("writes work");
    db.delete("b").expect("writes work");
    let mut next = |back| {
        let pair = if back { scan.next_back() } else { scan.next() };
        pair.map(|pair| pair.expect("scans work"))
    };
    let old = |key: &str| Some((key.as_bytes().to_vec(), b"old".to_vec()));
    assert_eq!(next(false), old("a"));
    assert_eq!(next(true), old("c"));
    assert_eq!(next(false), old("b"));
    assert_eq!(
        (next(true), next(false)),
        (None, None),
        "both ends have met"
    );
    assert_eq!(
        db.scan("a".."b").count(),
        2,
        "a new scan shows the new state"
    );
}

#[test]
fn metrics_and_recovery_count_what_happened() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open(&fs).expect("an empty disk");
    assert_eq!(db.recovery().batches, 0);
    db.put("a", "1").expect("writes work");
    db.put("a", "2").expect("writes work");
    db.put("b", "3").expect("writes work");
    let metrics = db.metrics();
    assert_eq!(metrics.memtable_versions, 3, "every version counts");
    assert!(metrics.memtable_bytes > 6, "and takes memory");
    assert_eq!(metrics.log.appends, 3);
    assert_eq!(metrics.log.syncs, 3);
    drop(db);
    let db = open(&fs).expect("it is there");
    assert_eq!(db.recovery().batches, 3);
    assert_eq!(db.metrics().log.appends, 0, "since it was opened");
}

#[test]
fn two_writers_and_a_reader_see_whole_batches_in_one_order() {
    const ROUNDS: u32 = 300;
    let fs = FaultyFs::new(MemFs::new());
    let db = open_with(&fs, SyncMode::None).expect("an empty disk");
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let write = |writer: u8| {
            let db = &db;
            move || {
                for round in 0..ROUNDS {
                    let stamp = [&[writer], &round.to_be_bytes()[..]].concat();
                    let mut batch = Batch::new();
                    batch.put("left", &stamp);
                    batch.put([b'w', writer], &stamp);
                    batch.put("right", &stamp);
                    db.write(&batch).expect("writes work");
                }
            }
        };
        let writers = [scope.spawn(write(1)), scope.spawn(write(2))];
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let pairs: Pairs = db.scan_all().collect::<Result<_>>().expect("scans work");
                let of = |key: &[u8]| pairs.iter().find(|pair| pair.0 == key).map(|pair| &pair.1);
                assert_eq!(of(b"left"), of(b"right"), "half a batch is visible");
            }
        });
        let results = writers.map(thread::ScopedJoinHandle::join);
        done.store(true, Ordering::Relaxed);
        assert!(
            results.iter().all(std::result::Result::is_ok),
            "no writer panics"
        );
    });
    let before = contents(&db);
    assert_eq!(before.len(), 4);
    let last = (ROUNDS - 1).to_be_bytes();
    for writer in [1, 2] {
        let found = db
            .get([b'w', writer])
            .expect("reads work")
            .expect("written");
        assert_eq!(found[1..], last, "each writer's own order is kept");
    }
    drop(db);
    let db = open(&fs).expect("it is there");
    assert_eq!(
        contents(&db),
        before,
        "the log has the batches in the order of the map"
    );
    assert_eq!(db.recovery().last_timestamp.0, u64::from(2 * ROUNDS));
}
