//! What is in memory moves into tables, and nobody notices but by the metrics.

use std::path::{Path, PathBuf};

use ferrisdb_storage::manifest::{FileName, NUMBER_MAX};
use ferrisdb_storage::sstable::TableFile;
use ferrisdb_storage::{Batch, Db, Error, SyncMode};
use ferrisdb_testkit::{FaultyFs, MemFs};

use crate::common::{DIRECTORY, MEMTABLE_SIZE, contents, open, open_with};

fn key(n: u32) -> String {
    format!("key-{n:04}")
}

/// Each key written twice and every third deleted, which fills many memtables.
fn fill(db: &Db) {
    for round in 0..2 {
        for n in 0..60 {
            db.put(key(n), format!("value {n} of round {round}"))
                .expect("writes work");
        }
    }
    for n in (0..60).step_by(3) {
        db.delete(key(n)).expect("deletes work");
    }
}

/// What `fill` leaves.
fn filled() -> Vec<(Vec<u8>, Vec<u8>)> {
    let left = (0..60).filter(|n| n % 3 != 0);
    left.map(|n| {
        (
            key(n).into_bytes(),
            format!("value {n} of round 1").into_bytes(),
        )
    })
    .collect()
}

/// The files of the tables on a disk.
fn tables(disk: &MemFs) -> Vec<PathBuf> {
    let files = disk.files().into_iter();
    files
        .filter(|path| path.to_string_lossy().contains(".sst"))
        .collect()
}

#[test]
fn what_memory_does_not_hold_is_read_from_tables() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open_with(&fs, SyncMode::None).expect("an empty disk");
    fill(&db);
    let metrics = db.metrics();
    assert!(
        metrics.flushes > 10,
        "memtables were written out: {metrics:?}"
    );
    assert!(metrics.compactions > 3, "and merged: {metrics:?}");
    assert!(
        metrics.levels[0].0 <= 3,
        "three tables in level 0 are enough: {metrics:?}"
    );
    assert!(
        metrics.memtable_bytes <= 2 * MEMTABLE_SIZE,
        "and are gone from memory: {metrics:?}"
    );
    assert_eq!(contents(&db), filled());
    for n in (0..60).step_by(3) {
        assert_eq!(
            db.get(key(n)).expect("reads work"),
            None,
            "a tombstone in a newer part hides the value in an older table"
        );
    }
    assert_eq!(db.get("no such key").expect("reads work"), None);
    assert!(db.metrics().cache_hits > 0, "blocks are kept in memory");
}

#[test]
fn opening_reads_no_more_than_it_needs_and_leaves_no_other_file_behind() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open_with(&fs, SyncMode::None).expect("an empty disk");
    fill(&db);
    db.flush().expect("flushes work");
    db.close().expect("closing works");
    let before = tables(fs.disk());
    for name in ["0000000900.sst", "0000000901.sst.tmp"] {
        let path = PathBuf::from(DIRECTORY).join(name);
        fs.disk()
            .write(path, *b"left behind by a crash")
            .expect("a disk in memory");
    }
    let db = open(&fs).expect("it was closed");
    assert_eq!(db.recovery().batches, 0, "there is nothing to replay");
    assert_eq!(db.recovery().tables, before.len());
    assert_eq!(contents(&db), filled());
    assert_eq!(tables(fs.disk()), before, "what was left behind is gone");
}

#[test]
fn the_log_is_let_go_once_tables_have_what_it_held() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open_with(&fs, SyncMode::None).expect("an empty disk");
    fill(&db);
    let log = fs.disk().files().into_iter();
    let log: Vec<_> = log
        .filter(|path| path.extension().is_some_and(|extension| extension == "wal"))
        .collect();
    assert!(log.len() < 10, "180 writes went through it: {log:?}");
    drop(db);
    let db = open(&fs).expect("dropping is enough");
    assert!(db.recovery().batches < 30, "{:?}", db.recovery());
    assert_eq!(contents(&db), filled());
}

#[test]
fn a_batch_larger_than_a_memtable_is_one_table() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open(&fs).expect("an empty disk");
    db.put("small", "1").expect("writes work");
    let mut batch = Batch::new();
    for n in 0..40 {
        batch.put(key(n), vec![b'x'; MEMTABLE_SIZE / 10]);
    }
    db.write(&batch)
        .expect("a batch may be larger than a memtable");
    db.put("after", "2").expect("writes work");
    db.put("later", "3").expect("writes work");
    let metrics = db.metrics();
    assert_eq!(
        metrics.flushes, 2,
        "what was there before, and the batch: {metrics:?}"
    );
    assert_eq!(contents(&db).len(), 43);
}

#[test]
fn a_damaged_table_is_an_error_that_names_it_and_the_rest_can_be_read() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open(&fs).expect("an empty disk");
    fill(&db);
    db.flush().expect("flushes work");
    let table = tables(fs.disk()).pop().expect("there are tables");
    drop(db);
    // The first data block begins behind the header of 64 bytes.
    fs.disk()
        .flip_bit(&table, 64 + 20, 3)
        .expect("a disk in memory");
    let db = open(&fs).expect("opening reads no data blocks");
    let error = db
        .scan_all()
        .find_map(Result::err)
        .expect("a damaged block is never taken for data");
    assert!(matches!(error, Error::Table(_)), "{error}");
    let message = error.to_string();
    let name = table.file_name().expect("a file").to_string_lossy();
    assert!(
        message.contains(&*name) && message.contains("offset 64"),
        "it says where: {message}"
    );
    let readable = (0..60).filter(|n| n % 3 != 0 && db.get(key(*n)).is_ok());
    assert!(readable.count() > 10, "other blocks are as good as before");
}

#[test]
fn the_manifest_and_the_tables_agree_on_names() {
    let directory = Path::new("/db");
    for number in [1, 42, 9_999_999_999, 10_000_000_000, NUMBER_MAX] {
        let file = TableFile::new(directory, number);
        let (table, unfinished) = (FileName::Table(number), FileName::UnfinishedTable(number));
        assert_eq!(table.path(directory), file.path);
        assert_eq!(unfinished.path(directory), file.unfinished());
        assert_eq!(FileName::from_path(&file.path), Some(table));
        assert_eq!(TableFile::from_path(&table.path(directory)), Some(file));
    }
}
