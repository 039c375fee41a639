//! Appending: the bytes in the file, and what happens when a write fails.

use std::io::ErrorKind;

use ferrisdb_core::{Batch, KEY_SIZE_MAX, Timestamp, VALUE_SIZE_MAX};
use ferrisdb_testkit::{Fault, FaultyFs, IoKind, MemFs, When, annotate};
use ferrisdb_wal::{Error, Options, Position, Result, SyncMode, Writer};

use support::{assert_names, directory, environment, first, open, read, segment_path, short_batch};

mod support;

fn new_writer(fs: &FaultyFs) -> Writer {
    let (writer, found, _) = open(fs.clone(), Options::default()).expect("a new log can be opened");
    assert_eq!(found, [], "a new log is empty");
    writer
}

/// Appends batch `n`.
fn append(writer: &mut Writer, n: u64) -> Result<Position> {
    writer.append(Timestamp(n), &short_batch(n))
}

/// The writer must refuse everything from now on.
fn assert_stopped(writer: &mut Writer, why: &str) {
    let result = append(writer, 90);
    assert!(
        matches!(result, Err(Error::WriterFailed)),
        "{why}: nothing more may be appended, since nobody knows what the file holds now. \
         append said: {result:?}"
    );
    let result = writer.sync(SyncMode::Data);
    assert!(
        matches!(result, Err(Error::WriterFailed)),
        "{why}: a sync would promise something about a file whose content is not known. sync \
         said: {result:?}"
    );
}

#[test]
fn two_batches_are_these_bytes() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    let mut batch = Batch::new();
    batch.put("card-7", "1500");
    writer.append(Timestamp(1), &batch).expect("nothing fails");
    batch.clear();
    batch.put("card-7", "1275");
    batch.delete("card-9");
    writer.append(Timestamp(2), &batch).expect("nothing fails");
    let bytes = fs.disk().read(segment_path(1)).expect("the segment exists");
    let frame = |size: &str| {
        [
            (4, "checksum", String::new()),
            (4, "payload size", size.to_owned()),
            (8, "durable mark", "64: the header was synced".to_owned()),
            (1, "kind", "batch".to_owned()),
        ]
    };
    let header = [(64, "segment header", String::from("see segment.rs"))];
    let first = [
        (8, "timestamp", "1".to_owned()),
        (1, "entries", "1".to_owned()),
        (1, "operation", "put".to_owned()),
        (7, "key", "\"card-7\"".to_owned()),
        (5, "value", "\"1500\"".to_owned()),
    ];
    let second = [
        (8, "timestamp", "2".to_owned()),
        (1, "entries", "2".to_owned()),
        (1, "operation", "put".to_owned()),
        (7, "key", "\"card-7\"".to_owned()),
        (5, "value", "\"1275\"".to_owned()),
        (1, "operation", "delete".to_owned()),
        (7, "key", "\"card-9\"".to_owned()),
    ];
    let fields: Vec<_> = header
        .into_iter()
        .chain(frame("22"))
        .chain(first)
        .chain(frame("30"))
        .chain(second)
        .collect();
    insta::assert_snapshot!(annotate(&bytes, &fields));
}

#[test]
fn append_says_where_the_batch_ends() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    assert_eq!(writer.end(), Position(64), "a new log holds a header");
    for n in 1..=3 {
        let end = append(&mut writer, n).expect("nothing fails");
        let size = fs.disk().read(segment_path(1)).expect("it exists").len();
        assert_eq!(end, Position(size as u64), "behind batch {n}");
        assert_eq!(writer.end(), end);
    }
}

#[test]
fn a_batch_is_one_write() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    let before = fs.operations();
    append(&mut writer, 1).expect("nothing fails");
    let log = fs.log().split_off(usize::try_from(before).expect("few"));
    let kinds: Vec<IoKind> = log.iter().map(|io| io.kind).collect();
    assert_eq!(kinds, [IoKind::Write], "one batch costs one call");
}

#[test]
fn a_group_is_one_write_too() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    let before = fs.operations();
    let batches = first(4, short_batch);
    let group = batches.iter().map(|(timestamp, batch)| (*timestamp, batch));
    let end = writer.append_group(group).expect("nothing fails");
    let log = fs.log().split_off(usize::try_from(before).expect("few"));
    let kinds: Vec<IoKind> = log.iter().map(|io| io.kind).collect();
    assert_eq!(kinds, [IoKind::Write], "four batches cost one call");
    assert_eq!(end, writer.end(), "the position behind the last of them");
    assert_eq!(writer.metrics().appends, 4);
    assert_eq!(writer.metrics().bytes, end.0);

    let other = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&other);
    for n in 1..=4 {
        append(&mut writer, n).expect("nothing fails");
    }
    let [yours, expected] = [&fs, &other].map(|fs| fs.disk().read(segment_path(1)).ok());
    assert_eq!(
        yours, expected,
        "a group gives the bytes that its batches give one by one"
    );
}

#[test]
fn a_group_without_batches_writes_nothing() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    append(&mut writer, 1).expect("nothing fails");
    let before = fs.operations();
    let end = writer.append_group([]).expect("there is nothing to do");
    assert_eq!(
        (end, fs.operations(), writer.metrics().appends),
        (writer.end(), before, 1)
    );
    append(&mut writer, 2).expect("nothing fails");
    assert_eq!(
        read(&fs).expect("nothing is damaged").0,
        first(2, short_batch)
    );
}

#[test]
fn one_batch_that_is_too_long_keeps_its_whole_group_out() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    append(&mut writer, 1).expect("nothing fails");
    let before = fs.operations();
    let mut long = Batch::new();
    long.put("key", vec![b'v'; VALUE_SIZE_MAX + 1]);
    let (second, third) = (short_batch(2), short_batch(3));
    for at in 0..3 {
        let mut group = vec![(Timestamp(2), &second), (Timestamp(3), &third)];
        group.insert(at, (Timestamp(4), &long));
        let error = writer
            .append_group(group)
            .expect_err("one byte above the limit");
        assert!(error.to_string().contains("value"), "{error}");
        assert_eq!(
            (fs.operations(), writer.metrics().appends),
            (before, 1),
            "place {at} of the group is too long: none of the others may be written"
        );
    }
    append(&mut writer, 2).expect("a group that was refused is no failed write: the log goes on");
    assert_eq!(
        read(&fs).expect("nothing is damaged").0,
        first(2, short_batch)
    );
}

#[test]
fn what_was_appended_survives_the_death_of_the_process() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    for n in 1..=3 {
        append(&mut writer, n).expect("nothing fails");
    }
    drop(writer);
    let (found, recovery) = read(&fs).expect("nothing is damaged");
    assert_eq!(
        found,
        first(3, short_batch),
        "the machine is still on, so its page cache holds everything"
    );
    assert_eq!(recovery.torn_tail, None);
}

#[test]
fn a_write_that_is_done_in_pieces_is_finished() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    fs.inject(When::Every(IoKind::Write), Fault::Short(5));
    for n in 1..=2 {
        append(&mut writer, n).expect("a short write is no error");
    }
    let (found, _) = read(&fs).expect("nothing is damaged");
    assert_eq!(found, first(2, short_batch));
}

#[test]
fn what_is_too_long_is_refused_and_changes_nothing() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    append(&mut writer, 1).expect("nothing fails");
    let size = fs.disk().read(segment_path(1)).expect("it exists").len();
    for (what, key, value) in [
        ("key", KEY_SIZE_MAX + 1, 0),
        ("value", 1, VALUE_SIZE_MAX + 1),
    ] {
        let mut batch = Batch::new();
        batch.put(vec![b'k'; key], vec![b'v'; value]);
        let error = writer
            .append(Timestamp(2), &batch)
            .expect_err("one byte above the limit");
        assert!(error.to_string().contains(what), "{error}");
        let now = fs.disk().read(segment_path(1)).expect("it exists").len();
        assert_eq!(now, size, "a batch that is refused leaves no byte behind");
    }
    append(&mut writer, 2).expect("a batch that was refused is no failed write: the log goes on");
    assert_eq!(
        read(&fs).expect("nothing is damaged").0,
        first(2, short_batch)
    );
}

#[test]
fn the_longest_key_and_value_are_allowed() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    let mut batch = Batch::new();
    batch.put(vec![b'k'; KEY_SIZE_MAX], vec![b'v'; 100]);
    batch.put("k", vec![b'v'; VALUE_SIZE_MAX]);
    writer
        .append(Timestamp(1), &batch)
        .expect("exactly at the limit");
    let (found, _) = read(&fs).expect("nothing is damaged");
    assert!(
        found == [(Timestamp(1), batch)],
        "a batch of 16 MiB comes back as it was"
    );
}

#[test]
fn a_full_disk_is_reported_and_nothing_is_lost() {
    // One more byte of space each time, until two batches fit.
    let needed = {
        let fs = FaultyFs::new(MemFs::new());
        let mut writer = new_writer(&fs);
        append(&mut writer, 1).expect("nothing fails");
        append(&mut writer, 2).expect("nothing fails").0 - 64
    };
    for space in 0..needed {
        let fs = FaultyFs::new(MemFs::new());
        let mut writer = new_writer(&fs);
        fs.set_space(space);
        let results = [append(&mut writer, 1), append(&mut writer, 2)];
        let fit = results.iter().take_while(|result| result.is_ok()).count();
        let error = results
            .into_iter()
            .find_map(Result::err)
            .expect("two batches do not fit");
        let full = matches!(
            &error,
            Error::Core(ferrisdb_core::Error::Io { source, .. })
                if source.kind() == ErrorKind::StorageFull
        );
        assert!(full, "with {space} bytes free: {error}");
        assert!(
            error.to_string().contains("disk space"),
            "the message says what to do: {error}"
        );
        assert_stopped(&mut writer, "the disk was full");
        let (found, _) = read(&fs).expect("a batch that did not fit is a torn tail");
        assert_eq!(found, first(fit, short_batch), "with {space} bytes free");
    }
}

#[test]
fn after_a_failed_write_nothing_more_is_appended() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    append(&mut writer, 1).expect("nothing fails");
    // The first call writes 20 bytes, the second fails: half a record lies in the file.
    fs.inject(When::Next(IoKind::Write), Fault::Short(20));
    fs.inject(When::Next(IoKind::Write), Fault::Error(ErrorKind::Other));
    append(&mut writer, 2).expect_err("the second half of the write fails");
    assert_stopped(&mut writer, "a write failed half-way");
    let (found, recovery) = read(&fs).expect("half a record is a torn tail");
    assert_eq!(found, first(1, short_batch));
    assert!(recovery.torn_tail.is_some());
}

#[test]
fn the_error_of_a_failed_write_names_the_file() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    fs.inject(When::Next(IoKind::Write), Fault::Error(ErrorKind::Other));
    let error = append(&mut writer, 1).expect_err("the write fails");
    assert_names(&error, 1);
}

#[test]
fn a_second_writer_is_refused() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    append(&mut writer, 1).expect("nothing fails");
    let error = open(fs.clone(), Options::default()).expect_err("the directory is in use");
    assert!(
        error.to_string().contains("LOCK") && error.to_string().contains("close that one first"),
        "the message says who is in the way: {error}"
    );
    append(&mut writer, 2).expect("the first writer is not disturbed");
    assert_eq!(
        read(&fs).expect("nothing is damaged").0,
        first(2, short_batch)
    );
}

#[test]
fn a_read_only_directory_can_be_read_and_not_opened() {
    let fs = FaultyFs::new(MemFs::new());
    let mut writer = new_writer(&fs);
    append(&mut writer, 1).expect("nothing fails");
    drop(writer);
    fs.disk().set_read_only(true);
    let error = open(fs.clone(), Options::default()).expect_err("nothing can be written there");
    assert!(error.to_string().contains("read-only"), "{error}");
    let (found, _) = read(&fs).expect("reading needs no right to write");
    assert_eq!(found, first(1, short_batch));
}

#[test]
fn the_metrics_count_what_was_appended() {
    let fs = FaultyFs::new(MemFs::new());
    let mut apply = |_, _: &Batch| ();
    let environment = environment(fs.clone());
    let (mut writer, _) = Writer::open(&environment, directory(), Options::default(), &mut apply)
        .expect("a new log can be opened");
    let opened = writer.metrics().clone();
    assert_eq!(
        (opened.appends, opened.bytes),
        (0, 64),
        "a header is written"
    );
    let end = append(&mut writer, 1).and_then(|_| append(&mut writer, 2));
    let end = end.expect("nothing fails");
    let metrics = writer.metrics();
    assert_eq!(metrics.appends, 2);
    assert_eq!(metrics.bytes, end.0, "every byte of the log counts");
    assert_eq!(metrics.segments, 1);
    assert_eq!(metrics.syncs, 0, "an append syncs nothing");
}
