//! New segments from old files, and files laid out in advance: what lies behind the last record
//! is not empty any more, and must not matter.

use ferrisdb_core::{Batch, FileSystem, Timestamp};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, Io, IoKind, MemFs, When};
use ferrisdb_wal::{Error, Options, Position, SyncMode, Writer};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use support::life::{Do, Life, Outcome, cut_everywhere, cut_opening_everywhere, play};
use support::{
    Batches, Handmade, batch, directory, first, open, read, segment_path, segments_of, short_batch,
};

mod support;

/// Segments that hold two short batches each, and room for half of one.
const SIZE: u64 = 170;

fn options(preallocate: bool, spares_max: usize) -> Options {
    Options {
        preallocate,
        spares_max,
        ..segments_of(SIZE)
    }
}

fn new_writer(fs: &FaultyFs, options: &Options) -> Writer {
    let (writer, found, _) = open(fs.clone(), options.clone()).expect("a new log can be opened");
    assert_eq!(found, [], "a new log is empty");
    writer
}

fn append(writer: &mut Writer, numbers: std::ops::RangeInclusive<u64>) -> Position {
    for n in numbers {
        let appended = writer.append(Timestamp(n), &short_batch(n));
        appended.expect("nothing fails");
    }
    writer.end()
}

/// The names in the directory, without the lock.
fn names(fs: &FaultyFs) -> Vec<String> {
    let paths = fs.list(directory()).expect("the directory exists");
    let names = paths.iter().filter_map(|path| path.file_name()?.to_str());
    let names = names.filter(|name| *name != "LOCK");
    names.map(String::from).collect()
}

fn size(fs: &FaultyFs, number: u64) -> u64 {
    let bytes = fs.disk().read(segment_path(number));
    bytes.expect("the segment exists").len() as u64
}

/// The operations since the one with that number.
fn since(fs: &FaultyFs, from: u64) -> Vec<Io> {
    let log = fs.log().into_iter();
    log.filter(|io| io.number >= from).collect()
}

#[test]
fn a_segment_is_laid_out_at_its_full_size() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs, &options(true, 0));
    assert_eq!(size(&fs, 1), SIZE, "the first one too");
    append(&mut writer, 1..=3);
    writer.sync(SyncMode::Data).expect("nothing fails");
    assert_eq!(size(&fs, 2), SIZE, "segment 2 holds one batch, and room");
    append(&mut writer, 4..=4);
    assert_eq!(
        size(&fs, 2),
        SIZE,
        "a file that does not grow is cheap to sync"
    );
    assert_eq!(read(&fs).expect("it is whole").0, first(4, short_batch));
}

#[test]
fn a_segment_that_is_gone_on_with_is_laid_out_again() {
    for closed in [true, false] {
        let fs = FaultyFs::new(MemFs::new());
        let mut writer = new_writer(&fs, &options(true, 0));
        append(&mut writer, 1..=1);
        if closed {
            writer.close().expect("nothing fails");
        } else {
            drop(writer);
        }
        let (mut writer, ..) = open(fs.clone(), options(true, 0)).expect("it is whole");
        assert_eq!(size(&fs, 1), SIZE, "there is room for another batch");
        append(&mut writer, 2..=2);
        assert_eq!(size(&fs, 1), SIZE, "which does not make the file grow");
        let (found, recovery) = read(&fs).expect("it is whole");
        assert_eq!(found, first(2, short_batch));
        assert_eq!(recovery.torn_tail, None);
    }
}

#[test]
fn a_batch_that_needs_more_than_was_laid_out_has_it() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs, &options(true, 0));
    append(&mut writer, 1..=1);
    let mut large = Batch::new();
    large.put("large", vec![b'x'; 1_000]);
    writer
        .append(Timestamp(2), &large)
        .expect("a large batch is legal");
    append(&mut writer, 3..=3);
    let mut expected = first(3, short_batch);
    expected[1].1 = large;
    assert_eq!(read(&fs).expect("it is whole").0, expected);
}

#[test]
fn a_disk_without_room_for_a_segment_may_have_room_for_a_batch() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs, &options(true, 0));
    append(&mut writer, 1..=2);
    fs.set_space(130);
    append(&mut writer, 3..=3);
    assert_eq!(read(&fs).expect("it is whole").0, first(3, short_batch));
    let error = writer
        .append(Timestamp(4), &short_batch(4))
        .and_then(|_| writer.append(Timestamp(5), &short_batch(5)))
        .expect_err("now it is full");
    assert!(matches!(error, Error::Core(_)), "{error}");
}

#[test]
fn what_is_wrong_with_the_disk_is_told() {
    let fault = Fault::Error(std::io::ErrorKind::PermissionDenied);
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs, &options(true, 2));
    append(&mut writer, 1..=2);
    fs.inject(When::Next(IoKind::Allocate), fault);
    writer
        .append(Timestamp(3), &short_batch(3))
        .expect_err("segment 2 cannot be laid out, and not for lack of space");
    drop(writer);

    fs.inject(When::Next(IoKind::Allocate), fault);
    open(fs.clone(), options(true, 2)).expect_err("nor can the one that the log goes on in");

    let (mut writer, found, _) = open(fs.clone(), options(true, 2)).expect("a torn tail");
    assert_eq!(found, first(2, short_batch));
    let end = append(&mut writer, 3..=5);
    writer.retire(end).expect("nothing fails");
    fs.inject(When::Next(IoKind::Remove), fault);
    writer.close().expect_err("a spare stays");
    let (found, _) = read_from(&fs, end);
    assert_eq!(found.last(), Some(&5), "the log was closed before");
}

#[test]
fn a_process_that_dies_leaves_no_torn_tail() {
    for options in [options(true, 0), options(false, 2), options(true, 2)] {
        for last in 1..=9 {
            let fs = FaultyFs::new(MemFs::new());
            let mut writer = new_writer(&fs, &options);
            let mut needed_from = Position(0);
            for n in 1..=last {
                let end = append(&mut writer, n..=n);
                if n.is_multiple_of(2) {
                    needed_from = end;
                    writer.retire(end).expect("nothing fails");
                }
            }
            drop(writer);
            let again = Options {
                needed_from,
                ..options.clone()
            };
            let (mut writer, found, recovery) = open(fs.clone(), again).expect("it is whole");
            assert_eq!(
                recovery.torn_tail, None,
                "{options:?}: {last} batches were appended whole; behind the last is room, or what \
                 the file held before"
            );
            let all: Batches = (1..=last).map(|n| (Timestamp(n), short_batch(n))).collect();
            assert!(all.ends_with(&found), "the newest batches come back");
            append(&mut writer, last + 1..=last + 3);
        }
    }
}

#[test]
fn a_closed_log_has_no_room_left_and_no_spares() {
    for options in [options(true, 0), options(false, 2), options(true, 2)] {
        let fs = FaultyFs::new(MemFs::new());
        let mut writer = new_writer(&fs, &options);
        append(&mut writer, 1..=8);
        let end = append(&mut writer, 9..=9);
        writer.retire(end).expect("nothing fails");
        writer.close().expect("nothing fails");
        assert_eq!(names(&fs), ["0000000005.wal"], "{options:?}");
        let bytes = fs.disk().read(segment_path(5)).expect("it exists");
        let ends = support::boundaries(&bytes);
        assert_eq!(
            ends.last(),
            Some(&bytes.len()),
            "{options:?}: the last record, which carries the mark, ends the file"
        );
        let disk = fs.crash(&CrashPlan::LoseAll);
        assert_eq!(
            disk.read(segment_path(5)).ok(),
            Some(bytes),
            "{options:?}: so it is on the disk as well"
        );
    }
}

#[test]
fn an_empty_log_has_no_room_left_when_it_is_closed() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs, &options(true, 0));
    append(&mut writer, 1..=2);
    writer.sync(SyncMode::Data).expect("nothing fails");
    append(&mut writer, 3..=3);
    writer.close().expect("nothing fails");
    let before = size(&fs, 2);
    let (writer, ..) = open(fs.clone(), options(true, 0)).expect("it is whole");
    writer.close().expect("nothing fails");
    assert_eq!(size(&fs, 2), before, "nothing happened in between");
}

#[test]
fn a_retired_segment_becomes_the_next_one() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs, &options(false, 2));
    let end = append(&mut writer, 1..=8);
    writer.sync(SyncMode::Data).expect("nothing fails");
    writer.retire(end).expect("nothing fails");
    assert_eq!(
        names(&fs),
        ["0000000001.spare", "0000000002.spare", "0000000004.wal"],
        "two of the three are kept, under a name that no segment has"
    );
    let before = fs.operations();
    append(&mut writer, 9..=12);
    let kinds: Vec<_> = since(&fs, before).iter().map(|io| io.kind).collect();
    assert!(
        !kinds.contains(&IoKind::Create) && kinds.contains(&IoKind::Rename),
        "segments 5 and 6 are old files with new names: {kinds:?}"
    );
    assert_eq!(
        names(&fs),
        ["0000000004.wal", "0000000005.wal", "0000000006.wal"]
    );
    append(&mut writer, 13..=14);
    assert!(names(&fs).contains(&"0000000007.wal".into()), "a new file");
}

#[test]
fn what_a_file_held_in_an_earlier_life_never_comes_back() {
    // All batches have the same size, so old records lie exactly where new ones would.
    for count in 0..=6 {
        let fs = FaultyFs::new(MemFs::new());
        let mut writer = new_writer(&fs, &options(false, 4));
        let end = append(&mut writer, 10..=17);
        writer.retire(end).expect("nothing fails");
        let last = append(&mut writer, 18..=18 + count);
        drop(writer);
        let mut found = Vec::new();
        let recovery = ferrisdb_wal::replay(&fs, directory(), end, &mut |timestamp, _| {
            found.push(timestamp.0);
        })
        .expect("it is whole");
        let expected: Vec<u64> = (16..=18 + count).collect();
        assert!(
            expected.ends_with(&found) && found.contains(&18),
            "batches 18 to {} were appended to files that held batches 10 to 17 before: {found:?}",
            18 + count
        );
        assert_eq!((recovery.end, recovery.torn_tail), (last, None));
    }
}

#[test]
fn a_spare_that_a_crash_left_is_not_used() {
    // The file was a spare, became segment 2, and was written to. The power cut undid the new
    // name, and kept the bytes. Now the log writes another segment 2.
    let log = Handmade::new().batches(2).next_segment().batches(2);
    let disk = MemFs::new();
    let spare = directory().join("0000000000.spare");
    disk.write(segment_path(1), log.segments[0].1.clone())
        .expect("a disk in memory");
    disk.write(&spare, log.segments[1].1.clone())
        .expect("a disk in memory");
    let fs = FaultyFs::new(disk);
    let (mut writer, found, _) = open(fs.clone(), options(false, 2)).expect("it is whole");
    assert_eq!(found, first(2, short_batch));
    assert_eq!(names(&fs), ["0000000001.wal"], "the spare is removed");
    append(&mut writer, 3..=3);
    assert_eq!(
        read(&fs).expect("it is whole").0,
        first(3, short_batch),
        "an old batch 4 lay right behind batch 3, in a file that had the same number"
    );
}

#[test]
fn a_segment_that_is_overwritten_under_its_old_name_is_removed() {
    // Segment 1 was retired and became segment 3. The power cut undid both new names.
    let log = Handmade::new().batches(2).synced().next_segment();
    let log = log.batches(2).synced().next_segment().batches(2);
    let disk = MemFs::new();
    let start = Position(log.segments[0].1.len() as u64);
    disk.write(segment_path(1), log.segments[2].1.clone())
        .expect("a disk in memory");
    disk.write(segment_path(2), log.segments[1].1.clone())
        .expect("a disk in memory");
    let fs = FaultyFs::new(disk);
    let again = Options {
        needed_from: start,
        ..options(false, 2)
    };
    let (mut writer, found, recovery) = open(fs.clone(), again.clone()).expect("it is whole");
    assert_eq!(found, first(4, short_batch)[2..]);
    assert_eq!(recovery.torn_tail, None);
    assert_eq!(names(&fs), ["0000000002.wal"]);
    append(&mut writer, 7..=8);
    drop(writer);
    let (_, found, _) = open(fs, again).expect("it is whole");
    let numbers: Vec<u64> = found.iter().map(|(timestamp, _)| timestamp.0).collect();
    assert_eq!(numbers, [3, 4, 7, 8]);
}

#[test]
fn other_files_are_no_spares() {
    let fs = FaultyFs::new(MemFs::new());
    for name in ["1.spare", "note.spare", "0000000001.spare.txt", "spare"] {
        fs.disk()
            .write(directory().join(name), *b"mine")
            .expect("a disk in memory");
    }
    let before = {
        let mut before = names(&fs);
        before.push("0000000001.wal".into());
        before.sort();
        before
    };
    let writer = new_writer(&fs, &options(true, 2));
    writer.close().expect("nothing fails");
    assert_eq!(names(&fs), before, "they are not ours");
}

#[test]
fn a_spare_that_is_too_large_is_cut() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs, &options(false, 1));
    let mut large = Batch::new();
    large.put("large", vec![b'x'; 1_000]);
    writer
        .append(Timestamp(1), &large)
        .expect("a large batch is legal");
    let end = append(&mut writer, 2..=2);
    writer.retire(end).expect("nothing fails");
    append(&mut writer, 3..=4);
    assert_eq!(size(&fs, 3), SIZE, "it held one large batch");
    let (found, _) = read_from(&fs, end);
    assert_eq!(found, [2, 3, 4]);
}

fn read_from(fs: &FaultyFs, needed_from: Position) -> (Vec<u64>, Position) {
    let mut found = Vec::new();
    let recovery = ferrisdb_wal::replay(fs, directory(), needed_from, &mut |timestamp, _| {
        found.push(timestamp.0);
    });
    (found, recovery.expect("it is whole").end)
}

#[test]
fn a_spare_that_cannot_be_renamed_stops_the_writer() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs, &options(false, 1));
    let end = append(&mut writer, 1..=4);
    writer.retire(end).expect("nothing fails");
    fs.inject(
        When::Next(IoKind::Rename),
        Fault::Error(std::io::ErrorKind::Other),
    );
    let error = writer
        .append(Timestamp(5), &short_batch(5))
        .expect_err("segment 3 cannot be begun");
    support::assert_names(&error, 3);
    let next = writer.append(Timestamp(6), &short_batch(6));
    assert!(matches!(next, Err(Error::WriterFailed)), "{next:?}");
}

#[test]
fn a_torn_batch_in_a_used_file_is_a_torn_tail() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs, &options(false, 2));
    let end = append(&mut writer, 10..=13);
    writer.retire(end).expect("nothing fails");
    append(&mut writer, 14..=14);
    writer.sync(SyncMode::Data).expect("nothing fails");
    append(&mut writer, 15..=15);
    drop(writer);
    let plans = fs.disk().crash_plans(0);
    let tears = plans.iter().filter_map(|plan| match plan {
        CrashPlan::TearLastWrite(at) => Some((*at, fs.crash(plan))),
        _ => None,
    });
    let mut reported = 0;
    for (at, disk) in tears {
        let again = Options {
            needed_from: end,
            ..options(false, 2)
        };
        let (_, found, recovery) = open(FaultyFs::new(disk), again).expect("a torn tail at most");
        let numbers: Vec<u64> = found.iter().map(|(timestamp, _)| timestamp.0).collect();
        assert!(
            numbers.ends_with(&[14]) || numbers.ends_with(&[14, 15]),
            "{at} bytes of batch 15 reached the disk: {numbers:?}"
        );
        reported += usize::from(recovery.torn_tail.is_some());
    }
    assert!(reported > 20, "most of these are half a record: {reported}");
}

/// The four ways to make files for new segments.
fn ways(segment_size: u64) -> [Options; 4] {
    [(false, 0), (true, 0), (false, 3), (true, 3)].map(|(preallocate, spares_max)| Options {
        segment_size_max: segment_size,
        ..options(preallocate, spares_max)
    })
}

#[test]
fn no_power_cut_takes_what_is_needed_whatever_the_files_held_before() {
    let steps = [
        Do::Group(5),
        Do::Sync,
        Do::Retire(0),
        Do::Group(3),
        Do::Sync,
        Do::Retire(1),
        Do::Group(4),
        Do::Retire(2),
        Do::Group(1),
        Do::Sync,
    ];
    for options in &ways(SIZE)[1..] {
        cut_everywhere(options, short_batch, &steps);
    }
}

#[test]
fn no_power_cut_takes_what_is_needed_when_nobody_syncs() {
    let steps = [
        Do::Group(5),
        Do::Retire(0),
        Do::Group(5),
        Do::Retire(3),
        Do::Group(2),
    ];
    for options in &ways(SIZE)[1..] {
        cut_everywhere(options, short_batch, &steps);
    }
}

#[test]
fn no_power_cut_takes_what_is_needed_while_the_log_is_closed_and_opened() {
    let steps = [
        Do::Group(5),
        Do::Retire(1),
        Do::Group(2),
        Do::Reopen,
        Do::Group(3),
        Do::Retire(0),
        Do::Kill,
        Do::Group(3),
    ];
    for options in &ways(SIZE)[1..] {
        cut_everywhere(options, short_batch, &steps);
    }
}

#[test]
fn a_power_cut_while_a_used_log_is_opened_changes_nothing() {
    let steps = [
        Do::Group(5),
        Do::Retire(0),
        Do::Group(3),
        Do::Sync,
        Do::Retire(2),
        Do::Group(4),
    ];
    let options = &ways(SIZE)[2];
    let mut life = Life::new(options.clone(), short_batch);
    let (fs, outcome) = life.go(FaultyFs::new(MemFs::new()), &steps);
    assert!(matches!(outcome, Outcome::Done), "{outcome}");
    for plan in fs.disk().crash_plans(4) {
        if !matches!(plan, CrashPlan::TearLastWrite(at) if at % 16 > 0) {
            cut_opening_everywhere(&life, &fs.crash(&plan), &plan.to_string());
        }
    }
}

fn step() -> impl Strategy<Value = Do> {
    prop_oneof![
        4 => (1..6_u64).prop_map(Do::Group),
        2 => Just(Do::Sync),
        3 => (0..5_usize).prop_map(Do::Retire),
        1 => Just(Do::Reopen),
        1 => Just(Do::Kill),
        1 => Just(Do::LoseSync),
        2 => any::<u64>().prop_map(Do::PowerCut),
    ]
}

proptest! {
    #![proptest_config(Config {
        cases: 400,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(3),
        ..Config::default()
    })]

    #[test]
    fn no_history_of_retiring_and_power_cuts_loses_what_is_needed(
        steps in prop::collection::vec(step(), 1..40),
        way in 0..4_usize,
        segment_size in prop::sample::select(&[100_u64, SIZE, 700, 3_000][..]),
        same_size: bool,
    ) {
        let options = &ways(segment_size)[way];
        let content = if same_size { short_batch } else { batch };
        if let Err(reason) = play(options, content, &steps) {
            return Err(TestCaseError::fail(format!("{options:?}: {reason}")));
        }
    }
}
