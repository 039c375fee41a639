//! Tables that were written elsewhere are taken in.

use std::path::{Path, PathBuf};

use ferrisdb_core::{InternalKey, Operation, Timestamp};
use ferrisdb_storage::{Error, sstable};
use ferrisdb_testkit::{CrashPlan, FaultyFs, MemFs};

use crate::common::{contents, open, open_disk};

fn version(user_key: &[u8], timestamp: u64, operation: Operation) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: Timestamp(timestamp),
        operation,
    }
}

/// A table elsewhere, of keys with one or two versions.
fn write_table(fs: &FaultyFs, number: u64, entries: &[(InternalKey<'_>, &str)]) {
    let options = sstable::Options::default();
    let mut writer =
        sstable::Writer::create(&fs.environment(), Path::new("/elsewhere"), number, options)
            .expect("the disk is fine");
    for (key, value) in entries {
        writer.add(*key, value.as_bytes()).expect("in order");
    }
    writer.finish().expect("the disk is fine");
}

#[test]
fn tables_written_elsewhere_are_taken_in_at_once() {
    use Operation::{Delete, Put};
    let fs = FaultyFs::new(MemFs::new());
    let db = open(&fs).expect("an empty disk");
    for key in ["a", "b", "c"] {
        db.put(key, "old").expect("writes work");
    }
    let before = db.snapshot();
    write_table(
        &fs,
        1,
        &[
            (version(b"", 1, Put), "no name"),
            (version(b"a", 9, Put), "new"),
            (version(b"a", 3, Put), "less new"),
            (version(b"d", 1, Put), "first"),
        ],
    );
    write_table(
        &fs,
        2,
        &[
            (version(b"b", 5, Delete), ""),
            (version(b"d", 2, Put), "second"),
        ],
    );
    db.ingest(["/elsewhere/0000000001.sst", "/elsewhere/0000000002.sst"])
        .expect("both are whole");
    let expected = [("", "no name"), ("a", "new"), ("c", "old"), ("d", "second")];
    let expected = expected.map(|(key, value)| (key.as_bytes().to_vec(), value.into()));
    assert_eq!(contents(&db), expected);
    assert_eq!(before.scan_all().count(), 3, "a snapshot does not see it");
    db.put("a", "newest").expect("writes go on");
    let after = open_disk(&fs.crash(&CrashPlan::LoseAll)).expect("it is durable");
    assert_eq!(
        after.get("d").expect("reads work"),
        Some(b"second".to_vec())
    );
    assert_eq!(
        after.get("a").expect("reads work"),
        Some(b"newest".to_vec())
    );
}

#[test]
fn a_table_that_was_taken_in_and_is_forgotten_is_missed() {
    let fs = FaultyFs::new(MemFs::new());
    {
        let db = open(&fs).expect("an empty disk");
        db.put("a", "old").expect("writes work");
        write_table(&fs, 1, &[(version(b"b", 1, Operation::Put), "taken in")]);
        db.ingest(["/elsewhere/0000000001.sst"])
            .expect("it is whole");
        db.put("c", "new").expect("writes work");
    }
    let disk = fs.disk().fork();
    let whole = contents(&open_disk(&disk.fork()).expect("nothing is damaged"));
    assert_eq!(whole.len(), 3);
    let mut files = disk.files().into_iter();
    let is_manifest = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "manifest");
    let manifest = files.find(is_manifest).expect("there is one");
    let bytes = disk.read(&manifest).expect("a disk in memory");
    let mut missed = 0;
    for length in 0..bytes.len() {
        let cut = disk.fork();
        cut.write(&manifest, bytes[..length].to_vec())
            .expect("a disk in memory");
        match open_disk(&cut) {
            Ok(db) => assert_eq!(contents(&db), whole, "cut at {length}"),
            Err(error) => missed += usize::from(error.to_string().contains("batches are missing")),
        }
    }
    assert!(missed > 0, "an edit less is an older manifest");
}

#[test]
fn what_is_no_table_is_not_taken_in() {
    let fs = FaultyFs::new(MemFs::new());
    let db = open(&fs).expect("an empty disk");
    write_table(&fs, 1, &[(version(b"a", 1, Operation::Put), "1")]);
    let error = db.ingest(["/elsewhere/fruit.sst"]).expect_err("not a name");
    assert!(matches!(error, Error::NoTable { .. }), "{error:?}");
    db.ingest(["/elsewhere/0000000007.sst"])
        .expect_err("not there");
    fs.disk()
        .flip_bit("/elsewhere/0000000001.sst", 70, 1)
        .expect("a disk in memory");
    let error = db
        .ingest(["/elsewhere/0000000001.sst"])
        .expect_err("damaged");
    assert!(matches!(error, Error::Table(_)), "{error:?}");
    assert!(contents(&db).is_empty(), "nothing of it");
    db.put("a", "2").expect("the database goes on");
    db.ingest(Vec::<&str>::new()).expect("nothing to do");
}
