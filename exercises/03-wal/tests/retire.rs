//! Letting go of segments that nobody needs any more, while the power may go at any moment.

use std::io::ErrorKind;

use ferrisdb_core::{Batch, FileSystem, Timestamp};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, Io, IoKind, MemFs, When};
use ferrisdb_wal::{
    Error, Options, Position, Proof, Recovery, Result, SegmentFile, SegmentHeader, SyncMode,
    Writer, replay,
};

use support::life::{Do, cut_everywhere};
use support::{
    Handmade, assert_names, batch, directory, disk_with, environment, first, open, read,
    segment_path, segments_of, short_batch,
};

mod support;

fn options(segment_size: u64, needed_from: Position) -> Options {
    Options {
        needed_from,
        ..segments_of(segment_size)
    }
}

/// A writer whose segments hold two short batches each, with so many batches in it, and the
/// position behind each batch.
fn writer_with(fs: &FaultyFs, batches: u64) -> (Writer, Vec<Position>) {
    let (mut writer, ..) = open(fs.clone(), segments_of(160)).expect("a new log can be opened");
    let append = |n| {
        let end = writer.append(Timestamp(n), &short_batch(n));
        end.expect("nothing fails")
    };
    let ends = (1..=batches).map(append).collect();
    (writer, ends)
}

/// The operations since the one with that number.
fn since(fs: &FaultyFs, from: u64) -> Vec<Io> {
    let log = fs.log().into_iter();
    log.filter(|io| io.number >= from).collect()
}

fn numbers(fs: &FaultyFs) -> Vec<u64> {
    let files = SegmentFile::list(fs, directory()).expect("the directory exists");
    files.iter().map(|file| file.number).collect()
}

/// What replay says of a log that is needed from there on.
fn read_from(fs: &dyn FileSystem, needed_from: Position) -> Result<(Vec<u64>, Recovery)> {
    let mut found = Vec::new();
    let recovery = replay(fs, directory(), needed_from, &mut |timestamp, _| {
        found.push(timestamp.0);
    })?;
    Ok((found, recovery))
}

#[test]
fn a_directory_that_is_locked_already_stays_locked() {
    let fs = FaultyFs::new(MemFs::new());
    fs.create_dir(directory()).expect("nothing fails");
    let path = directory().join("LOCK");
    let lock = fs.lock(&path).expect("nobody else has it");
    let environment = environment(fs.clone());
    let opened = Writer::open_locked(
        &environment,
        directory(),
        Options::default(),
        lock,
        &mut |_, _| {},
    );
    let (mut writer, _) = opened.expect("the lock is there");
    fs.lock(&path)
        .expect_err("the writer holds the lock as long as it exists");
    writer
        .append(Timestamp(1), &short_batch(1))
        .expect("nothing fails");
    drop(writer);
    fs.lock(&path).expect("the writer is gone");
    assert_eq!(read(&fs).expect("it is whole").0, first(1, short_batch));
}

#[test]
fn what_is_not_needed_goes_and_what_is_needed_stays() {
    for needed in 1..=7 {
        let fs = FaultyFs::new(MemFs::new());
        let (mut writer, ends) = writer_with(&fs, 7);
        let end = ends[needed - 1];
        // Just before the end of a batch, at its end, and just behind it.
        for (shift, whole) in [(-1, needed - 1), (0, needed), (1, needed)] {
            let at = Position(end.0.saturating_add_signed(shift));
            writer.retire(at).expect("nothing fails");
            // Two batches a segment; the last segment is the one that is written to.
            let gone = (whole / 2) as u64;
            let expected: Vec<u64> = (gone + 1..=4).collect();
            assert_eq!(
                numbers(&fs),
                expected,
                "the log is needed from position {at} on, and batch {needed} ends at {end}: a \
                 segment may go if its last byte lies below that, and not before"
            );
            let (found, recovery) = read_from(&fs, at).expect("whatever is needed is there");
            assert_eq!(recovery.torn_tail, None);
            let first = gone * 2 + 1;
            assert_eq!(found, (first..=7).collect::<Vec<_>>());
        }
        writer
            .append(Timestamp(8), &short_batch(8))
            .expect("the log goes on as before");
    }
}

#[test]
fn the_segment_that_is_written_to_is_never_retired() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut writer, ends) = writer_with(&fs, 4);
    writer.retire(Position(u64::MAX)).expect("nothing fails");
    assert_eq!(
        numbers(&fs),
        [2],
        "nobody needs any of the four batches, but the log needs a place to go on"
    );
    writer
        .append(Timestamp(5), &short_batch(5))
        .expect("nothing fails");
    let (found, _) = read_from(&fs, ends[3]).expect("nothing is damaged");
    assert_eq!(found, [5], "batch 5 lies in segment 3");
}

#[test]
fn retiring_twice_does_nothing_the_second_time() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut writer, ends) = writer_with(&fs, 5);
    writer.retire(ends[3]).expect("nothing fails");
    let before = fs.operations();
    writer.retire(ends[3]).expect("nothing fails");
    writer.retire(Position(0)).expect("nothing fails");
    assert_eq!(fs.operations(), before, "there was nothing left to do");
}

#[test]
fn an_interrupted_retirement_leaves_no_gap() {
    for failing in 0..3 {
        let fs = FaultyFs::new(MemFs::new());
        let (mut writer, ends) = writer_with(&fs, 8);
        for _ in 0..failing {
            fs.inject(When::Next(IoKind::Remove), Fault::Short(0));
        }
        fs.inject(When::Next(IoKind::Remove), Fault::Error(ErrorKind::Other));
        let error = writer.retire(ends[5]).expect_err("a segment stays");
        assert_names(&error, failing + 1);
        let expected: Vec<u64> = (failing + 1..=4).collect();
        assert_eq!(
            numbers(&fs),
            expected,
            "{failing} of the segments 1, 2 and 3 were removed when the disk failed: the oldest \
             go first, so that what is left is the end of the log, in one piece"
        );
        writer
            .append(Timestamp(9), &short_batch(9))
            .expect("the log itself is as whole as before");
        writer.retire(ends[5]).expect("this time it works");
        assert_eq!(numbers(&fs), [4, 5]);
    }
}

#[test]
fn before_anything_goes_the_new_beginning_is_safe() {
    // The tables have batches 1 to 4 or 5. Segment 3 begins with batch 5.
    for stored in [4, 5] {
        let fs = FaultyFs::new(MemFs::new());
        let (mut writer, ends) = writer_with(&fs, 7);
        let needed_from = ends[stored - 1];
        // Nothing was ever synced.
        writer.retire(needed_from).expect("nothing fails");
        for plan in fs.disk().crash_plans(16) {
            let disk = fs.crash(&plan);
            let (found, _) = match read_from(&disk, needed_from) {
                Ok(found) => found,
                Err(error) => panic!(
                    "{plan}: the power went after segments were removed. The one with which the \
                     log begins now was never synced, and neither was its name. Then: {error}"
                ),
            };
            assert!(
                found.contains(&5),
                "{plan}: segment 3 begins the log, and was made safe as it was; there are {found:?}"
            );
        }
    }
}

#[test]
fn a_name_without_bytes_begins_no_log() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut writer, ends) = writer_with(&fs, 7);
    writer.retire(ends[4]).expect("nothing fails");
    // The kernel writes the directory back on its own, and not the files.
    fs.disk()
        .sync_dir(directory())
        .expect("a disk in memory takes it");
    let (found, _) = match read_from(&fs.crash(&CrashPlan::LoseAll), ends[4]) {
        Ok(found) => found,
        Err(error) => panic!(
            "segments 1 and 2 are gone, and segment 3, which begins the log now, has a name and no \
             bytes: they have to be synced before the others go. {error}"
        ),
    };
    assert!(found.starts_with(&[5]), "{found:?}");
}

#[test]
fn what_is_safe_already_is_not_synced_for_it() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut writer, ends) = writer_with(&fs, 7);
    writer.sync(SyncMode::Data).expect("nothing fails");
    let before = fs.operations();
    writer.retire(ends[3]).expect("nothing fails");
    let kinds: Vec<_> = since(&fs, before).iter().map(|io| io.kind).collect();
    assert_eq!(
        kinds,
        [IoKind::Remove, IoKind::Remove],
        "everything had been synced; two removals need no sync, since a segment that comes back \
         after a power cut does no harm"
    );
}

#[test]
fn a_retirement_that_cannot_sync_stops_the_writer_and_removes_nothing() {
    for kind in [IoKind::SyncData, IoKind::SyncDir] {
        let fs = FaultyFs::new(MemFs::new());
        let (mut writer, ends) = writer_with(&fs, 7);
        fs.inject(When::Next(kind), Fault::Error(ErrorKind::Other));
        writer
            .retire(ends[3])
            .expect_err("the beginning of the log is not safe");
        assert_eq!(numbers(&fs), [1, 2, 3, 4], "so nothing before it may go");
        let append = writer.append(Timestamp(8), &short_batch(8));
        assert!(matches!(append, Err(Error::WriterFailed)), "{append:?}");
        let again = writer.retire(ends[3]);
        assert!(
            matches!(again, Err(Error::WriterFailed)),
            "a second sync may succeed without having written anything: {again:?}"
        );
    }
}

#[test]
fn retired_segments_are_not_synced_any_more() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut writer, ends) = writer_with(&fs, 7);
    writer.retire(ends[3]).expect("nothing fails");
    let before = fs.operations();
    writer.sync(SyncMode::Data).expect("nothing fails");
    let paths: Vec<_> = since(&fs, before).into_iter().map(|io| io.path).collect();
    let gone = |path| paths.contains(&path);
    assert!(
        ![1, 2].map(segment_path).into_iter().any(gone),
        "segments 1 and 2 are gone; to sync what is left of them in memory is work for nothing: \
         {paths:?}"
    );
    assert_eq!(writer.durable(), writer.end());
}

#[test]
fn a_segment_that_came_back_is_removed_when_the_log_is_opened() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut writer, ends) = writer_with(&fs, 7);
    writer.sync(SyncMode::Data).expect("nothing fails");
    writer.retire(ends[3]).expect("nothing fails");
    writer.close().expect("nothing fails");
    let disk = fs.crash(&CrashPlan::LoseNames);
    let fs = FaultyFs::new(disk);
    assert_eq!(numbers(&fs), [1, 2, 3, 4], "the removals were lost");
    let (_, found, recovery) = open(fs.clone(), options(160, ends[3])).expect("it is whole");
    assert_eq!(numbers(&fs), [3, 4]);
    assert_eq!(found[..], first(7, short_batch)[4..]);
    assert_eq!(recovery.torn_tail, None);
}

#[test]
fn a_gap_among_segments_that_nobody_needs_is_no_damage() {
    let log = Handmade::new().batches(1).synced().next_segment();
    let log = log.batches(1).synced().next_segment().batches(1);
    let start = Position(log.end() - log.segments[2].1.len() as u64);
    let without_second = [log.segments[0].clone(), log.segments[2].clone()];
    let fs = FaultyFs::new(disk_with(&without_second));
    let error = read(&fs).expect_err("batch 2 had been synced");
    assert!(matches!(error, Error::Corruption(_)), "{error}");
    let (mut writer, found, recovery) =
        open(fs.clone(), options(1 << 20, start)).expect("nobody needs batches 1 and 2");
    assert_eq!(found, first(3, short_batch)[2..]);
    assert_eq!(recovery.torn_tail, None);
    assert_eq!(numbers(&fs), [3], "the rest is removed");
    writer
        .append(Timestamp(4), &short_batch(4))
        .expect("nothing fails");
}

#[test]
fn a_file_that_is_no_segment_is_not_removed() {
    let log = Handmade::new().batches(1).next_segment().batches(1);
    let start = Position(log.segments[0].1.len() as u64);
    let segments = [
        (1, b"a letter to a friend".repeat(9)),
        log.segments[1].clone(),
    ];
    let fs = FaultyFs::new(disk_with(&segments));
    open(fs.clone(), options(1 << 20, start)).expect("segment 2 is whole");
    assert_eq!(
        fs.disk().read(segment_path(1)).ok(),
        Some(segments[0].1.clone()),
        "it has the name of a segment that nobody needs, but somebody may need the letter"
    );
}

#[test]
fn a_log_whose_beginning_cannot_be_read_is_refused() {
    let log = Handmade::new().batches(1).next_segment().batches(2);
    let start = Position(log.segments[0].1.len() as u64);
    let disk = disk_with(&log.segments[1..]);
    disk.flip_bit(segment_path(2), 30, 0)
        .expect("byte 30 lies in the header");
    let fs = FaultyFs::new(disk);
    let error = open(fs.clone(), options(1 << 20, start)).expect_err("segment 2 is needed");
    let needed = Proof::Needed { needed: start };
    assert!(
        matches!(&error, Error::Corruption(damage) if damage.proof == needed),
        "segment 1 was retired, which happens only when segment 2 is safe. So its header is \
         damaged, and no torn tail: {error}"
    );
}

#[test]
fn a_log_that_ends_before_it_is_needed_goes_on_where_it_is() {
    // Nothing was synced, batches 1 to 5 went into a table, and the power goes before the log can
    // be retired: the tables know more than the log.
    let fs = FaultyFs::new(MemFs::new());
    let (writer, ends) = writer_with(&fs, 6);
    drop(writer);
    for plan in fs.disk().crash_plans(16) {
        let fs = FaultyFs::new(fs.crash(&plan));
        let needed = ends[4];
        let (mut writer, _, recovery) = match open(fs.clone(), options(160, needed)) {
            Ok(opened) => opened,
            Err(error) => panic!("{plan}: what is missing is not needed. {error}"),
        };
        assert!(
            recovery.end >= needed && writer.end() >= needed,
            "{plan}: the log goes on at {}, and whatever lies below {needed} counts as stored \
             elsewhere",
            writer.end()
        );
        let kept = read_from(&fs, needed).expect("it was brought into order").0;
        writer
            .append(Timestamp(7), &short_batch(7))
            .expect("nothing fails");
        writer.sync(SyncMode::Data).expect("nothing fails");
        let disk = fs.crash(&CrashPlan::LoseAll);
        let (found, _) = read_from(&disk, needed).expect("everything was synced");
        assert_eq!(found[..kept.len()], kept[..], "{plan}");
        assert_eq!(
            found[kept.len()..],
            [7],
            "{plan}: batch 7 is the first behind position {needed}, and was synced"
        );
    }
}

#[test]
fn no_power_cut_takes_what_is_needed() {
    let steps = [
        Do::Group(1),
        Do::Group(3),
        Do::Sync,
        Do::Group(2),
        Do::Retire(1),
        Do::Group(4),
        Do::Sync,
        Do::Retire(0),
        Do::Group(1),
        Do::Sync,
    ];
    cut_everywhere(&segments_of(700), batch, &steps);
}

#[test]
fn no_power_cut_takes_what_is_needed_of_a_log_that_nobody_syncs() {
    let steps = [
        Do::Group(3),
        Do::Group(3),
        Do::Retire(3),
        Do::Group(3),
        Do::Retire(3),
        Do::Group(1),
    ];
    cut_everywhere(&segments_of(700), batch, &steps);
}

#[test]
fn a_header_of_the_past_begins_no_log() {
    // Segment 2 is needed from its middle. Segment 1 says that it starts at 0, and lies below.
    let log = Handmade::new().batches(2).next_segment().batches(2);
    let needed = Position(log.end() - 10);
    let (found, _) = read_from(&log.disk(), needed).expect("nothing is damaged");
    assert_eq!(
        found,
        [3, 4],
        "segment 2 starts below position {needed}, so nothing of segment 1 is read"
    );
    let header = SegmentHeader::decode(&log.segments[1].1, 2).expect("it is whole");
    let (found, _) = read_from(&log.disk(), header.start).expect("nothing is damaged");
    assert_eq!(found, [3, 4], "segment 2 starts exactly there");
    let before = Position(header.start.0 - 1);
    let (found, _) = read_from(&log.disk(), before).expect("nothing is damaged");
    assert_eq!(found, [1, 2, 3, 4], "one byte of segment 1 is needed");
}

#[test]
fn a_log_of_many_lives_stays_small() {
    let fs = FaultyFs::new(MemFs::new());
    let mut needed = Position(0);
    for life in 0..6_u64 {
        let (mut writer, found, _) = open(fs.clone(), options(160, needed)).expect("it is whole");
        let last = life * 5;
        assert!(
            found.iter().all(|(timestamp, _)| timestamp.0 + 2 > last),
            "life {life}: only the last segment of the life before is left"
        );
        for n in last + 1..=last + 5 {
            needed = writer
                .append(Timestamp(n), &short_batch(n))
                .expect("nothing fails");
        }
        writer.retire(needed).expect("nothing fails");
        assert!(numbers(&fs).len() == 1, "{:?}", numbers(&fs));
        writer.close().expect("nothing fails");
    }
    let mut batch = Batch::new();
    batch.put("the end", "");
    let (mut writer, ..) = open(fs.clone(), options(160, needed)).expect("it is whole");
    writer.append(Timestamp(99), &batch).expect("nothing fails");
}
