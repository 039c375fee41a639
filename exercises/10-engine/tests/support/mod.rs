//! What the tests of the engine share.
#![allow(dead_code, reason = "each test binary uses another part of it")]

use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::{self, ScopedJoinHandle};

use ferrisdb_core::{Batch, FileSystem, InternalKey, Operation, OwnedKey, Timestamp};
use ferrisdb_engine::{Committed, Cursor, Engine, Options, Recovery, Result, View};
use ferrisdb_manifest::{self as manifest, Edit, Manifest, TableMeta, Version};
use ferrisdb_sstable as sstable;
use ferrisdb_testkit::{CrashPlan, FaultyFs, Io, IoKind, MemFs, Pairs, Timeline, show};
use ferrisdb_wal::{self as wal, SyncMode};
use proptest::test_runner::{Config, RngSeed};

pub(crate) mod gate;

/// Where the database is on the disks of the tests.
pub(crate) const DIRECTORY: &str = "/db";

/// Small enough that a few batches fill a memtable.
pub(crate) const MEMTABLE_SIZE: usize = 900;

/// Small enough that a dozen batches fill several segments of the log.
pub(crate) const SEGMENT_SIZE: u64 = 400;

/// Options with which little is much.
pub(crate) fn small() -> Options {
    let log = wal::Options {
        segment_size_max: SEGMENT_SIZE,
        ..wal::Options::default()
    };
    Options::default()
        .memtable_size(MEMTABLE_SIZE)
        .log(log)
        .tables(sstable::Options::default().block_size(128))
        .cache_size(64 << 10)
}

/// Options with which nothing happens on its own.
pub(crate) fn roomy() -> Options {
    Options::default()
        .memtable_size(1 << 20)
        .cache_size(64 << 10)
}

pub(crate) fn open_with(fs: &FaultyFs, options: Options) -> Result<(Engine, Recovery)> {
    Engine::open(&fs.environment(), Path::new(DIRECTORY), options)
}

/// Opens a database with small options.
pub(crate) fn open(fs: &FaultyFs) -> Result<Engine> {
    Ok(open_with(fs, small())?.0)
}

/// An engine on a new disk, with room for all that a test writes.
pub(crate) fn new() -> (FaultyFs, Engine) {
    let fs = FaultyFs::new(MemFs::new());
    let (engine, _) = open_with(&fs, roomy()).expect("an empty disk can be opened");
    (fs, engine)
}

/// A batch of puts; a value of `None` is a delete.
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

/// Puts one value, without a sync.
pub(crate) fn put(engine: &Engine, key: &str, value: &str) -> Committed {
    let committed = engine.commit(&batch(&[(key, Some(value))]), SyncMode::None);
    committed.expect("the disk works")
}

/// Deletes one key, without a sync.
pub(crate) fn delete(engine: &Engine, key: &str) -> Committed {
    let committed = engine.commit(&batch(&[(key, None)]), SyncMode::None);
    committed.expect("the disk works")
}

/// What is there under a key now, as text.
pub(crate) fn value(engine: &Engine, key: &str) -> Option<String> {
    value_at(engine, key, None)
}

/// What is there under a key as of a timestamp, as text.
pub(crate) fn value_at(engine: &Engine, key: &str, as_of: Option<Timestamp>) -> Option<String> {
    let value = engine.get(key, as_of).expect("reads work");
    value.map(|value| String::from_utf8(value).expect("tests write text"))
}

/// Freezes the memtable and writes all frozen ones into tables.
pub(crate) fn flush(engine: &Engine) -> Result<()> {
    engine.freeze()?;
    // Not for as long as there are any: a flush that takes none away would never end.
    for _ in 0..engine.frozen() {
        engine.flush_step()?;
    }
    Ok(())
}

/// Everything that a cursor shows, forwards; and that it shows the same backwards.
pub(crate) fn walk(cursor: &mut Cursor) -> Result<Pairs> {
    let mut pairs = Pairs::new();
    cursor.seek_to_first()?;
    while cursor.is_valid() {
        pairs.push((cursor.key().to_vec(), cursor.value().to_vec()));
        cursor.next()?;
    }
    let mut backwards = Pairs::new();
    cursor.seek_to_last()?;
    while cursor.is_valid() {
        backwards.push((cursor.key().to_vec(), cursor.value().to_vec()));
        cursor.prev()?;
    }
    backwards.reverse();
    assert_eq!(
        text(&pairs),
        text(&backwards),
        "a cursor finds the same in both directions"
    );
    Ok(pairs)
}

/// Everything in the database, and a check that `get` agrees on it.
pub(crate) fn try_contents(engine: &Engine, as_of: Option<Timestamp>) -> Result<Pairs> {
    // While it is kept, no compaction drops what is to be compared.
    let snapshot = engine.snapshot();
    let mut cursor = engine.cursor(Some(as_of.unwrap_or(snapshot.timestamp())));
    let pairs = walk(&mut cursor)?;
    for (key, value) in &pairs {
        let found = engine.get(key, Some(cursor.as_of()))?;
        assert_eq!(
            found.as_ref(),
            Some(value),
            "get finds under {} what a cursor found",
            show(key)
        );
    }
    Ok(pairs)
}

/// The same on a disk that works.
pub(crate) fn contents(engine: &Engine) -> Pairs {
    try_contents(engine, None).expect("reads work")
}

/// Contents as a person reads them.
pub(crate) fn text(pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<String> {
    let one = |(key, value): &(Vec<u8>, Vec<u8>)| format!("{} = {}", show(key), show(value));
    pairs.iter().map(one).collect()
}

/// The names of the files of tables, sorted.
pub(crate) fn table_files(fs: &FaultyFs) -> Vec<String> {
    files(fs, ".sst")
}

/// The names of the files that end like this, sorted.
pub(crate) fn files(fs: &FaultyFs, end: &str) -> Vec<String> {
    let paths = fs.disk().list(Path::new(DIRECTORY)).unwrap_or_default();
    let names = paths.iter().filter_map(|path| path.file_name()?.to_str());
    names
        .filter(|name| name.ends_with(end))
        .map(str::to_owned)
        .collect()
}

/// The names of the files that the tables of a version have.
pub(crate) fn names_of(version: &Version) -> Vec<String> {
    let mut names: Vec<_> = version
        .tables()
        .map(|(_, table)| format!("{:010}.sst", table.number))
        .collect();
    names.sort();
    names
}

/// What was done to the disk since operation `from`.
pub(crate) fn log_since(fs: &FaultyFs, from: u64) -> Vec<Io> {
    let log = fs.log().into_iter();
    log.filter(|io| io.number >= from).collect()
}

/// How many operations of a kind there were on files whose names end like this.
pub(crate) fn count(log: &[Io], kind: IoKind, end: &str) -> usize {
    let is_one = |io: &&Io| io.kind == kind && io.path.to_string_lossy().ends_with(end);
    log.iter().filter(is_one).count()
}

/// Writes a table with these versions, which are in order, and tells what the manifest has to
/// know about it. `None` if there are none.
pub(crate) fn write_table(
    fs: &FaultyFs,
    engine: &Engine,
    entries: &[(OwnedKey, Vec<u8>)],
) -> Result<Option<TableMeta>> {
    if entries.is_empty() {
        return Ok(None);
    }
    let number = engine.next_number()?;
    Ok(Some(write_table_as(fs, number, entries)?))
}

/// The same under a number, for a list that is not empty.
pub(crate) fn write_table_as(
    fs: &FaultyFs,
    number: u64,
    entries: &[(OwnedKey, Vec<u8>)],
) -> Result<TableMeta> {
    let options = sstable::Options::default().block_size(128);
    let directory = Path::new(DIRECTORY);
    let mut writer = sstable::Writer::create(&fs.environment(), directory, number, options)?;
    for (key, value) in entries {
        writer.add(key.as_key(), value)?;
    }
    let info = writer.finish()?;
    Ok(TableMeta {
        number,
        size: info.size,
        entries: info.properties.entries,
        deletions: info.properties.deletions,
        smallest: entries[0].0.clone(),
        largest: entries[entries.len() - 1].0.clone(),
        smallest_timestamp: info.properties.smallest_timestamp,
        largest_timestamp: info.properties.largest_timestamp,
    })
}

/// A version of a key with its value; `None` is a delete.
pub(crate) type Entry<'a> = (&'a str, u64, Option<&'a str>);

/// Such versions as a table has them, in its order.
pub(crate) fn in_order(entries: &[Entry<'_>]) -> Vec<(OwnedKey, Vec<u8>)> {
    let one = |(key, timestamp, value): &Entry<'_>| {
        let key = OwnedKey {
            user_key: key.as_bytes().to_vec(),
            timestamp: Timestamp(*timestamp),
            operation: value.map_or(Operation::Delete, |_| Operation::Put),
        };
        (key, value.unwrap_or_default().as_bytes().to_vec())
    };
    let mut entries: Vec<_> = entries.iter().map(one).collect();
    entries.sort_by(|(a, _), (b, _)| a.as_key().cmp(&b.as_key()));
    entries
}

/// A database that no engine has made: tables on levels, listed in a manifest, and a log from its
/// beginning.
pub(crate) fn by_hand(tables: &[(usize, &[Entry<'_>])], log: &[(u64, Batch)]) -> FaultyFs {
    let fs = FaultyFs::new(MemFs::new());
    let (environment, directory) = (fs.environment(), Path::new(DIRECTORY));
    let (mut manifest, _) = Manifest::open(&environment, directory, manifest::Options::default())
        .expect("an empty disk");
    let mut edit = Edit::new();
    for (level, entries) in tables {
        let number = manifest.next_number().expect("the disk works");
        let meta = write_table_as(&fs, number, &in_order(entries)).expect("the disk works");
        let newest = edit.last_timestamp.unwrap_or_default();
        edit = edit.last_timestamp(meta.largest_timestamp.max(newest));
        edit = edit.add(*level, meta);
    }
    manifest.commit(&edit).expect("the edit makes sense");
    let options = wal::Options::default();
    let (mut writer, _) = wal::Writer::open(&environment, directory, options, &mut |_, _| ())
        .expect("the disk works");
    for (timestamp, batch) in log {
        writer
            .append(Timestamp(*timestamp), batch)
            .expect("the disk works");
    }
    writer.close().expect("the disk works");
    fs
}

/// A database of which there is a table for each of three states of key "a", on level 0.
pub(crate) fn three_tables() -> (FaultyFs, Engine) {
    let fs = by_hand(
        &[
            (0, &[("1", 2, Some("1")), ("a", 1, Some("1"))]),
            (0, &[("2", 4, Some("2")), ("a", 3, Some("2"))]),
            (0, &[("3", 6, Some("3")), ("a", 5, Some("3"))]),
        ],
        &[],
    );
    let (engine, _) = open_with(&fs, roomy()).expect("it opens");
    (fs, engine)
}

/// Opens a database for reading only.
pub(crate) fn open_read_only(fs: &FaultyFs, options: Options) -> (Engine, Recovery) {
    open_with(fs, options.read_only(true)).expect("it can be read")
}

/// Everything that a new cursor shows, as text.
pub(crate) fn walked(engine: &Engine) -> Vec<String> {
    text(&walk(&mut engine.cursor(None)).expect("reads work"))
}

/// All versions in the tables of a version of the database, in order.
pub(crate) fn versions_in(engine: &Engine, version: &Version) -> Result<Vec<(OwnedKey, Vec<u8>)>> {
    let mut entries = Vec::new();
    for (_, meta) in version.tables() {
        let table = engine.open_table(meta)?;
        let mut cursor = table.cursor();
        cursor.seek_to_first()?;
        while cursor.is_valid() {
            entries.push((OwnedKey::from(cursor.key()), cursor.value().to_vec()));
            cursor.next()?;
        }
    }
    entries.sort_by(|(a, _), (b, _)| a.as_key().cmp(&b.as_key()));
    Ok(entries)
}

/// What a compaction does, in the plainest way: merges all tables into one of level 2 (or of
/// level 1, if there is one in level 2), drops what nobody at or above the watermark can see,
/// and removes the files that nobody needs.
pub(crate) fn compact(fs: &FaultyFs, engine: &Engine) -> Result<()> {
    let watermark = engine.watermark();
    let version = engine.version();
    let mut kept: Vec<(OwnedKey, Vec<u8>)> = Vec::new();
    // Whether the last key had a version that everybody sees who may read at all.
    let mut seen: Option<Vec<u8>> = None;
    for (key, value) in versions_in(engine, &version)? {
        let shadowed = seen.as_deref() == Some(&key.user_key);
        if key.timestamp <= watermark {
            seen = Some(key.user_key.clone());
        }
        let dead = key.timestamp <= watermark && key.operation == Operation::Delete;
        if !shadowed && !dead {
            kept.push((key, value));
        }
    }
    let level = if version.level(2).is_empty() { 2 } else { 1 };
    let mut edit = Edit::new();
    for (level, table) in version.tables() {
        edit = edit.remove(level, table.number);
    }
    if let Some(meta) = write_table(fs, engine, &kept)? {
        edit = edit.add(level, meta);
    }
    engine.install(&edit)?;
    engine.remove_obsolete()?;
    Ok(())
}

/// Where a reader as of a timestamp begins to look for a key.
pub(crate) fn place(user_key: &[u8], timestamp: u64) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: Timestamp(timestamp),
        operation: Operation::Put,
    }
}

/// What a thread of its own does with the engine.
pub(crate) type Writer<'a, T> = Box<dyn FnOnce(&Engine) -> T + Send + 'a>;

/// Runs writers that all wait while somebody else holds the log up, so that they form one group,
/// in this order; returns what came of each, and what was done to the disk meanwhile.
pub(crate) fn together<T: Send>(
    fs: &FaultyFs,
    engine: &Engine,
    writers: Vec<Writer<'_, T>>,
) -> (Vec<thread::Result<T>>, Vec<Io>) {
    let (go, until_go) = mpsc::channel();
    let (began, until_began) = mpsc::channel();
    thread::scope(|scope| {
        let hold_up = scope.spawn(move || {
            let validate = Box::new(move |_: &View<'_>| {
                began.send(()).expect("the test waits");
                until_go.recv().expect("the test says when");
                Ok(true)
            });
            engine.commit_with(Batch::new(), SyncMode::None, validate)
        });
        if until_began.recv().is_err() {
            // The thread that was to ask has panicked, or was told something: that says more.
            let told = hold_up.join().unwrap_or_else(|panic| resume_unwind(panic));
            panic!("a validation is asked when the turn of its batch has come: {told:?}");
        }
        let before = fs.operations();
        let mut waiting: Vec<ScopedJoinHandle<'_, T>> = Vec::new();
        for writer in writers {
            waiting.push(scope.spawn(move || writer(engine)));
            while engine.waiting() < waiting.len() {
                thread::yield_now();
            }
        }
        go.send(()).expect("the leader waits");
        let outcomes = waiting.into_iter().map(ScopedJoinHandle::join).collect();
        let held = hold_up.join().expect("its validation does not panic");
        held.expect("an empty batch is fine");
        (outcomes, log_since(fs, before))
    })
}

/// The batches that the crash tests write: puts, deletes, empty values, a value of several
/// sectors, and two keys that only ever change together.
pub(crate) fn batches(count: u8) -> Vec<Batch> {
    let mut batches = Vec::new();
    for n in 0..count {
        let mut batch = Batch::new();
        let total = [n + 100];
        batch.put("left", total);
        batch.put("right", total);
        match n % 8 {
            3 => batch.put("long", vec![n; 1300]),
            5 => batch.delete("long"),
            7 => batch.put("empty", ""),
            _ => batch.put([b'k', n % 4], "x".repeat(usize::from(n))),
        }
        batches.push(batch);
    }
    batches
}

/// Disks that a power cut now can leave: one in `one_in` of those that are worth trying, from
/// number `turn` on, so that different turns try different ones.
pub(crate) fn crashes(fs: &FaultyFs, turn: usize, one_in: usize) -> Vec<(CrashPlan, MemFs)> {
    let plans = fs.disk().crash_plans(4).into_iter();
    let plans = plans.skip(turn % one_in).step_by(one_in);
    plans.map(|plan| (plan.clone(), fs.crash(&plan))).collect()
}

/// Opens a disk, checks that what is there may be there, and returns the engine with how many
/// commits it holds.
pub(crate) fn recover(fs: &FaultyFs, timeline: &Timeline, what: &str) -> (Engine, usize) {
    let engine = open(fs).unwrap_or_else(|error| panic!("{what}: it does not open: {error}"));
    let found = timeline.check(&contents(&engine));
    let commits = found.unwrap_or_else(|error| panic!("{what}: {error}"));
    (engine, commits)
}

/// Tells other threads to stop when it goes out of scope, also if that is by a panic.
pub(crate) struct StopAtEnd<'a>(pub(crate) &'a AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The same cases in every run.
pub(crate) fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20),
        ..Config::default()
    }
}
