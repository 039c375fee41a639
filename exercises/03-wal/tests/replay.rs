//! Reading a log from start to end, as long as nothing in it is damaged.

use std::path::PathBuf;

use ferrisdb_core::{Batch, FileSystem, Timestamp};
use ferrisdb_format::{Header, Magic};
use ferrisdb_testkit::{FaultyFs, MemFs};
use ferrisdb_wal::{Error, Kind, Position, Proof, replay};

use support::{Handmade, directory, disk_with, first, payload, read, segment_path, short_batch};

mod support;

#[test]
fn batches_come_back_whole_and_in_order() {
    let log = Handmade::new().batches(3);
    let (found, recovery) = read(&log.disk()).expect("nothing is damaged");
    assert_eq!(found, first(3, short_batch));
    assert_eq!(recovery.batches, 3);
    assert_eq!(recovery.last_timestamp, Timestamp(3));
    assert_eq!(
        recovery.end,
        Position(log.end()),
        "the log ends behind its last record"
    );
    assert_eq!(recovery.torn_tail, None, "every byte belongs to the log");
}

#[test]
fn a_segment_with_nothing_but_a_header_is_an_empty_log() {
    let (found, recovery) = read(&Handmade::new().disk()).expect("nothing is damaged");
    assert_eq!(found, []);
    assert_eq!(recovery.last_timestamp, Timestamp::ZERO);
    assert_eq!(recovery.end, Position(64), "the header counts");
}

#[test]
fn a_mark_is_passed_over() {
    let log = Handmade::new().batches(1).synced().mark_record().batches(1);
    let (found, recovery) = read(&log.disk()).expect("nothing is damaged");
    assert_eq!(
        found,
        first(2, short_batch),
        "a mark holds no batch, and the log goes on behind it"
    );
    assert_eq!(recovery.batches, 2, "a mark does not count as a batch");
    assert_eq!(recovery.end, Position(log.end()));
}

#[test]
fn several_segments_are_one_log() {
    let log = Handmade::new()
        .batches(2)
        .next_segment()
        .synced()
        .batches(1);
    let log = log.next_segment().next_segment().batches(2);
    let (found, recovery) = read(&log.disk()).expect("nothing is damaged");
    assert_eq!(found, first(5, short_batch));
    assert_eq!(
        recovery.end,
        Position(log.end()),
        "positions go on from one segment to the next"
    );
    assert_eq!(recovery.torn_tail, None);
}

#[test]
fn a_batch_may_be_empty_or_hold_anything() {
    let mut binary = Batch::new();
    binary.put([0, 255, 10], [0; 1000]);
    binary.put("", "");
    binary.delete([255]);
    let log = Handmade::new()
        .record(Kind::Batch, &payload(5, &Batch::new()))
        .record(Kind::Batch, &payload(9, &binary));
    let (found, recovery) = read(&log.disk()).expect("nothing is damaged");
    let expected = vec![(Timestamp(5), Batch::new()), (Timestamp(9), binary)];
    assert_eq!(found, expected);
    assert_eq!(recovery.last_timestamp, Timestamp(9));
}

#[test]
fn a_whole_record_that_holds_no_batch_is_corruption() {
    let log = Handmade::new().batches(1);
    let offset = log.segments[0].1.len() as u64;
    let log = log.record(Kind::Batch, b"not a batch").batches(1);
    let error = read(&log.disk()).expect_err("the payload of the second record is no batch");
    let Error::Corruption(damage) = &error else {
        panic!("expected Corruption: {error}");
    };
    assert_eq!(damage.path, segment_path(1), "{error}");
    assert_eq!(damage.offset, offset, "{error}");
    assert_eq!(
        damage.proof,
        Proof::Checksum,
        "its checksum is right, so it was written like that: no crash does that"
    );
}

#[test]
fn nothing_is_given_back_behind_a_record_that_holds_no_batch() {
    let log = Handmade::new().batches(2);
    let log = log.record(Kind::Batch, b"not a batch").batches(1);
    let mut count = 0;
    let result = replay(&log.disk(), directory(), Position(0), &mut |_, _| {
        count += 1;
    });
    result.expect_err("the payload of the third record is no batch");
    assert_eq!(
        count, 2,
        "only the batches before the bad record are passed on"
    );
}

#[test]
fn a_log_whose_beginning_is_gone_is_refused() {
    let log = Handmade::new().batches(2).next_segment().batches(1);
    let second_only = disk_with(&log.segments[1..]);
    let error = read(&second_only).expect_err("segment 1 is missing, and it is needed");
    let needed = Proof::Needed {
        needed: Position(0),
    };
    assert!(
        matches!(&error, Error::Corruption(damage) if damage.proof == needed),
        "{error}"
    );

    let start = Position(log.segments[0].1.len() as u64);
    let mut found = 0;
    let recovery = replay(&second_only, directory(), start, &mut |_, _| found += 1)
        .expect("whoever needs the log from there only does not miss segment 1");
    assert_eq!((found, recovery.batches), (1, 1));
}

#[test]
fn what_is_needed_may_begin_inside_a_segment() {
    let log = Handmade::new().batches(2).next_segment().batches(2);
    let mut found = Vec::new();
    let recovery = replay(
        &log.disk(),
        directory(),
        Position(100),
        &mut |timestamp, batch| found.push((timestamp, batch.clone())),
    )
    .expect("nothing is damaged");
    assert_eq!(
        found,
        first(4, short_batch),
        "position 100 lies inside batch 1: segment 1 is replayed from its start, which is where \
         its header says, and not position 100"
    );
    assert_eq!(
        recovery.torn_tail, None,
        "segment 2 starts where segment 1 ends"
    );
    assert_eq!(recovery.end, Position(log.end()));
}

#[test]
fn a_log_that_is_needed_and_not_there_is_corruption() {
    let nothing = |_: Timestamp, _: &Batch| {};
    let log = Handmade::new().batches(1);
    let end = Position(log.end());
    let recovery = replay(&log.disk(), directory(), end, &mut { nothing })
        .expect("what came before its end is not needed");
    assert_eq!(recovery.end, end);

    let empty = FaultyFs::new(MemFs::new());
    empty.create_dir(directory()).expect("a disk in memory");
    let error = replay(&empty, directory(), end, &mut { nothing })
        .expect_err("there is no log, and what it held is needed");
    let needed = Proof::Needed { needed: end };
    assert!(
        matches!(&error, Error::Corruption(damage) if damage.proof == needed),
        "{error}"
    );
    let recovery = replay(&empty, directory(), Position(0), &mut { nothing })
        .expect("a log that never was is not needed");
    assert_eq!(recovery.end, Position(0));
}

#[test]
fn a_file_that_is_no_log_is_refused() {
    let log = Handmade::new().batches(2);
    let disk = log.disk();
    let text = b"Dear diary, today somebody called me 0000000002.wal.";
    disk.write(segment_path(2), *text)
        .expect("a disk in memory");
    let error = read(&disk).expect_err("segment 2 is a diary");
    assert!(matches!(error, Error::NotASegment { .. }), "{error}");
    assert!(
        error.to_string().contains("0000000002.wal"),
        "the message names the file: {error}"
    );
}

#[test]
fn a_log_of_a_newer_major_version_is_refused() {
    let log = Handmade::new().batches(2);
    let disk = log.disk();
    let mut header = Header::new(Magic::WAL, 2, 0);
    header.version.major += 1;
    disk.write(segment_path(2), header.encode())
        .expect("a disk in memory");
    let error = read(&disk).expect_err("segment 2 has a version that nobody knows yet");
    assert!(
        matches!(error, Error::NewerVersion { .. }),
        "a newer version is no damage: {error}"
    );
}

#[test]
fn other_files_in_the_directory_are_left_alone() {
    let disk = Handmade::new().batches(2).disk();
    for name in ["LOCK", "notes.wal", "2.wal", "0000000002.wal.old"] {
        let path = directory().join(name);
        disk.write(path, *b"something else")
            .expect("a disk in memory");
    }
    let (found, recovery) = read(&disk).expect("only 0000000001.wal has the name of a segment");
    assert_eq!(found, first(2, short_batch));
    assert_eq!(recovery.torn_tail, None);
}

#[test]
fn reading_changes_nothing() {
    let disk = Handmade::new().batches(2).next_segment().batches(2).disk();
    let fs = FaultyFs::new(disk);
    read(&fs).expect("nothing is damaged");
    let changes: Vec<String> = fs.log().iter().map(ToString::to_string).collect();
    assert_eq!(
        fs.changes(),
        [0; 0],
        "replay must not change the disk: {changes:#?}"
    );
    let files = fs.disk().files();
    let expected: Vec<PathBuf> = [1, 2]
        .map(|n| segment_path(n).strip_prefix("/").unwrap().to_owned())
        .to_vec();
    assert_eq!(files, expected);
}
