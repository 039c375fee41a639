//! What a sync promises: a power cut, whatever it does to what was not synced, takes nothing
//! that was.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use ferrisdb_core::{Batch, Clock, Environment, Timestamp};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, IoKind, ManualClock, MemFs, When};
use ferrisdb_wal::{Error, Options, Place, Position, Record, SegmentHeader, SyncMode, Writer};

use support::{
    CREATED_AT_US, Do, Promise, assert_names, boundaries, directory, first, go_on, open, read,
    read_after_crash, run, segment_path, segments_of, short_batch,
};

mod support;

/// The empty disk of a machine that was just set up.
fn new_disk() -> FaultyFs {
    FaultyFs::new(MemFs::new())
}

fn writer_with(fs: &FaultyFs, segment_size: u64, batches: u64) -> Writer {
    let options = segments_of(segment_size);
    let (mut writer, ..) = open(fs.clone(), options).expect("a new log can be opened");
    for n in 1..=batches {
        writer
            .append(Timestamp(n), &short_batch(n))
            .expect("nothing fails");
    }
    writer
}

/// What kind of calls were made since operation `from`, on files and directories.
fn calls(fs: &FaultyFs, from: u64) -> Vec<IoKind> {
    let log = fs.log();
    let since = log.iter().filter(|io| io.number >= from);
    since.map(|io| io.kind).collect()
}

/// Cuts the power at every operation of the program, in every way the disk knows, and checks
/// what replay gives back.
fn cut_everywhere(segment_size: u64, steps: &[Do]) {
    let options = || segments_of(segment_size);
    let whole = new_disk();
    let promise = run(&whole, options(), steps);
    assert_eq!(
        promise.tried, promise.synced,
        "the program ends with a sync"
    );
    let end = whole.operations();
    for cut in whole.changes().into_iter().chain([end]) {
        let fs = new_disk();
        fs.cut_power_at(cut);
        let promise = run(&fs, options(), steps);
        for plan in fs.disk().crash_plans(4) {
            let result = read_after_crash(&fs.crash(&plan))
                .map_err(|error| error.to_string())
                .and_then(|found| promise.check(&found));
            if let Err(reason) = result {
                let log = whole.log();
                let at = log.iter().find(|io| io.number == cut);
                let at = at.map_or(String::from("the end"), ToString::to_string);
                panic!("the power went off at operation {at}; {plan}. Then: {reason}");
            }
        }
    }
}

#[test]
fn what_was_synced_survives_every_power_cut() {
    let steps = [
        Do::Append,
        Do::Sync,
        Do::Append,
        Do::Append,
        Do::Append,
        Do::Sync,
        Do::Append,
        Do::Sync,
    ];
    cut_everywhere(1 << 20, &steps);
}

#[test]
fn what_was_synced_survives_every_power_cut_across_segments() {
    let steps = [
        Do::Append,
        Do::Append,
        Do::Append,
        Do::Append,
        Do::Sync,
        Do::Append,
        Do::Append,
        Do::Sync,
    ];
    cut_everywhere(700, &steps);
}

#[test]
fn a_sync_covers_the_segments_before() {
    let fs = new_disk();
    let mut writer = writer_with(&fs, 160, 5);
    writer.sync(SyncMode::Data).expect("nothing fails");
    for number in 1..=3 {
        let lost = CrashPlan::LoseOnly(segment_path(number));
        let found = read_after_crash(&fs.crash(&lost)).expect("a crash is no corruption");
        assert_eq!(
            found,
            first(5, short_batch),
            "what was not synced of segment {number} is lost; all five batches were synced, the \
             ones in earlier segments too"
        );
    }
}

#[test]
fn a_sync_covers_the_names_of_new_segments() {
    let fs = new_disk();
    let mut writer = writer_with(&fs, 160, 5);
    writer.sync(SyncMode::Data).expect("nothing fails");
    let found = read_after_crash(&fs.crash(&CrashPlan::LoseNames)).expect("no corruption");
    assert_eq!(
        found,
        first(5, short_batch),
        "the bytes of segments 2 and 3 are on the disk, but their names are not: the directory \
         has to be synced too"
    );
}

#[test]
fn what_follows_a_sync_carries_the_mark() {
    let fs = new_disk();
    let mut writer = writer_with(&fs, 1 << 20, 2);
    let synced = writer.end();
    writer.sync(SyncMode::Data).expect("nothing fails");
    assert_eq!(writer.durable(), synced, "the writer knows what is safe");
    writer
        .append(Timestamp(3), &short_batch(3))
        .expect("nothing fails");
    let bytes = fs.disk().read(segment_path(1)).expect("it exists");
    let at = boundaries(&bytes)[2];
    let place = Place {
        file_number: 1,
        offset: at as u64,
    };
    let record = Record::decode(&bytes[at..], place).expect("batch 3 is whole");
    assert_eq!(
        record.mark, synced,
        "batch 3 was written when batches 1 and 2 were known to be safe, and says so"
    );
    assert_eq!(
        writer.durable(),
        synced,
        "batch 3 itself is not safe before the next sync"
    );
}

#[test]
fn the_header_of_the_next_segment_carries_the_mark() {
    let fs = new_disk();
    let mut writer = writer_with(&fs, 160, 2);
    let synced = writer.end();
    writer.sync(SyncMode::Data).expect("nothing fails");
    writer
        .append(Timestamp(3), &short_batch(3))
        .expect("nothing fails");
    let bytes = fs.disk().read(segment_path(2)).expect("it exists");
    let header = SegmentHeader::decode(&bytes, 2).expect("the header is whole");
    assert_eq!(
        header.mark, synced,
        "segment 2 was begun when batches 1 and 2 were known to be safe, and its header says so; \
         what the last record before it said is older"
    );
}

#[test]
fn each_mode_makes_the_calls_that_it_promises() {
    for (mode, expected) in [
        (SyncMode::None, vec![]),
        (SyncMode::Data, vec![IoKind::SyncData]),
        (SyncMode::Full, vec![IoKind::Sync]),
    ] {
        let fs = new_disk();
        let mut writer = writer_with(&fs, 1 << 20, 1);
        let before = fs.operations();
        writer.sync(mode).expect("nothing fails");
        assert_eq!(calls(&fs, before), expected, "{mode:?}");
    }
}

#[test]
fn each_mode_covers_the_segments_before() {
    for (mode, expected) in [
        (SyncMode::Data, IoKind::SyncData),
        (SyncMode::Full, IoKind::Sync),
    ] {
        let fs = new_disk();
        let mut writer = writer_with(&fs, 160, 5);
        let before = fs.operations();
        writer.sync(mode).expect("nothing fails");
        let calls = calls(&fs, before);
        let count = |kind| calls.iter().filter(|&&call| call == kind).count();
        assert_eq!(
            (count(expected), count(IoKind::SyncDir), calls.len()),
            (3, 1, 4),
            "three segments and the names of two were not synced yet. With {mode:?} each segment \
             gets {expected:?}, the earlier ones too, and the directory is synced once. Your \
             calls: {calls:?}"
        );
    }
}

#[test]
fn what_a_sync_with_mode_none_left_out_is_left_to_the_next() {
    let fs = new_disk();
    let mut writer = writer_with(&fs, 160, 5);
    let before = fs.operations();
    writer.sync(SyncMode::None).expect("nothing fails");
    assert_eq!(calls(&fs, before), [], "mode none makes no calls");
    writer.sync(SyncMode::Data).expect("nothing fails");
    let found = read_after_crash(&fs.crash(&CrashPlan::LoseAll)).expect("no corruption");
    assert_eq!(
        found,
        first(5, short_batch),
        "the second sync promised all five batches; the first, with mode none, has made nothing \
         durable, so it must not forget which segments are still to be synced"
    );
}

#[test]
fn no_sync_promises_nothing() {
    let fs = new_disk();
    let mut writer = writer_with(&fs, 1 << 20, 1);
    let before = writer.durable();
    writer.sync(SyncMode::None).expect("nothing fails");
    assert_eq!(
        writer.durable(),
        before,
        "nothing reached the disk, so the mark must not move"
    );
}

#[test]
fn what_is_safe_already_is_not_synced_again() {
    let fs = new_disk();
    let mut writer = writer_with(&fs, 160, 5);
    writer.sync(SyncMode::Data).expect("nothing fails");
    let before = fs.operations();
    writer.sync(SyncMode::Data).expect("nothing fails");
    assert_eq!(calls(&fs, before), [], "nothing was appended in between");

    writer
        .append(Timestamp(6), &short_batch(6))
        .expect("nothing fails");
    let before = fs.operations();
    writer.sync(SyncMode::Data).expect("nothing fails");
    assert_eq!(
        calls(&fs, before),
        [IoKind::SyncData],
        "only the newest segment has something new"
    );
}

#[test]
fn after_a_failed_sync_nothing_is_promised_any_more() {
    for fault in [Fault::LoseUnsynced, Fault::Error(ErrorKind::Other)] {
        let fs = new_disk();
        let mut writer = writer_with(&fs, 1 << 20, 2);
        fs.inject(When::NextSync, fault);
        let error = writer
            .sync(SyncMode::Data)
            .expect_err("the disk reports an error");
        assert_names(&error, 1);
        let again = writer.sync(SyncMode::Data);
        assert!(
            matches!(again, Err(Error::WriterFailed)),
            "{fault:?}: the operating system may have dropped the bytes, and the next fsync may \
             succeed without them. The second sync said: {again:?}"
        );
        let append = writer.append(Timestamp(3), &short_batch(3));
        assert!(matches!(append, Err(Error::WriterFailed)), "{append:?}");
        let found = read_after_crash(&fs.crash(&CrashPlan::LoseAll)).expect("a torn tail");
        assert_eq!(found, [], "nobody was told that the batches were safe");
    }
}

#[test]
fn a_failed_sync_of_an_earlier_segment_counts_as_well() {
    let fs = new_disk();
    let mut writer = writer_with(&fs, 160, 5);
    fs.inject(When::NextSync, Fault::LoseUnsynced);
    writer
        .sync(SyncMode::Data)
        .expect_err("segment 1 could not be synced, so nothing behind it is safe");
    let again = writer.sync(SyncMode::Data);
    assert!(
        matches!(again, Err(Error::WriterFailed)),
        "segment 1 has lost its bytes for good; a second sync must not pass over it: {again:?}"
    );
}

#[test]
fn a_directory_that_cannot_be_synced_stops_the_writer() {
    let fs = new_disk();
    let mut writer = writer_with(&fs, 160, 3);
    fs.inject(When::Next(IoKind::SyncDir), Fault::Error(ErrorKind::Other));
    writer
        .sync(SyncMode::Data)
        .expect_err("the name of segment 2 may be lost");
    let again = writer.sync(SyncMode::Data);
    assert!(matches!(again, Err(Error::WriterFailed)), "{again:?}");
}

#[test]
fn a_closed_log_is_protected_to_its_last_batch() {
    let fs = new_disk();
    writer_with(&fs, 160, 5).close().expect("nothing fails");
    for number in 1..=3 {
        let bytes = fs.disk().read(segment_path(number)).expect("it exists");
        let last = if number == 3 {
            *boundaries(&bytes).iter().nth_back(1).expect("a mark")
        } else {
            bytes.len()
        };
        for at in 64..last {
            let disk = fs.disk().fork();
            disk.flip_bit(segment_path(number), at as u64, 3)
                .expect("the byte exists");
            let result = read(&disk);
            assert!(
                matches!(result, Err(Error::Corruption(_))),
                "byte {at} of segment {number} was flipped after the log was closed; closing \
                 syncs, and leaves a mark behind the last batch that proves it. Replay said: {:?}",
                result.map(|(_, recovery)| recovery.to_string())
            );
        }
    }
}

#[test]
fn the_protection_of_a_closed_log_survives_a_power_cut() {
    let fs = new_disk();
    writer_with(&fs, 1 << 20, 2).close().expect("nothing fails");
    let disk = fs.crash(&CrashPlan::LoseAll);
    disk.flip_bit(segment_path(1), 80, 3)
        .expect("byte 80 lies in batch 1");
    let result = read(&disk);
    assert!(
        matches!(result, Err(Error::Corruption(_))),
        "the mark that closing leaves behind has to be synced as well: {result:?}"
    );
}

#[test]
fn closing_is_a_promise_too() {
    cut_everywhere(700, &[Do::Append, Do::Append, Do::Append, Do::Close]);
}

#[test]
fn closing_an_empty_log_writes_nothing() {
    let fs = new_disk();
    let writer = writer_with(&fs, 1 << 20, 0);
    let before = fs.operations();
    writer.close().expect("nothing fails");
    assert_eq!(calls(&fs, before), [], "there is nothing to protect");
    // Something has to be synced for this test to mean anything.
    let mut writer = writer_with(&new_disk(), 1 << 20, 1);
    writer.sync(SyncMode::Data).expect("nothing fails");
    assert_eq!(writer.durable(), writer.end());
}

#[test]
fn the_metrics_count_syncs_and_time_them() {
    let fs = new_disk();
    let environment = Environment {
        fs: Arc::new(fs),
        clock: Arc::new(ManualClock::ticking(0, Duration::from_micros(100))),
    };
    let mut apply = |_, _: &Batch| ();
    let (mut writer, _) = Writer::open(&environment, directory(), Options::default(), &mut apply)
        .expect("a new log can be opened");
    for n in 1..=3 {
        writer
            .append(Timestamp(n), &short_batch(n))
            .expect("nothing fails");
        writer.sync(SyncMode::Data).expect("nothing fails");
        writer.sync(SyncMode::Data).expect("nothing to do");
        writer.sync(SyncMode::None).expect("nothing to do");
    }
    let metrics = writer.metrics();
    assert_eq!(metrics.syncs, 3, "syncs with nothing to do do not count");
    assert_eq!(metrics.sync_latency_us.count(), 3);
    assert_eq!(
        metrics.sync_latency_us.quantile(0.5),
        127,
        "the clock moves by 100 µs a look, so each sync takes 100 µs: the bucket is 64 to 127"
    );
    let shown = format!("{:?}", metrics.sync_latency_us);
    assert!(
        shown.contains("count: 3") && shown.contains("p50: 127"),
        "a person reads a histogram as a few numbers: {shown}"
    );
}

/// A clock that moves by 100 µs with each call to the disk.
#[derive(Debug)]
struct DiskClock(FaultyFs);

impl Clock for DiskClock {
    fn unix_us(&self) -> u64 {
        CREATED_AT_US
    }

    fn elapsed(&self) -> Duration {
        Duration::from_micros(100) * u32::try_from(self.0.operations()).expect("few operations")
    }

    fn sleep(&self, _: Duration) {
        unreachable!("a log never sleeps");
    }
}

#[test]
fn a_sync_is_timed_from_its_first_call_to_its_last() {
    let fs = new_disk();
    let environment = Environment {
        fs: Arc::new(fs.clone()),
        clock: Arc::new(DiskClock(fs)),
    };
    let mut apply = |_, _: &Batch| ();
    let (mut writer, _) = Writer::open(&environment, directory(), segments_of(160), &mut apply)
        .expect("a new log can be opened");
    for n in 1..=5 {
        writer
            .append(Timestamp(n), &short_batch(n))
            .expect("nothing fails");
    }
    writer.sync(SyncMode::Data).expect("nothing fails");
    assert_eq!(
        writer.metrics().sync_latency_us.quantile(0.5),
        511,
        "each call to the disk takes 100 µs here, and the sync makes four: three segments and the \
         directory. The caller has waited for all of them: 400 µs, in the bucket from 256 to 511"
    );
}

#[test]
fn a_sync_that_failed_is_not_counted_and_moves_no_mark() {
    let fs = new_disk();
    let mut writer = writer_with(&fs, 1 << 20, 1);
    let before = writer.durable();
    assert_eq!(before, Position(64), "only the header is safe");
    fs.inject(When::NextSync, Fault::LoseUnsynced);
    writer
        .sync(SyncMode::Data)
        .expect_err("the disk reports an error");
    assert_eq!(writer.metrics().syncs, 0);
    assert_eq!(
        writer.durable(),
        before,
        "a sync that failed proves nothing"
    );
}

#[test]
fn batches_behind_a_sync_that_failed_never_come_back_wrong() {
    let steps = [Do::Append, Do::Append, Do::Append, Do::Sync].repeat(3);
    for failing in 0..6 {
        let fs = new_disk();
        let (writer, ..) = open(fs.clone(), segments_of(700)).expect("a new log can be opened");
        for _ in 0..failing {
            // A sync moves no bytes, so a short one is a whole one: these syncs work.
            fs.inject(When::NextSync, Fault::Short(0));
        }
        fs.inject(When::NextSync, Fault::LoseUnsynced);
        let mut promise = Promise::default();
        let result = go_on(writer, &mut promise, &steps);
        assert!(result.is_err(), "sync number {failing} fails");
        for plan in fs.disk().crash_plans(4) {
            let found = read_after_crash(&fs.crash(&plan)).expect("a crash is no corruption");
            if let Err(reason) = promise.check(&found) {
                panic!("sync number {failing} failed and lost its data; {plan}. Then: {reason}");
            }
        }
    }
}
