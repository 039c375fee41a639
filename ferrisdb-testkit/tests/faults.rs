//! Each fault does what it says, and nothing else.

use std::io::ErrorKind;
use std::path::Path;

use ferrisdb_core::{Access, File, FileSystem};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, IoKind, MemFs, When};

const PATH: &str = "/db/file";

/// A disk with one durable, empty file on it, open.
fn with_file() -> (FaultyFs, Box<dyn File>) {
    let disk = MemFs::new();
    disk.write(PATH, "").expect("the disk is empty");
    let fs = FaultyFs::new(disk);
    let file = fs
        .open(Path::new(PATH), Access::ReadWrite)
        .expect("nothing fails yet");
    (fs, file)
}

#[test]
fn after_a_power_cut_everything_fails() {
    let (fs, file) = with_file();
    file.append_all(b"one").expect("the power is on");
    fs.cut_power_at(fs.operations());
    assert!(!fs.is_off());
    let error = file.append(b"two").expect_err("the power goes off here");
    assert!(
        error.to_string().contains("went off at operation 2"),
        "{error}"
    );
    assert!(fs.is_off());
    let count = fs.operations();
    let error = file.size().expect_err("still off");
    assert!(
        error.to_string().contains("off since operation 2"),
        "{error}"
    );
    file.sync().expect_err("still off");
    fs.list(Path::new("/")).expect_err("still off");
    fs.lock(Path::new("/db/LOCK")).expect_err("still off");
    fs.clear_faults();
    file.read_at(0, &mut [0; 4])
        .expect_err("clearing the script brings no power");
    assert_eq!(fs.operations(), count, "nothing happens without power");
    let read = |plan| fs.crash(&plan).read(PATH).expect("its name is durable");
    assert_eq!(read(CrashPlan::LoseAll), b"");
    assert_eq!(
        read(CrashPlan::KeepAll),
        b"onetwo",
        "the cut write may have arrived"
    );
    assert_eq!(read(CrashPlan::TearLastWrite(1)), b"onet");
    assert_eq!(read(CrashPlan::TearLastWrite(0)), b"one");
}

#[test]
fn a_sync_during_which_the_power_goes_off_saves_nothing_for_certain() {
    let (fs, file) = with_file();
    file.append_all(b"one").expect("the power is on");
    fs.cut_power_at(fs.operations());
    file.sync_data().expect_err("the power goes off");
    assert_eq!(fs.crash(&CrashPlan::LoseAll).read(PATH).unwrap(), b"");
    assert_eq!(fs.crash(&CrashPlan::KeepAll).read(PATH).unwrap(), b"one");
}

#[test]
fn an_error_strikes_once_at_its_operation_and_changes_nothing() {
    let (fs, file) = with_file();
    fs.inject(
        When::Operation(2),
        Fault::Error(ErrorKind::PermissionDenied),
    );
    file.append_all(b"one").expect("operation 1");
    let error = file.append_all(b"two").expect_err("operation 2");
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.to_string().contains("2: write /db/file"), "{error}");
    file.append_all(b"three").expect("operation 3");
    assert_eq!(fs.disk().read(PATH).unwrap(), b"onethree");
    let failed: Vec<_> = fs.log().iter().map(|io| io.failed).collect();
    assert_eq!(failed, [false, false, true, false]);
}

#[test]
fn a_sticky_error_never_goes_away() {
    let (fs, file) = with_file();
    fs.inject(When::From(2), Fault::Error(ErrorKind::Other));
    file.append_all(b"one").expect("operation 1");
    for _ in 0..5 {
        file.append_all(b"two").expect_err("from operation 2 on");
        file.read_at(0, &mut [0; 4]).expect_err("of any kind");
    }
    fs.clear_faults();
    file.append_all(b"two").expect("the script is empty");
}

#[test]
fn a_kind_of_operation_fails_next_time_or_every_time() {
    let (fs, file) = with_file();
    fs.inject(When::Next(IoKind::Write), Fault::Error(ErrorKind::Other));
    fs.inject(When::Every(IoKind::Rename), Fault::Error(ErrorKind::Other));
    let rename = || fs.rename(Path::new(PATH), Path::new("/db/new"));
    rename().expect_err("every time");
    file.sync().expect("not of that kind");
    file.append(b"one").expect_err("next time");
    file.append(b"one").expect("once only");
    rename().expect_err("every time");
}

#[test]
fn a_failed_sync_leaves_the_bytes_for_the_next_one() {
    let (fs, file) = with_file();
    fs.inject(When::NextSync, Fault::Error(ErrorKind::Other));
    file.append_all(b"one").expect("writing works");
    file.sync_data().expect_err("the first sync fails");
    assert_eq!(fs.crash(&CrashPlan::LoseAll).read(PATH).unwrap(), b"");
    file.sync_data().expect("the second one works");
    assert_eq!(fs.crash(&CrashPlan::LoseAll).read(PATH).unwrap(), b"one");
}

#[test]
fn a_sync_that_loses_its_bytes_is_followed_by_one_that_lies() {
    let (fs, file) = with_file();
    fs.inject(When::NextSync, Fault::LoseUnsynced);
    file.append_all(b"one").expect("writing works");
    file.sync().expect_err("the first sync fails");
    file.sync().expect("the second has nothing left to do");
    assert_eq!(
        fs.disk().read(PATH).unwrap(),
        b"one",
        "readers still see it"
    );
    assert_eq!(fs.crash(&CrashPlan::KeepAll).read(PATH).unwrap(), b"");

    file.append_all(b"two").expect("writing works");
    file.sync().expect("and so does syncing");
    let after = fs.crash(&CrashPlan::LoseAll).read(PATH).unwrap();
    assert_eq!(
        after, b"\0\0\0two",
        "there is a hole where the lost bytes were"
    );
}

#[test]
fn syncing_can_fail_for_good() {
    let (fs, file) = with_file();
    fs.inject(When::EverySync, Fault::LoseUnsynced);
    file.append_all(b"one").expect("writing works");
    for _ in 0..3 {
        file.sync().expect_err("never again");
        file.sync_data().expect_err("never again");
    }
    fs.sync_dir(Path::new("/db"))
        .expect("a directory is not a file");
}

#[test]
fn a_short_transfer_moves_fewer_bytes_and_the_rest_can_follow() {
    let (fs, file) = with_file();
    fs.inject(When::Every(IoKind::Write), Fault::Short(3));
    assert_eq!(file.append(b"0123456789").unwrap(), 3);
    file.append_all(b"3456789").expect("in three more calls");
    assert_eq!(fs.disk().read(PATH).unwrap(), b"0123456789");
    let writes = fs
        .log()
        .iter()
        .filter(|io| io.kind == IoKind::Write)
        .count();
    assert_eq!(writes, 4);

    fs.inject(When::Every(IoKind::Read), Fault::Short(4));
    let mut bytes = [0; 10];
    assert_eq!(file.read_at(0, &mut bytes).unwrap(), 4);
    file.read_exact_at(0, &mut bytes).expect("in three calls");
    assert_eq!(&bytes, b"0123456789");
}

#[test]
fn a_full_disk_takes_what_fits_and_then_refuses() {
    let (fs, file) = with_file();
    fs.set_space(5);
    assert_eq!(file.append(b"123").unwrap(), 3);
    assert_eq!(file.append(b"456").unwrap(), 2, "only two more bytes fit");
    let error = file.append(b"6").expect_err("full");
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    assert_eq!(
        file.write_at(0, b"abc").unwrap(),
        3,
        "overwriting needs no space"
    );
    let full = |result: std::io::Result<()>| {
        assert_eq!(result.expect_err("full").kind(), ErrorKind::StorageFull);
    };
    full(file.allocate(6));
    full(file.truncate(6));
    file.truncate(5).expect("no growth");
    file.sync().expect("what is there can be synced");
    assert_eq!(fs.disk().read(PATH).unwrap(), b"abc45");
    fs.set_space(100);
    file.append_all(b"6").expect("there is space again");
    file.allocate(50).expect("there is space");
    assert_eq!(file.size().unwrap(), 50);
}

#[test]
fn a_read_only_disk_is_read_and_not_changed() {
    let (fs, file) = with_file();
    file.append_all(b"one").unwrap();
    fs.disk().set_read_only(true);
    let kinds = [
        file.append(b"x").unwrap_err(),
        file.write_at(0, b"x").unwrap_err(),
        file.truncate(0).unwrap_err(),
        file.allocate(9).unwrap_err(),
        fs.create(Path::new("/new")).unwrap_err(),
        fs.create_dir(Path::new("/new")).unwrap_err(),
        fs.remove(Path::new(PATH)).unwrap_err(),
        fs.rename(Path::new(PATH), Path::new("/x")).unwrap_err(),
        fs.hard_link(Path::new(PATH), Path::new("/x")).unwrap_err(),
        fs.open(Path::new(PATH), Access::ReadWrite).unwrap_err(),
        fs.lock(Path::new(PATH)).unwrap_err(),
    ]
    .map(|error| error.kind());
    assert_eq!(kinds, [ErrorKind::ReadOnlyFilesystem; 11]);
    let file = fs.open(Path::new(PATH), Access::Read).unwrap();
    let mut bytes = [0; 3];
    file.read_exact_at(0, &mut bytes).unwrap();
    assert_eq!(&bytes, b"one");
    fs.create_dir(Path::new("/db")).expect("it exists already");
}

#[test]
fn a_flipped_bit_stays_flipped() {
    let (fs, file) = with_file();
    file.append_all(b"abc").unwrap();
    file.sync().unwrap();
    file.append_all(b"def").unwrap();
    fs.disk().flip_bit(PATH, 1, 0).unwrap();
    fs.disk().flip_bit(PATH, 4, 5).unwrap();
    assert_eq!(fs.disk().read(PATH).unwrap(), b"accdEf");
    assert_eq!(fs.crash(&CrashPlan::LoseAll).read(PATH).unwrap(), b"acc");
    assert_eq!(fs.crash(&CrashPlan::KeepAll).read(PATH).unwrap(), b"accdEf");
    let error = fs.disk().flip_bit(PATH, 6, 0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn chance_repeats_from_its_seed_and_finds_every_kind_of_fault() {
    let run = |seed| {
        let (fs, file) = with_file();
        fs.inject_by_chance(seed, 4);
        let results: Vec<String> = (0..40)
            .map(|n| {
                let written = file.append(&[n; 100]);
                let synced = file.sync();
                let errors = synced.err().map(|error| error.to_string());
                format!("{:?} {errors:?}", written.ok())
            })
            .collect();
        (results, fs.is_off())
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
    let all: Vec<String> = (0..40).flat_map(|seed| run(seed).0).collect();
    let seen = |what: &str| all.iter().any(|line| line.contains(what));
    assert!(seen("went off"), "power cuts");
    assert!(seen("the disk reported"), "syncs that lose their bytes");
    assert!(seen("other error"), "plain errors");
    let short = |line: &&String| line.starts_with("Some(") && !line.starts_with("Some(100)");
    assert!(all.iter().find(short).is_some(), "short writes");
}

#[test]
fn the_log_reads_like_a_list_of_what_was_done() {
    let fs = FaultyFs::new(MemFs::new());
    fs.create_dir(Path::new("db")).unwrap();
    let file = fs.create(Path::new("db/1.wal")).unwrap();
    file.append_all(b"hello").unwrap();
    file.write_all_at(1, b"a").unwrap();
    file.sync_data().unwrap();
    file.truncate(2).unwrap();
    fs.rename(Path::new("db/1.wal"), Path::new("db/2.wal"))
        .unwrap();
    fs.sync_dir(Path::new("db")).unwrap();
    fs.remove(Path::new("db/1.wal")).unwrap_err();
    let log: Vec<String> = fs.log().iter().map(ToString::to_string).collect();
    assert_eq!(
        log,
        [
            "0: create the directory db",
            "1: create db/1.wal",
            "2: write db/1.wal, 5 bytes at 0",
            "3: write db/1.wal, 1 bytes at 1",
            "4: sync the data of db/1.wal",
            "5: truncate db/1.wal to 2 bytes",
            "6: rename db/1.wal to db/2.wal",
            "7: sync the directory db",
            "8: remove db/1.wal (failed)",
        ]
    );
    fs.list(Path::new("db")).unwrap();
    fs.open(Path::new("db/2.wal"), Access::Read).unwrap();
    file.read_at(0, &mut [0]).unwrap();
    file.size().unwrap();
    assert_eq!(fs.operations(), 13);
    assert_eq!(
        fs.changes(),
        (0..9).collect::<Vec<_>>(),
        "looking changes nothing"
    );
}

#[test]
fn chance_strikes_as_often_as_asked() {
    let failures = |one_in| {
        let until_failure = (0..200).map(|seed| {
            let (fs, file) = with_file();
            fs.inject_by_chance(seed, one_in);
            (0..1000).take_while(|_| file.truncate(0).is_ok()).count()
        });
        until_failure.sum::<usize>()
    };
    assert_eq!(failures(1), 0, "always");
    let sum = failures(10);
    assert!(
        (1200..2600).contains(&sum),
        "one in ten fails: {sum} worked"
    );
    assert_eq!(failures(u64::MAX), 200_000, "as good as never");
}
