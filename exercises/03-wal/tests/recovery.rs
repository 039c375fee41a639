//! Opening a log again: bringing its end into order, and going on.

use std::io::ErrorKind;

use ferrisdb_core::{Access, Environment, FileSystem, Timestamp};
use ferrisdb_testkit::generate::{Action, History, history};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, IoKind, MemFs, When};
use ferrisdb_wal::{Error, Options, Position, SegmentFile, SegmentHeader, SyncMode, Writer};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use support::{
    Do, Handmade, Promise, batch, boundaries, directory, first, open, read, read_after_crash, run,
    segment_path, segments_of, short_batch,
};

mod support;

fn append_and_sync(writer: &mut Writer, n: u64) {
    writer
        .append(Timestamp(n), &short_batch(n))
        .expect("nothing fails");
    writer.sync(SyncMode::Data).expect("nothing fails");
}

#[test]
fn a_closed_log_goes_on_where_it_ended() {
    let fs = MemFs::new();
    let (mut writer, ..) = open(fs.clone(), Options::default()).expect("a new log");
    append_and_sync(&mut writer, 1);
    writer.close().expect("nothing fails");
    let before = fs.read(segment_path(1)).expect("it exists");

    let (mut writer, found, recovery) = open(fs.clone(), Options::default()).expect("it is whole");
    assert_eq!(found, first(1, short_batch));
    assert_eq!(recovery.torn_tail, None);
    assert_eq!(writer.end(), Position(before.len() as u64));
    append_and_sync(&mut writer, 2);
    let after = fs.read(segment_path(1)).expect("it exists");
    assert!(after.starts_with(&before), "what was there stays as it is");
    assert_eq!(
        read(&fs).expect("nothing is damaged").0,
        first(2, short_batch)
    );
}

#[test]
fn opening_again_and_again_does_not_make_the_log_grow() {
    let fs = MemFs::new();
    let (mut writer, ..) = open(fs.clone(), Options::default()).expect("a new log");
    append_and_sync(&mut writer, 1);
    writer.close().expect("nothing fails");
    let size = fs.read(segment_path(1)).expect("it exists").len();
    for _ in 0..3 {
        let (writer, ..) = open(fs.clone(), Options::default()).expect("it is whole");
        writer.close().expect("nothing fails");
    }
    let files = SegmentFile::list(&fs, directory()).expect("it exists");
    assert_eq!(files.len(), 1, "nothing happened that needs a new segment");
    assert_eq!(fs.read(segment_path(1)).expect("it exists").len(), size);
}

#[test]
fn a_torn_tail_is_cut_off_and_the_log_goes_on_in_a_new_segment() {
    let log = Handmade::new().batches(2);
    let end = log.end();
    let fs = log.bytes(b"half a reco").disk();
    let (mut writer, found, recovery) = open(fs.clone(), Options::default()).expect("a torn tail");
    assert_eq!(found, first(2, short_batch));
    assert_eq!(recovery.end, Position(end));
    let tail = recovery.torn_tail.expect("it is reported");
    assert_eq!((tail.path, tail.offset), (segment_path(1), end));
    let size = fs.read(segment_path(1)).expect("it exists").len();
    assert_eq!(size as u64, end, "the torn tail is cut off");
    let header = fs.read(segment_path(2)).expect("a new segment was begun");
    let header = SegmentHeader::decode(&header, 2).expect("its header is whole");
    assert_eq!(
        (header.start, header.mark),
        (Position(end), Position(end)),
        "it starts where the log was found to end, and says that everything before is safe"
    );
    append_and_sync(&mut writer, 3);
    let (found, recovery) = read(&fs).expect("nothing is damaged any more");
    assert_eq!(found, first(3, short_batch));
    assert_eq!(recovery.torn_tail, None);
}

#[test]
fn segments_behind_the_end_are_removed() {
    let log = Handmade::new().batches(2).next_segment().batches(1);
    let log = log.next_segment().batches(1).next_segment();
    let mut segments = log.segments.clone();
    let cut = boundaries(&segments[0].1)[1] + 10;
    segments[0].1.truncate(cut);
    let fs = support::disk_with(&segments);
    let (mut writer, found, recovery) = open(fs.clone(), Options::default()).expect("a torn tail");
    assert_eq!(found, first(1, short_batch));
    let later = recovery.torn_tail.expect("it is reported").later_segments;
    assert_eq!(later, [2, 3, 4].map(segment_path));
    let files = SegmentFile::list(&fs, directory()).expect("it exists");
    let numbers: Vec<u64> = files.iter().map(|file| file.number).collect();
    assert_eq!(numbers, [1, 2], "2 is the new one, 3 and 4 are gone");
    append_and_sync(&mut writer, 2);
    assert_eq!(
        read(&fs).expect("nothing is damaged").0,
        first(2, short_batch)
    );
}

#[test]
fn an_interrupted_repair_leaves_no_gap() {
    let log = Handmade::new().batches(2).bytes(b"half a reco");
    let log = log.next_segment().next_segment().next_segment();
    for failing in 0..3 {
        let fs = FaultyFs::new(log.disk());
        for _ in 0..failing {
            fs.inject(When::Next(IoKind::Remove), Fault::Short(0));
        }
        fs.inject(When::Next(IoKind::Remove), Fault::Error(ErrorKind::Other));
        open(fs.clone(), Options::default()).expect_err("a segment cannot be removed");
        let files = SegmentFile::list(&fs, directory()).expect("it exists");
        let numbers: Vec<u64> = files.iter().map(|file| file.number).collect();
        let expected: Vec<u64> = (1..=4 - failing).collect();
        assert_eq!(
            numbers, expected,
            "{failing} of the segments 2, 3 and 4 were removed when the disk failed: the newest \
             go first, so that nobody finds a later segment without the one before it"
        );
    }
}

#[test]
fn what_lies_below_the_mark_is_not_synced_again() {
    let log = Handmade::new()
        .batches(2)
        .synced()
        .next_segment()
        .batches(1);
    let fs = FaultyFs::new(log.disk());
    let opened = open(fs.clone(), Options::default()).expect("nothing is damaged");
    let is_sync = |kind| matches!(kind, IoKind::Sync | IoKind::SyncData);
    let synced: Vec<_> = fs.log().into_iter().filter(|io| is_sync(io.kind)).collect();
    let paths: Vec<_> = synced.into_iter().map(|io| io.path).collect();
    assert_eq!(
        paths,
        [segment_path(2)],
        "the header of segment 2 says that segment 1 is on the disk, and a log may have hundreds \
         of such segments"
    );
    drop(opened);
}

#[test]
fn a_mark_that_only_a_header_carries_counts_as_well() {
    let log = Handmade::new().batches(2).synced().next_segment();
    let fs = FaultyFs::new(log.marked(0).batches(1).disk());
    let opened = open(fs.clone(), Options::default()).expect("nothing is damaged");
    let is_sync = |kind| matches!(kind, IoKind::Sync | IoKind::SyncData);
    let synced: Vec<_> = fs.log().into_iter().filter(|io| is_sync(io.kind)).collect();
    let paths: Vec<_> = synced.into_iter().map(|io| io.path).collect();
    assert_eq!(
        paths,
        [segment_path(2)],
        "batch 3 carries no mark worth the name, but the header of segment 2 says that segment 1 \
         is on the disk: the highest mark is that of the header"
    );
    drop(opened);
}

#[test]
fn a_first_segment_that_never_got_its_header_is_begun_again() {
    for size in [0, 1, 63] {
        let mut bytes = Handmade::new().segments[0].1.clone();
        bytes.truncate(size);
        let fs = support::disk_with(&[(1, bytes)]);
        let (mut writer, found, _) = open(fs.clone(), Options::default()).expect("a torn tail");
        assert_eq!(found, []);
        append_and_sync(&mut writer, 1);
        assert_eq!(read(&fs).expect("it is whole").0, first(1, short_batch));
    }
}

#[test]
fn a_corrupt_log_is_not_touched() {
    let log = Handmade::new().batches(2).synced().batches(1);
    let disk = log.next_segment().bytes(b"half a reco").disk();
    disk.flip_bit(segment_path(1), 80, 0)
        .expect("byte 80 lies in batch 1");
    let before = disk.fork();
    let fs = FaultyFs::new(disk);
    let error = open(fs.clone(), Options::default()).expect_err("batch 1 had been synced");
    assert!(matches!(error, Error::Corruption(_)), "{error}");
    for number in [1, 2] {
        assert_eq!(
            fs.disk().read(segment_path(number)).ok(),
            before.read(segment_path(number)).ok(),
            "somebody may want to save what is left in segment {number}"
        );
    }
    // The log in order, for comparison: the same steps work when nothing is damaged.
    before
        .flip_bit(segment_path(1), 80, 0)
        .expect("the byte exists");
    open(before, Options::default()).expect("batch 1 is as it was");
}

#[test]
fn a_log_that_only_the_page_cache_holds_is_made_safe_when_it_is_opened() {
    // The process died, the machine did not: nothing was synced, and everything is still there.
    let fs = MemFs::new();
    let (mut writer, ..) = open(fs.clone(), segments_of(160)).expect("a new log");
    for n in 1..=5 {
        writer
            .append(Timestamp(n), &short_batch(n))
            .expect("nothing fails");
    }
    drop(writer);
    let (_writer, found, _) = open(fs.clone(), segments_of(160)).expect("nothing is damaged");
    assert_eq!(found, first(5, short_batch));
    for plan in fs.crash_plans(20) {
        let again = read_after_crash(&fs.crash(&plan)).expect("a crash is no corruption");
        assert_eq!(
            again, found,
            "{plan}: somebody has read these batches and acted on them, so they must not go"
        );
    }
}

#[test]
fn bytes_that_a_failed_sync_gave_up_are_written_again() {
    // The sync fails, and the operating system drops the bytes but goes on showing them.
    let fs = FaultyFs::new(MemFs::new());
    let (mut writer, ..) = open(fs.clone(), segments_of(160)).expect("a new log");
    for n in 1..=5 {
        writer
            .append(Timestamp(n), &short_batch(n))
            .expect("nothing fails");
    }
    fs.inject(When::NextSync, Fault::LoseUnsynced);
    writer
        .sync(SyncMode::Data)
        .expect_err("the disk reports an error");
    drop(writer);
    let (_writer, found, _) = open(fs.clone(), segments_of(160)).expect("nothing is damaged");
    assert_eq!(found, first(5, short_batch));
    let again = read_after_crash(&fs.crash(&CrashPlan::LoseAll)).expect("a torn tail at most");
    assert_eq!(
        again, found,
        "recovery has shown these batches. A sync alone does not bring them to the disk: the \
         operating system takes them for written"
    );
}

/// Appends five batches to segments of two, with a sync after the first `synced`. Another sync
/// follows that makes as many segments durable as `working` says and gives up the bytes of the
/// next. Then the log is opened again, and the power goes.
fn gives_up(synced: u64, working: u64) {
    let fs = FaultyFs::new(MemFs::new());
    let (mut writer, ..) = open(fs.clone(), segments_of(160)).expect("a new log");
    for n in 1..=5 {
        writer
            .append(Timestamp(n), &short_batch(n))
            .expect("nothing fails");
        if n == synced {
            writer.sync(SyncMode::Data).expect("nothing fails");
        }
    }
    for _ in 0..working {
        // A sync moves no bytes, so a short one is a whole one: these syncs work.
        fs.inject(When::NextSync, Fault::Short(0));
    }
    fs.inject(When::NextSync, Fault::LoseUnsynced);
    writer
        .sync(SyncMode::Data)
        .expect_err("the disk reports an error");
    drop(writer);
    let what = format!(
        "batches 1 to {synced} were synced, so the highest mark is where batch {synced} ends. The \
         next sync made {working} of the 3 segments durable and gave up the bytes of another"
    );
    let (_writer, found, _) = open(fs.clone(), segments_of(160)).expect("nothing is damaged");
    assert_eq!(found, first(5, short_batch), "{what}");
    let again = read_after_crash(&fs.crash(&CrashPlan::LoseAll)).expect("a torn tail at most");
    assert_eq!(
        again, found,
        "{what}. Recovery has shown five batches, so it must have written again every byte above \
         the mark, in each segment that has some, headers included. The mark is a position in the \
         log; `rewrite` wants offsets in one file"
    );
}

#[test]
fn a_segment_that_a_failed_sync_gave_up_is_written_again_from_its_header_on() {
    gives_up(2, 1);
}

#[test]
fn whichever_segment_a_failed_sync_gave_up_is_written_again() {
    for synced in [1, 2] {
        for working in 0..3 {
            gives_up(synced, working);
        }
    }
}

#[test]
fn bytes_given_up_in_a_segment_that_recovery_began_are_written_again() {
    let torn = Handmade::new().batches(2).bytes(b"half a reco");
    let fs = FaultyFs::new(torn.disk());
    let (mut writer, ..) = open(fs.clone(), Options::default()).expect("a torn tail");
    writer
        .append(Timestamp(3), &short_batch(3))
        .expect("nothing fails");
    fs.inject(When::NextSync, Fault::LoseUnsynced);
    writer
        .sync(SyncMode::Data)
        .expect_err("the disk reports an error");
    drop(writer);
    let (_writer, found, _) = open(fs.clone(), Options::default()).expect("nothing is damaged");
    assert_eq!(found, first(3, short_batch));
    let again = read_after_crash(&fs.crash(&CrashPlan::LoseAll)).expect("a torn tail at most");
    assert_eq!(
        again, found,
        "batch 3 is the first of segment 2, whose header is safe: it lies at a low offset and at a \
         high position. The mark is a position; `rewrite` wants offsets"
    );
}

#[test]
fn names_that_only_the_page_cache_holds_are_made_safe_as_well() {
    let fs = MemFs::new();
    let (mut writer, ..) = open(fs.clone(), segments_of(160)).expect("a new log");
    for n in 1..=5 {
        writer
            .append(Timestamp(n), &short_batch(n))
            .expect("nothing fails");
    }
    drop(writer);
    // The kernel has written all bytes back, and not the directory.
    for file in SegmentFile::list(&fs, directory()).expect("it exists") {
        let file = fs.open(&file.path, Access::ReadWrite).expect("it exists");
        file.sync_data().expect("a disk in memory");
    }
    let (_writer, found, _) = open(fs.clone(), segments_of(160)).expect("nothing is damaged");
    let again = read_after_crash(&fs.crash(&CrashPlan::LoseNames)).expect("no corruption");
    assert_eq!(
        again, found,
        "segments 2 and 3 were there when the log was opened, so they must stay: their names \
         have to be synced"
    );
}

#[test]
fn what_lies_before_a_torn_tail_in_the_page_cache_is_made_safe_too() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut writer, ..) = open(fs.clone(), Options::default()).expect("a new log");
    for n in 1..=3 {
        writer
            .append(Timestamp(n), &short_batch(n))
            .expect("nothing fails");
    }
    // Batch 4 is written up to its tenth byte. Nothing was ever synced.
    fs.inject(When::Next(IoKind::Write), Fault::Short(10));
    fs.inject(When::Next(IoKind::Write), Fault::Error(ErrorKind::Other));
    writer
        .append(Timestamp(4), &short_batch(4))
        .expect_err("the disk reports an error");
    drop(writer);
    let (_writer, found, recovery) = open(fs.clone(), Options::default()).expect("a torn tail");
    assert_eq!(found, first(3, short_batch));
    assert!(recovery.torn_tail.is_some(), "half of batch 4 lies there");
    let again = read_after_crash(&fs.crash(&CrashPlan::LoseAll)).expect("a torn tail at most");
    assert_eq!(
        again, found,
        "the segment was cut behind batch 3; what is kept of it was in the page cache only, so it \
         has to be synced"
    );
}

#[test]
fn what_lies_before_a_torn_tail_stays_whole() {
    let fs = Handmade::new().batches(2).bytes(b"half a reco").disk();
    let opened = open(fs.clone(), Options::default()).expect("a torn tail");
    drop(opened);
    let (found, _) = read(&fs).expect("the log was brought into order");
    assert_eq!(
        found,
        first(2, short_batch),
        "only what lies behind the last whole record is cut off"
    );
}

#[test]
fn the_directory_itself_survives() {
    let fs = MemFs::new();
    let (mut writer, ..) = open(fs.clone(), Options::default()).expect("a new log");
    append_and_sync(&mut writer, 1);
    for plan in fs.crash_plans(4) {
        let disk = fs.crash(&plan);
        let (_, found, _) = open(disk, Options::default()).expect("a crash is no corruption");
        assert_eq!(
            found,
            first(1, short_batch),
            "{plan}: the directory was new, so its name had to be synced as well, in the \
             directory above"
        );
    }
}

/// Cuts the power at every operation of opening the disk, in a few ways, opens what is left,
/// and hands it over together with what the second boot was promised.
fn cut_recovery_everywhere(disk: &MemFs, options: &Options, check: &mut dyn FnMut(&MemFs, String)) {
    let whole = FaultyFs::new(disk.fork());
    open(whole.clone(), options.clone()).expect("a crash is no corruption");
    for cut in whole.changes() {
        let fs = FaultyFs::new(disk.fork());
        fs.cut_power_at(cut);
        let opened = open(fs.clone(), options.clone());
        assert!(opened.is_err(), "the power went off at operation {cut}");
        drop(opened);
        for plan in fs.disk().crash_plans(2) {
            let at = &whole.log()[usize::try_from(cut).expect("few operations")];
            check(
                &fs.crash(&plan),
                format!("the power went off while the log was opened, at {at}; {plan}"),
            );
        }
    }
}

#[test]
fn a_power_cut_during_recovery_changes_nothing() {
    let steps = [
        Do::Append,
        Do::Append,
        Do::Sync,
        Do::Append,
        Do::Append,
        Do::Append,
    ];
    let options = segments_of(500);
    let fs = FaultyFs::new(MemFs::new());
    let promise = run(&fs, options.clone(), &steps);
    for plan in fs.disk().crash_plans(24) {
        if matches!(plan, CrashPlan::TearLastWrite(at) if at % 16 > 0) {
            continue;
        }
        let disk = fs.crash(&plan);
        let found = read_after_crash(&disk).expect("a crash is no corruption");
        promise.check(&found).expect("see the tests of sync");
        cut_recovery_everywhere(&disk, &options, &mut |second, what| {
            let again = open(second.clone(), options.clone());
            let again = match again {
                Ok((_, again, _)) => again,
                Err(error) => panic!("first {plan}. Then {what}. Then: {error}"),
            };
            if let Err(reason) = promise.check(&again) {
                panic!("first {plan}. Then {what}. Then: {reason}");
            }
        });
    }
}

#[test]
fn what_recovery_cut_off_never_comes_back() {
    let steps = [
        Do::Append,
        Do::Sync,
        Do::Append,
        Do::Append,
        Do::Append,
        Do::Append,
    ];
    let options = segments_of(500);
    let fs = FaultyFs::new(MemFs::new());
    run(&fs, options.clone(), &steps);
    for plan in fs.disk().crash_plans(40) {
        let disk = fs.crash(&plan);
        let (mut writer, found, _) = match open(disk.clone(), options.clone()) {
            Ok(opened) => opened,
            Err(error) => panic!("{plan}: {error}"),
        };
        // Other batches than before take the place of those that were lost.
        let mut expected = found.clone();
        for n in 1..=4 {
            let timestamp = Timestamp(100 + n);
            writer
                .append(timestamp, &short_batch(n))
                .expect("nothing fails");
            expected.push((timestamp, short_batch(n)));
        }
        for second in disk.crash_plans(6) {
            let again = match open(disk.crash(&second), options.clone()) {
                Ok((_, again, _)) => again,
                Err(error) => panic!("first {plan}. Then {second}: {error}"),
            };
            assert!(
                again.len() >= found.len() && expected.starts_with(&again),
                "first {plan}: {} batches were found, and 4 others appended. Then {second}: \
                 there are {} batches, and not the first of these",
                found.len(),
                again.len()
            );
        }
    }
}

#[test]
fn a_log_that_was_repaired_is_protected_as_well() {
    let log = Handmade::new().batches(3);
    let fs = log.bytes(b"half a reco").disk();
    let opened = open(fs.clone(), Options::default()).expect("a torn tail");
    drop(opened);
    fs.flip_bit(segment_path(1), 80, 0)
        .expect("byte 80 lies in batch 1");
    let result = read(&fs);
    assert!(
        matches!(result, Err(Error::Corruption(_))),
        "the segment that recovery began says that the batches before it were safe: {result:?}"
    );
}

#[test]
fn closing_protects_what_an_earlier_process_left() {
    let fs = MemFs::new();
    let (mut writer, ..) = open(fs.clone(), Options::default()).expect("a new log");
    writer
        .append(Timestamp(1), &short_batch(1))
        .expect("nothing fails");
    drop(writer);
    let (writer, ..) = open(fs.clone(), Options::default()).expect("nothing is damaged");
    writer.close().expect("nothing fails");
    fs.flip_bit(segment_path(1), 80, 0)
        .expect("byte 80 lies in batch 1");
    let result = read(&fs);
    assert!(
        matches!(result, Err(Error::Corruption(_))),
        "opening has made batch 1 safe, and closing must leave a mark that says so: {result:?}"
    );
}

#[test]
fn a_segment_that_holds_only_its_header_is_used() {
    let log = Handmade::new().batches(2).next_segment();
    let fs = log.disk();
    let (mut writer, found, _) = open(fs.clone(), Options::default()).expect("nothing is damaged");
    assert_eq!(found, first(2, short_batch));
    append_and_sync(&mut writer, 3);
    writer.close().expect("nothing fails");
    let files = SegmentFile::list(&fs, directory()).expect("it exists");
    assert_eq!(files.len(), 2, "segment 2 had room");
    assert_eq!(
        read(&fs).expect("nothing is damaged").0,
        first(3, short_batch)
    );
}

/// The steps of a history that a log knows.
fn play(history: &History, segment_size: u64) -> Result<(), String> {
    let options = || segments_of(segment_size);
    let mut disk = MemFs::new();
    let mut promise = Promise::default();
    let open_checked = |disk: &MemFs, promise: &mut Promise| {
        let (writer, found, _) =
            open(disk.clone(), options()).map_err(|error| error.to_string())?;
        promise.check(&found)?;
        // Whatever was found is safe from now on, and what was not is gone.
        *promise = Promise {
            tried: found.len(),
            synced: found.len(),
        };
        Ok::<Writer, String>(writer)
    };
    let mut writer = open_checked(&disk, &mut promise)?;
    for action in &history.0 {
        let result = match action {
            Action::Write(_) | Action::Batch(_) => {
                promise.tried += 1;
                let n = promise.tried as u64;
                writer.append(Timestamp(n), &batch(n)).map(drop)
            }
            Action::Sync => {
                promise.synced = promise.tried;
                writer.sync(SyncMode::Data)
            }
            Action::Reopen => {
                promise.synced = promise.tried;
                let result = writer.close();
                writer = open_checked(&disk, &mut promise)?;
                result
            }
            Action::Kill => {
                drop(writer);
                // The page cache has everything.
                promise.synced = promise.tried;
                writer = open_checked(&disk, &mut promise)?;
                Ok(())
            }
            Action::PowerCut(seed) => {
                drop(writer);
                disk = disk.crash(&CrashPlan::Random(*seed));
                writer = open_checked(&disk, &mut promise)?;
                Ok(())
            }
            Action::Get(_) | Action::Scan(_) | Action::ScanBack(_) => Ok(()),
        };
        result.map_err(|error| error.to_string())?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(Config {
        cases: 200,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(3),
        ..Config::default()
    })]

    #[test]
    fn no_history_of_power_cuts_loses_what_was_synced(
        history in history(1..=60),
        segment_size in prop::sample::select(&[200_u64, 700, 3_000, 1 << 20][..]),
    ) {
        if let Err(reason) = play(&history, segment_size) {
            return Err(TestCaseError::fail(format!(
                "segments of {segment_size} bytes: {reason}"
            )));
        }
    }
}

#[test]
fn what_was_found_is_told_in_a_sentence() {
    let log = Handmade::new().batches(1);
    let (_, _, recovery) = open(log.disk(), Options::default()).expect("nothing is damaged");
    assert_eq!(
        recovery.to_string(),
        format!("replayed 1 batch, up to position {}", recovery.end)
    );

    let log = Handmade::new().batches(2);
    let end = log.end();
    let (_, _, recovery) =
        open(log.bytes(b"half a reco").disk(), Options::default()).expect("a torn tail");
    let path = segment_path(1);
    let tail = format!("torn tail in {} at offset {end}: ", path.display());
    let sentence = recovery.to_string();
    let start = format!("replayed 2 batches, up to position {end}; {tail}");
    assert!(
        sentence.starts_with(&start) && sentence.len() > start.len(),
        "the sentence says how much came back, where it ends, and why there: {sentence}"
    );
}

#[test]
fn a_segment_larger_than_any_is_refused_before_it_is_read() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let open = || {
        let environment = Environment::system();
        let options = Options::default();
        Writer::open(&environment, directory.path(), options, &mut |_, _| {})
    };
    let (mut writer, _) = open().expect("a new log");
    append_and_sync(&mut writer, 1);
    drop(writer);
    let path = SegmentFile::new(directory.path(), 1).path;
    let file = std::fs::File::options()
        .write(true)
        .open(&path)
        .expect("it exists");
    file.set_len((1 << 30) + 1)
        .expect("the file system can keep a file that is mostly a hole");
    let error = open().expect_err("no segment has more than 1 GiB");
    let Error::TooLarge { size, size_max, .. } = error else {
        panic!("the size alone says that this is no segment: {error}");
    };
    assert_eq!((size, size_max), ((1 << 30) + 1, 1 << 30));
}

#[test]
fn a_directory_full_of_other_files_can_be_opened() {
    let fs = MemFs::new();
    fs.write(directory().join("notes.txt"), *b"mine")
        .expect("a disk in memory");
    let log = Handmade::new().batches(1);
    fs.write(segment_path(1), log.segments[0].1.clone())
        .expect("a disk in memory");
    let (_writer, found, _) = open(fs.clone(), Options::default()).expect("nothing is damaged");
    assert_eq!(found, first(1, short_batch));
    assert_eq!(
        fs.read(directory().join("notes.txt")).ok().as_deref(),
        Some(b"mine".as_slice()),
        "what is not a segment is not touched"
    );
}
