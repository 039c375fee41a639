//! What is done to a database now and then: snapshots, copies, compactions, checks.

use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ferrisdb_core::{Clock, Timestamp};
use ferrisdb_storage::compaction::{Levelled, Strategy};
use ferrisdb_storage::manifest::{self, Edit, Manifest, TableMeta};
use ferrisdb_storage::{Batch, Db, Environment, Error, Options, SyncMode, sstable};
use ferrisdb_testkit::{CrashPlan, FaultyFs, ManualClock, MemFs, Pairs, Steps};

use crate::common::{DIRECTORY, contents, open, open_with, options};

/// A database of which most is in tables, and something in memory.
fn filled(fs: &FaultyFs) -> Db {
    let db = open_with(fs, SyncMode::None).expect("an empty disk");
    for round in 0..3_u8 {
        for n in 0..40_u8 {
            db.put([b'k', n], [round; 30]).expect("writes work");
        }
    }
    db
}

#[test]
fn a_snapshot_shows_its_moment_through_flushes_and_compactions() {
    let fs = FaultyFs::new(MemFs::new());
    let db = filled(&fs);
    let expected = contents(&db);
    let snapshot = db.snapshot();
    for n in 0..40_u8 {
        db.delete([b'k', n]).expect("writes work");
    }
    db.put("new", "1").expect("writes work");
    db.compact_all().expect("compactions work");
    assert_eq!(db.metrics().snapshots, 1);
    let found: Pairs = snapshot
        .scan_all()
        .collect::<Result<_, _>>()
        .expect("reads work");
    assert_eq!(found, expected);
    let mut back: Pairs = snapshot
        .scan_all()
        .rev()
        .collect::<Result<_, _>>()
        .expect("reads work");
    back.reverse();
    assert_eq!(back, expected);
    assert_eq!(
        snapshot.get([b'k', 7]).expect("reads work"),
        Some(vec![2; 30])
    );
    assert_eq!(snapshot.get("new").expect("reads work"), None);
    drop(snapshot);
    db.compact_all().expect("compactions work");
    assert_eq!(contents(&db), [(b"new".to_vec(), b"1".to_vec())]);
    assert_eq!(db.metrics().tables, 1, "what nobody sees is gone");
}

#[test]
fn a_cursor_outlives_the_files_and_the_database() {
    let fs = FaultyFs::new(MemFs::new());
    let db = filled(&fs);
    let expected = contents(&db);
    let mut cursor = db.cursor();
    cursor.seek_to_first().expect("reads work");
    for n in 0..40_u8 {
        db.delete([b'k', n]).expect("writes work");
    }
    db.compact_all().expect("compactions work");
    drop(db);
    let mut found = Pairs::new();
    while cursor.is_valid() {
        found.push((cursor.key().to_vec(), cursor.value().to_vec()));
        cursor.next().expect("its files are still there");
    }
    assert_eq!(found, expected);
}

#[test]
fn deleting_everything_and_compacting_leaves_nothing() {
    let fs = FaultyFs::new(MemFs::new());
    let db = filled(&fs);
    for n in 0..40_u8 {
        db.delete([b'k', n]).expect("writes work");
    }
    db.compact_all().expect("compactions work");
    let metrics = db.metrics();
    assert_eq!((metrics.tables, metrics.table_bytes), (0, 0), "{metrics:?}");
    assert!(contents(&db).is_empty());
    drop(db);
    assert!(contents(&open(&fs).expect("it is there")).is_empty());
}

#[test]
fn compacting_a_range_leaves_other_tables_alone() {
    let fs = FaultyFs::new(MemFs::new());
    let db = filled(&fs);
    db.compact_all().expect("compactions work");
    let before = db.metrics();
    assert!(before.tables > 1, "several tables: {before:?}");
    db.compact_range("x".."z").expect("compactions work");
    assert_eq!(
        db.metrics().compactions,
        before.compactions,
        "there is nothing in the range"
    );
    db.delete([b'k', 0]).expect("writes work");
    db.compact_range::<&[u8]>((Bound::Unbounded, Bound::Included(&[b'k', 3][..])))
        .expect("compactions work");
    let after = db.metrics();
    let written = after.compaction_written_bytes - before.compaction_written_bytes;
    assert!(after.compactions > before.compactions, "{after:?}");
    assert!(
        written < before.table_bytes,
        "one table of several: {written}"
    );
}

#[test]
fn a_checkpoint_is_a_database_of_its_own() {
    let fs = FaultyFs::new(MemFs::new());
    let db = filled(&fs);
    let expected = contents(&db);
    db.checkpoint("/copy").expect("the directory is new");
    db.put("later", "1").expect("writes go on");
    for n in 0..40_u8 {
        db.delete([b'k', n]).expect("writes work");
    }
    db.compact_all().expect("compactions work");
    let error = db.checkpoint("/copy").expect_err("there is one already");
    assert!(error.to_string().contains("/copy"), "{error}");
    drop(db);

    let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
    let copy = Db::open_with("/copy", options(&after, SyncMode::Data)).expect("it is durable");
    assert_eq!(contents(&copy), expected);
    copy.put("own", "2").expect("it can be written to");
    assert!(copy.verify(|_| ()).expect("it can be read").is_sound());
    drop(copy);
    let db = open(&after).expect("the original is not touched");
    assert_eq!(db.get("own").expect("reads work"), None);
}

#[test]
fn verify_finds_all_damage_and_names_it() {
    let fs = FaultyFs::new(MemFs::new());
    let db = filled(&fs);
    db.flush().expect("flushes work");
    let mut steps = Vec::new();
    let verified = db
        .verify(|progress| steps.push(progress.clone()))
        .expect("it can be read");
    assert!(verified.is_sound(), "{verified:?}");
    assert_eq!(verified.log_batches, 0, "all of them are in tables");
    let metrics = db.metrics();
    assert_eq!(
        (verified.tables, verified.table_bytes),
        (metrics.tables, metrics.table_bytes)
    );
    assert_eq!(steps.len(), metrics.tables, "progress is told after each");
    let last = steps.last().expect("there are tables");
    assert_eq!(
        (last.bytes, last.bytes_total),
        (metrics.table_bytes, metrics.table_bytes)
    );

    let damaged = [&steps[0].path, &last.path];
    for path in damaged {
        fs.disk().flip_bit(path, 70, 1).expect("a disk in memory");
    }
    let verified = db.verify(|_| ()).expect("the rest can be read");
    let found: Vec<_> = verified.damage.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 2, "{found:?}");
    for (message, path) in found.iter().zip(damaged) {
        let name = path.file_name().expect("a file").to_string_lossy();
        assert!(message.contains(&*name), "{message}");
    }
}

#[test]
fn verify_compares_tables_with_what_the_manifest_says_of_them() {
    for change in [
        |table: &mut TableMeta| table.largest.user_key.push(b'!'),
        |table: &mut TableMeta| table.smallest.user_key.clear(),
        |table: &mut TableMeta| table.smallest_timestamp = Timestamp(0),
        |table: &mut TableMeta| table.largest_timestamp = table.largest_timestamp.next(),
        |table: &mut TableMeta| table.deletions = 0,
    ] {
        let fs = FaultyFs::new(MemFs::new());
        let db = open_with(&fs, SyncMode::Data).expect("an empty disk");
        db.put("a", "1").expect("writes work");
        db.delete("b").expect("writes work");
        db.put("c", "2").expect("writes work");
        db.flush().expect("flushes work");
        let mut table = TableMeta::clone(&db.version().level(0)[0]);
        db.close().expect("closing works");
        change(&mut table);
        let (environment, directory) = (fs.environment(), Path::new(DIRECTORY));
        let opened = Manifest::open(&environment, directory, manifest::Options::default());
        let (mut manifest, _) = opened.expect("it is whole");
        let edit = Edit::new().remove(0, table.number).add(0, table);
        manifest.commit(&edit).expect("it makes a version");
        drop(manifest);
        let db = open_with(&fs, SyncMode::Data).expect("nothing looks wrong");
        let verified = db.verify(|_| ()).expect("it can be read");
        let [error] = &verified.damage[..] else {
            panic!("one table is not as it should be: {verified:?}");
        };
        assert!(matches!(error, Error::OtherTable { .. }), "{error:?}");
    }
}

#[test]
fn the_size_of_a_range_is_about_right() {
    let fs = FaultyFs::new(MemFs::new());
    let tables = sstable::Options::default()
        .block_size(200)
        .compression(sstable::Compression::None);
    let db = Db::open_with(DIRECTORY, options(&fs, SyncMode::None).tables(tables))
        .expect("an empty disk");
    for n in 0..200_u8 {
        db.put([b'k', n], [n; 50]).expect("writes work");
    }
    assert!(
        db.approximate_size("x".."y").expect("reads work") == 0,
        "nothing is there"
    );
    db.compact_all().expect("compactions work");
    let all = db.approximate_size::<&[u8]>(..).expect("reads work");
    assert_eq!(all, db.metrics().table_bytes, "everything is all tables");
    let half = db
        .approximate_size(vec![b'k', 50]..vec![b'k', 150])
        .expect("reads work");
    assert!(
        half > all * 4 / 10 && half < all * 6 / 10,
        "{half} of {all}"
    );
    assert_eq!(db.approximate_size("l"..).expect("reads work"), 0);
    assert_eq!(db.approximate_size(.."a").expect("reads work"), 0);
    assert_eq!(
        db.approximate_size("b".."a").expect("reads work"),
        0,
        "inverted"
    );
}

/// A key that has everything compacted whenever somebody looks at it.
struct Restless<'a>(&'a Db, &'a [u8]);

impl AsRef<[u8]> for Restless<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.compact_all().expect("compactions work");
        self.1
    }
}

#[test]
fn the_size_of_a_range_can_be_asked_for_beside_compactions() {
    let fs = FaultyFs::new(MemFs::new());
    let db = filled(&fs);
    db.flush().expect("flushes work");
    assert!(db.metrics().tables > 1, "there is something to compact");
    let start = Restless(&db, &[b'k', 1]);
    let size = db.approximate_size(start..).expect("its files stay");
    assert!(size > 0);
}

#[test]
fn any_limits_will_do() {
    let fs = FaultyFs::new(MemFs::new());
    let options = options(&fs, SyncMode::None).level_zero_limits(usize::MAX, usize::MAX);
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    db.put("a", "1").expect("writes work");
    assert_eq!(db.metrics().write_delay, Some(Duration::ZERO));
}

#[test]
fn a_database_for_reading_changes_nothing_and_refuses_writes() {
    let fs = FaultyFs::new(MemFs::new());
    let db = filled(&fs);
    let expected = contents(&db);
    drop(db);
    let changes = fs.changes().len();
    let read_only = || Db::open_with(DIRECTORY, options(&fs, SyncMode::Data).read_only(true));
    let db = read_only().expect("it is there");
    let second = read_only().expect("any number of them");
    assert_eq!(contents(&db), expected);
    assert_eq!(contents(&second), expected);
    let mut batch = Batch::new();
    batch.put("a", "1");
    for result in [
        db.write(&batch),
        db.flush(),
        db.compact_all(),
        db.checkpoint("/copy"),
        db.sync(),
    ] {
        let error = result.expect_err("it is for reading");
        assert!(matches!(error, Error::ReadOnly), "{error:?}");
    }
    assert!(db.verify(|_| ()).expect("it can be read").is_sound());
    db.close().expect("there is nothing to do");
    assert_eq!(fs.changes().len(), changes, "nothing was written");
}

#[test]
fn options_are_written_down_and_changes_are_told() {
    let fs = FaultyFs::new(MemFs::new());
    open(&fs)
        .expect("an empty disk")
        .close()
        .expect("closing works");
    let other = options(&fs, SyncMode::Data).memtable_size(4321);
    let db = Db::open_with(DIRECTORY, other).expect("any size will do");
    assert_eq!(
        db.recovery().changed_options,
        ["memtable_size was 600 and is 4321 now"]
    );
    drop(db);
    fs.disk()
        .write("/db/OPTIONS", *b"format_version = 99\n")
        .expect("a disk in memory");
    let error = open(&fs).expect_err("a later version made it");
    assert!(
        matches!(error, Error::TooNew { version: 99, .. }),
        "{error:?}"
    );
}

#[test]
fn writers_help_themselves_where_the_background_never_comes() {
    let fs = FaultyFs::new(MemFs::new());
    let idle = Arc::new(Steps::new());
    let options = options(&fs, SyncMode::None)
        .memtables_max(2)
        .level_zero_limits(4, 6)
        .background(idle.clone());
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    for round in 0..4_u8 {
        for n in 0..60_u8 {
            db.put([n], [round; 30])
                .expect("a write may wait, and does not fail");
            let metrics = db.metrics();
            assert!(metrics.memtables_waiting <= 1, "{metrics:?}");
            assert!(metrics.levels[0].0 <= 6, "{metrics:?}");
        }
    }
    let metrics = db.metrics();
    assert!(
        metrics.stalls > 10 && metrics.compactions > 1,
        "{metrics:?}"
    );
    assert!(metrics.write_amplification() > Some(1.0), "{metrics:?}");
    assert_eq!(contents(&db).len(), 60);
    assert!(idle.waiting() > 0, "nobody has come");
    while idle.step() {}
    db.close().expect("closing works");
}

#[test]
fn writers_are_slowed_down_before_they_are_stopped() {
    let fs = FaultyFs::new(MemFs::new());
    let clock = Arc::new(ManualClock::new(0));
    let environment = Environment {
        fs: Arc::new(fs.clone()),
        clock: clock.clone(),
    };
    // Flushes are done at once, and nothing is ever compacted.
    let strategy = Strategy::Levelled(Levelled::default().level_zero_tables(1000));
    let options = options(&fs, SyncMode::None)
        .compaction(strategy)
        .level_zero_limits(3, 8)
        .environment(environment);
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    let mut delays = Vec::new();
    let mut owed = Duration::ZERO;
    let mut stalls = 0;
    while db.metrics().levels[0].0 < 7 {
        let delay = db.metrics().write_delay.expect("nobody is stopped");
        if delays.last() != Some(&delay) {
            delays.push(delay);
        }
        owed += delay;
        let before = clock.elapsed();
        db.put("key", [0; 100]).expect("writes work");
        let waited = clock.elapsed().saturating_sub(before);
        owed = owed.saturating_sub(waited);
        stalls += u64::from(!waited.is_zero());
        let whole = Duration::from_millis(1);
        assert!(waited.is_zero() || waited >= whole, "waited {waited:?}");
        assert!(owed < whole, "short delays add up to {owed:?}");
    }
    let expected = [0, 125, 250, 500, 1000].map(Duration::from_micros);
    assert_eq!(delays, expected, "twice as long with each table more");
    assert_eq!(db.metrics().stalls, stalls, "writes that have waited");
    assert_eq!(db.metrics().write_delay, Some(Duration::from_millis(2)));
    db.compact_all().expect("compactions work");
    assert_eq!(db.metrics().write_delay, Some(Duration::ZERO));
}

#[test]
fn background_work_keeps_to_its_rate() {
    let fs = FaultyFs::new(MemFs::new());
    let clock = Arc::new(ManualClock::new(0));
    let environment = Environment {
        fs: Arc::new(fs.clone()),
        clock: clock.clone(),
    };
    let options = options(&fs, SyncMode::None)
        .background_bytes_per_second(1000)
        .environment(environment);
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    for n in 0..100_u8 {
        db.put([n], [n; 50]).expect("writes work");
    }
    let flushed = db.metrics().flushed_bytes;
    let seconds = clock.elapsed().as_secs();
    assert!(
        seconds + 1 >= flushed / 1000,
        "{flushed} bytes took {seconds} s"
    );
}

#[test]
fn the_default_options_work_on_a_real_disk_with_threads() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let options = || {
        Options::new()
            .memtable_size(100_000)
            .sync_mode(SyncMode::None)
    };
    let db = Db::open_with(directory.path(), options()).expect("an empty directory");
    for n in 0..20_000_u32 {
        db.put(n.to_be_bytes(), [7; 50]).expect("writes work");
    }
    db.close().expect("closing works");
    let db = Db::open_with(directory.path(), options()).expect("it was closed");
    assert!(
        db.recovery().batches < 3000,
        "no more than 256 KiB is left to replay: {}",
        db.recovery()
    );
    assert_eq!(db.scan_all().count(), 20_000);
    assert!(db.verify(|_| ()).expect("it can be read").is_sound());
}
