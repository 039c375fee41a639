//! What the tests of the database share.

use std::collections::BTreeSet;
use std::sync::Arc;

use ferrisdb_storage::compaction::{Levelled, Strategy};
use ferrisdb_storage::{Batch, Db, Options, Result, SyncMode};
use ferrisdb_testkit::{AtOnce, CrashPlan, FaultyFs, MemFs, Pairs, Timeline};
use proptest::test_runner::{Config, RngSeed};

/// Where the database is on the disks of the tests.
pub(crate) const DIRECTORY: &str = "/db";

/// Small enough that a dozen batches fill several segments.
pub(crate) const SEGMENT_SIZE: u64 = 300;

/// Small enough that a few batches fill a memtable.
pub(crate) const MEMTABLE_SIZE: usize = 600;

/// Small files, and background work that is done at once by whoever causes it, so that
/// everything happens in one order that repeats.
pub(crate) fn options(fs: &FaultyFs, mode: SyncMode) -> Options {
    let levelled = Levelled::default()
        .level_zero_tables(3)
        .base_size(2000)
        .table_size(1000);
    Options::new()
        .sync_mode(mode)
        .segment_size_max(SEGMENT_SIZE)
        .recycle_log(false)
        .memtable_size(MEMTABLE_SIZE)
        .compaction(Strategy::Levelled(levelled))
        .background(Arc::new(AtOnce))
        .environment(fs.environment())
}

pub(crate) fn open(fs: &FaultyFs) -> Result<Db> {
    open_with(fs, SyncMode::Data)
}

pub(crate) fn open_with(fs: &FaultyFs, mode: SyncMode) -> Result<Db> {
    Db::open_with(DIRECTORY, options(fs, mode))
}

/// Opens what is on a disk on which nothing goes wrong.
pub(crate) fn open_disk(disk: &MemFs) -> Result<Db> {
    open(&FaultyFs::new(disk.clone()))
}

/// Everything in the database, and a check that both directions and `get` agree on it.
pub(crate) fn contents(db: &Db) -> Pairs {
    try_contents(db).expect("reads work")
}

/// The same on a disk that may fail.
pub(crate) fn try_contents(db: &Db) -> Result<Pairs> {
    let pairs: Pairs = db.scan_all().collect::<Result<_>>()?;
    let mut backwards: Pairs = db.scan_all().rev().collect::<Result<_>>()?;
    backwards.reverse();
    assert_eq!(pairs, backwards, "a scan finds the same in both directions");
    for (key, value) in &pairs {
        let found = db.get(key)?;
        assert_eq!(found.as_ref(), Some(value), "get finds what scan found");
    }
    Ok(pairs)
}

/// The batches that the crash tests write: puts, deletes, empty values, a value of several
/// sectors, and two keys that only ever change together.
pub(crate) fn batches() -> Vec<Batch> {
    let mut batches = Vec::new();
    for n in 0..10_u8 {
        let mut batch = Batch::new();
        let total = [n + 100];
        batch.put("left", total);
        batch.put("right", total);
        match n {
            3 => batch.put("long", vec![n; 1300]),
            5 => batch.delete("long"),
            7 => batch.put("empty", ""),
            _ => batch.put([b'k', n % 4], "x".repeat(usize::from(n))),
        }
        batches.push(batch);
    }
    batches
}

/// Writes batches until one fails; each that returned is acknowledged.
pub(crate) fn write_all(db: &Db, batches: &[Batch], timeline: &mut Timeline) -> Result<()> {
    for batch in batches {
        timeline.commit(batch);
        db.write(batch)?;
        timeline.acknowledge();
    }
    Ok(())
}

/// The different disks that a power cut now can leave: several plans often leave the same.
pub(crate) fn crashes(fs: &FaultyFs, random: u64) -> Vec<(CrashPlan, MemFs)> {
    let mut seen = BTreeSet::new();
    let plans = fs.disk().crash_plans(random).into_iter();
    let disks = plans.map(|plan| (plan.clone(), fs.crash(&plan)));
    disks
        .filter(|(_, disk)| {
            let read = |path| disk.read(&path).map(|bytes| (path, bytes));
            let files = disk.files().into_iter().map(read);
            seen.insert(files.collect::<std::io::Result<Vec<_>>>().expect("listed"))
        })
        .collect()
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
