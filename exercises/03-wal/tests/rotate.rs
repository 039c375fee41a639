//! Going on in the next segment when one is full.

use std::io::ErrorKind;

use ferrisdb_core::{Batch, Timestamp};
use ferrisdb_testkit::{Fault, FaultyFs, Io, IoKind, MemFs, When};
use ferrisdb_wal::{Error, Place, Position, Record, SegmentFile, SegmentHeader, SyncMode, Writer};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use support::{
    assert_names, boundaries, directory, first, open, read, segment_path, segments_of, short_batch,
};

mod support;

/// A writer whose segments hold two short batches each, with so many batches in it.
fn writer_with(fs: &FaultyFs, batches: u64) -> Writer {
    let (mut writer, ..) = open(fs.clone(), segments_of(160)).expect("a new log can be opened");
    for n in 1..=batches {
        writer
            .append(Timestamp(n), &short_batch(n))
            .expect("nothing fails");
    }
    writer
}

fn bytes(fs: &FaultyFs, number: u64) -> Vec<u8> {
    fs.disk()
        .read(segment_path(number))
        .expect("the segment exists")
}

#[test]
fn a_full_segment_is_followed_by_the_next() {
    let fs = FaultyFs::new(MemFs::new());
    let _writer = writer_with(&fs, 5);
    let segments = SegmentFile::list(&fs, directory()).expect("the directory exists");
    let numbers: Vec<u64> = segments.iter().map(|segment| segment.number).collect();
    assert_eq!(numbers, [1, 2, 3], "two batches fit into one segment");
    for number in 1..=3 {
        let size = bytes(&fs, number).len();
        assert!(
            size <= 160,
            "segment {number} has {size} bytes, 160 are allowed"
        );
    }
    assert_eq!(
        read(&fs).expect("nothing is damaged").0,
        first(5, short_batch)
    );
}

#[test]
fn a_header_says_where_its_segment_starts() {
    let fs = FaultyFs::new(MemFs::new());
    let writer = writer_with(&fs, 5);
    let mut start = 0;
    for number in 1..=3 {
        let bytes = bytes(&fs, number);
        let header = SegmentHeader::decode(&bytes, number).expect("the header is whole");
        assert_eq!(
            header.start,
            Position(start),
            "segment {number} starts where the one before ended"
        );
        start += bytes.len() as u64;
    }
    assert_eq!(writer.end(), Position(start));
}

#[test]
fn a_header_claims_no_more_than_is_known() {
    let fs = FaultyFs::new(MemFs::new());
    let _writer = writer_with(&fs, 3);
    let header = SegmentHeader::decode(&bytes(&fs, 2), 2).expect("the header is whole");
    assert_eq!(
        header.mark,
        Position(64),
        "only the header of segment 1 was ever synced: the batches in it may still be lost, and \
         a mark that covers them would turn a power cut into corruption"
    );
}

#[test]
fn offsets_begin_anew_in_each_segment() {
    let fs = FaultyFs::new(MemFs::new());
    let _writer = writer_with(&fs, 3);
    let bytes = bytes(&fs, 2);
    let place = Place {
        file_number: 2,
        offset: 64,
    };
    let record = Record::decode(&bytes[64..], place);
    record.expect("batch 3 lies behind the header of segment 2, and was framed for that place");
}

#[test]
fn a_batch_that_is_larger_than_a_segment_gets_one_of_its_own() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = writer_with(&fs, 1);
    let mut large = Batch::new();
    large.put("large", vec![b'x'; 1_000]);
    writer
        .append(Timestamp(2), &large)
        .expect("a large batch is legal");
    writer
        .append(Timestamp(3), &short_batch(3))
        .expect("nothing fails");
    let records = |number| boundaries(&bytes(&fs, number)).len() - 1;
    assert_eq!(
        [records(1), records(2), records(3)],
        [1, 1, 1],
        "the large batch lies alone in segment 2"
    );
    let found = read(&fs).expect("nothing is damaged").0;
    assert_eq!(found[1], (Timestamp(2), large));
    assert_eq!(found.len(), 3);
}

#[test]
fn the_first_batch_never_leaves_an_empty_segment_behind() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut writer, ..) = open(fs.clone(), segments_of(1)).expect("a new log can be opened");
    for n in 1..=3 {
        writer
            .append(Timestamp(n), &short_batch(n))
            .expect("nothing fails");
    }
    let count = SegmentFile::list(&fs, directory())
        .expect("it exists")
        .len();
    assert_eq!(count, 3, "one segment a batch, and none without any");
}

#[test]
fn a_group_goes_on_in_the_next_segment() {
    let single = FaultyFs::new(MemFs::new());
    let _writer = writer_with(&single, 7);
    let batches = first(7, short_batch);
    for before in 0..7 {
        let fs = FaultyFs::new(MemFs::new());
        let mut writer = writer_with(&fs, before as u64);
        let from = usize::try_from(fs.operations()).expect("few");
        let group = batches[before..].iter();
        let group = group.map(|(timestamp, batch)| (*timestamp, batch));
        let end = writer.append_group(group).expect("nothing fails");
        assert_eq!(end, writer.end());
        for number in 1..=4 {
            assert_eq!(
                bytes(&fs, number),
                bytes(&single, number),
                "two batches fit into a segment: batches {} to 7 go in as a group, and segment \
                 {number} must look as if each had been appended by itself",
                before + 1
            );
        }
        let log = fs.log();
        let records = |io: &&Io| io.kind == IoKind::Write && io.offset > 0;
        assert_eq!(
            log[from..].iter().filter(records).count(),
            4 - before / 2,
            "one write for each segment"
        );
    }
}

#[test]
fn a_group_that_cannot_go_on_stops_the_writer() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = writer_with(&fs, 1);
    fs.inject(
        When::Next(IoKind::Create),
        Fault::Error(ErrorKind::PermissionDenied),
    );
    let batches = first(4, short_batch);
    let group = batches[1..].iter();
    let group = group.map(|(timestamp, batch)| (*timestamp, batch));
    let error = writer
        .append_group(group)
        .expect_err("segment 2 cannot be created");
    assert_names(&error, 2);
    assert_eq!(
        writer.metrics().appends,
        1,
        "a group that failed is not counted, whatever is there of it"
    );
    let next = writer.append(Timestamp(5), &short_batch(5));
    assert!(matches!(next, Err(Error::WriterFailed)), "{next:?}");
    let found = read(&fs).expect("nothing is damaged").0;
    assert_eq!(
        found,
        first(2, short_batch),
        "what fitted into segment 1 may be there: nobody was told that it is not"
    );
}

#[test]
fn the_metrics_count_segments_and_their_headers() {
    let fs = FaultyFs::new(MemFs::new());
    let writer = writer_with(&fs, 5);
    let sizes: usize = (1..=3).map(|number| bytes(&fs, number).len()).sum();
    let metrics = writer.metrics();
    assert_eq!(metrics.segments, 3);
    assert_eq!(metrics.appends, 5);
    assert_eq!(metrics.bytes, sizes as u64, "headers are bytes too");
}

#[test]
fn segments_do_not_stay_open_for_ever_without_a_sync() {
    let fs = FaultyFs::new(MemFs::new());
    let writer = writer_with(&fs, 100);
    let log = fs.log();
    let syncs = log.iter().filter(|io| io.kind == IoKind::SyncData).count();
    assert!(
        syncs > 1,
        "there are 50 segments and nobody ever syncs: the oldest are synced and closed on the \
         way, or the process would run out of open files"
    );
    assert_eq!(
        writer.durable(),
        Position(64),
        "that says nothing about the segments since, nor about names, so the mark stays"
    );
}

#[test]
fn a_segment_that_cannot_be_created_stops_the_writer() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = writer_with(&fs, 2);
    fs.inject(
        When::Next(IoKind::Create),
        Fault::Error(ErrorKind::PermissionDenied),
    );
    let error = writer
        .append(Timestamp(3), &short_batch(3))
        .expect_err("segment 2 cannot be created");
    assert_names(&error, 2);
    let next = writer.append(Timestamp(4), &short_batch(4));
    assert!(
        matches!(next, Err(Error::WriterFailed)),
        "batch 3 is missing, so batch 4 must not follow: {next:?}"
    );
    let sync = writer.sync(SyncMode::Data);
    assert!(matches!(sync, Err(Error::WriterFailed)), "{sync:?}");
    assert_eq!(
        read(&fs).expect("nothing is damaged").0,
        first(2, short_batch)
    );
}

proptest! {
    #![proptest_config(Config {
        cases: 48,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(3),
        ..Config::default()
    })]

    #[test]
    fn no_size_of_segment_loses_or_splits_a_batch(
        segment_size in 1..900_u64,
        sizes in prop::collection::vec(0..400_usize, 1..12),
        group in 1..6_usize,
    ) {
        let fs = FaultyFs::new(MemFs::new());
        let (mut writer, ..) = open(fs.clone(), segments_of(segment_size)).unwrap();
        let batches: Vec<_> = sizes.iter().zip(1..).map(|(&size, n)| {
            let mut batch = Batch::new();
            batch.put("key", vec![b'v'; size]);
            (Timestamp(n), batch)
        }).collect();
        for group in batches.chunks(group) {
            let group = group.iter().map(|(timestamp, batch)| (*timestamp, batch));
            let end = writer.append_group(group).unwrap();
            prop_assert_eq!(end, writer.end());
        }
        let (found, recovery) = read(&fs).unwrap();
        prop_assert_eq!(found, batches);
        prop_assert_eq!(recovery.end, writer.end());
        for segment in SegmentFile::list(&fs, directory()).unwrap() {
            let bytes = bytes(&fs, segment.number);
            let records = boundaries(&bytes).len() - 1;
            prop_assert!(
                records == 1 || bytes.len() as u64 <= segment_size,
                "segment {} has {} bytes and {} records; only a single large batch may make a \
                 segment larger than {} bytes",
                segment.number, bytes.len(), records, segment_size
            );
        }
    }
}
