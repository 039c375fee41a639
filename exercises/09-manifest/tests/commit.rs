//! Opening a manifest and committing edits, on disks where things go wrong.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::Arc;

use ferrisdb_core::{FileSystem, Timestamp};
use ferrisdb_format::HEADER_SIZE;
use ferrisdb_manifest::{
    Current, Edit, Error, FileName, Manifest, NUMBERS_RESERVED, Options, RECORD_HEADER_SIZE,
    Refusal, Result, Version,
};
use ferrisdb_testkit::{Fault, FaultyFs, IoKind, MemFs, When, annotate};

use support::{
    HEADER, Handmade, MANIFEST, SecondCut, all_files, current_path, damage, directory, empty_disk,
    environment, flush, manifest_path, names, numbers, open, open_with, power_cuts, read, shape,
    table, table_path,
};

mod support;

/// The version that a reader finds.
fn found(fs: &MemFs, story: &str) -> Arc<Version> {
    match read(fs) {
        Ok(recovery) => recovery.version,
        Err(error) => panic!("{story}: there should be a version, and there is an error: {error}"),
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 5: Current::replace
// ---------------------------------------------------------------------------------------------

#[test]
fn opening_creates_a_database() {
    let fs = MemFs::new();
    let (manifest, recovery) = open(fs.clone()).expect("nothing fails");
    assert_eq!(recovery.manifest, None, "there was no database");
    assert_eq!(
        shape(&recovery.version),
        "version 0, tables [], log from 0, up to @0"
    );
    assert_eq!(shape(&manifest.current()), shape(&recovery.version));
    assert_eq!(names(&fs), ["0000000001.manifest", "CURRENT"]);
    let current = Current::read(&fs, directory()).expect("it is whole");
    assert_eq!(current, Some(Current { manifest: 1 }));
}

#[test]
fn the_files_have_their_golden_bytes() {
    let fs = MemFs::new();
    open(fs.clone()).expect("nothing fails");
    let fields = |rest: &[(usize, &'static str, &str)]| {
        let header = [
            (8, "magic", ""),
            (4, "version", "1.0"),
            (4, "flags", "none"),
            (4, "header size", "64"),
            (4, "checksum", ""),
            (8, "created at", "2023-11-14"),
            (8, "file number", "1"),
            (24, "extra", "nothing"),
        ];
        let all = header.iter().chain(rest);
        all.map(|&(size, name, value)| (size, name, value.to_owned()))
            .collect::<Vec<_>>()
    };
    let current = fs.read(current_path()).expect("it exists");
    insta::assert_snapshot!("current", annotate(&current, &fields(&[])));
    let snapshot = [
        (4, "checksum", ""),
        (4, "payload size", "7"),
        (8, "durable", "nothing yet"),
        (1, "kind", "snapshot"),
        (1, "version", "0"),
        (2, "log start", "0"),
        (2, "last timestamp", "@0"),
        (2, "next number", "66"),
    ];
    let manifest = fs.read(manifest_path(1)).expect("it exists");
    insta::assert_snapshot!("manifest", annotate(&manifest, &fields(&snapshot)));
}

#[test]
fn opening_goes_on_in_a_new_manifest_and_leaves_the_old_one_as_it_is() {
    let made = Handmade::new().flushes([6]).bytes(b"half a reco");
    let fs = made.disk();
    let (manifest, recovery) = open(fs.clone()).expect("a torn tail is no damage");
    assert!(recovery.torn_tail.is_some());
    assert_eq!(recovery.manifest, Some(manifest_path(MANIFEST)));
    assert_eq!(manifest.file_number(), 100, "numbers below 100 are taken");
    assert_eq!(
        names(&fs),
        ["0000000012.manifest", "0000000100.manifest", "CURRENT"]
    );
    let old = fs.read(manifest_path(MANIFEST)).expect("it exists");
    assert_eq!(
        old, made.bytes,
        "nothing is appended to, or cut off, a file of an earlier life"
    );
    let again = read(&fs).expect("nothing is damaged");
    assert_eq!(again.manifest, Some(manifest_path(100)));
    assert_eq!((again.edits, again.torn_tail), (0, None));
    assert_eq!(shape(&again.version), shape(&recovery.version));
    assert_eq!(again.version.tables().count(), 2);
    assert_eq!(
        again.version.next_number(),
        101 + NUMBERS_RESERVED,
        "the first numbers are reserved together with the snapshot"
    );
    assert_eq!(manifest.current(), again.version);
}

#[test]
fn a_manifest_that_never_counted_keeps_its_number() {
    for (left, expected) in [
        (FileName::Manifest(99), 100),
        (FileName::Manifest(100), 101),
        (FileName::Manifest(105), 106),
        (FileName::UnfinishedTable(103), 104),
        (FileName::Table(102), 103),
    ] {
        let fs = Handmade::new().disk();
        let path = left.path(directory());
        fs.write(&path, b"left behind").expect("nothing fails");
        let (manifest, _) = open(fs.clone()).expect("nothing is damaged");
        assert_eq!(
            manifest.file_number(),
            expected,
            "{} is there",
            path.display()
        );
        let left = fs.read(&path).expect("it is still there");
        assert_eq!(left, b"left behind", "opening removes and changes nothing");
    }
}

#[test]
fn what_a_crash_left_of_the_next_current_is_in_nobodys_way() {
    for left in [b"".as_slice(), b"half", &[7; 200]] {
        let fs = Handmade::new().disk();
        let next = FileName::NextCurrent.path(directory());
        fs.write(next, left).expect("nothing fails");
        open(fs.clone()).expect("nothing is damaged");
        let again = read(&fs).expect("CURRENT is whole");
        assert_eq!(again.manifest, Some(manifest_path(100)));
    }
}

/// The disks on which opening is tried: none, one that was left in good order, one with a tail.
fn disks() -> [(&'static str, MemFs); 3] {
    let made = Handmade::new().flushes([6]);
    [
        ("a new database", empty_disk()),
        ("a database", made.clone().mark().disk()),
        (
            "a database with a torn tail",
            made.bytes(b"half a reco").disk(),
        ),
    ]
}

#[test]
fn a_power_cut_while_opening_and_another_one_lose_nothing() {
    for (what, start) in disks() {
        let expected = shape(&found(&start, what));
        let mut again = SecondCut::default();
        power_cuts(
            &start,
            |fs| drop(open(fs.clone())),
            |(), first| {
                let story = format!("{what}: {}", first.story);
                assert_eq!(shape(&found(&first.disk, &story)), expected, "{story}");
                again.look(first, |second| {
                    let story = format!("{what}: {}", second.story);
                    assert_eq!(shape(&found(&second.disk, &story)), expected, "{story}");
                });
            },
        );
    }
}

#[test]
fn an_opened_manifest_counts_after_a_power_cut() {
    for (what, start) in disks() {
        let fs = FaultyFs::new(start);
        let (manifest, _) = open(fs.clone()).expect("nothing fails");
        for plan in fs.disk().crash_plans(6) {
            let story = format!("{what}: it was opened, then the power was cut; {plan}");
            let disk = fs.crash(&plan);
            let current = Current::read(&disk, directory()).expect("CURRENT is whole");
            let number = manifest.file_number();
            assert_eq!(current, Some(Current { manifest: number }), "{story}");
            assert_eq!(found(&disk, &story), manifest.current(), "{story}");
        }
    }
}

#[test]
fn whatever_fails_while_opening_the_version_stays() {
    for (what, start) in disks() {
        let expected = shape(&found(&start, what));
        let whole = FaultyFs::new(start.fork());
        open(whole.clone()).expect("nothing fails");
        for io in whole.log() {
            for sticky in [false, true] {
                let fs = FaultyFs::new(start.fork());
                let when = if sticky {
                    When::From(io.number)
                } else {
                    When::Operation(io.number)
                };
                fs.inject(when, Fault::Error(ErrorKind::Other));
                let story = format!("{what}: operation {io} fails");
                // What is removed in case it is there may fail to be removed in any way.
                assert!(
                    open(fs.clone()).is_err(),
                    "{story}, and yours says that the manifest is open"
                );
                fs.clear_faults();
                for plan in fs.disk().crash_plans(2) {
                    let story = format!("{story}, then the power is cut; {plan}");
                    assert_eq!(shape(&found(&fs.crash(&plan), &story)), expected, "{story}");
                }
                let (manifest, _) = open(fs.clone())
                    .unwrap_or_else(|error| panic!("{story} once, and then nothing: {error}"));
                assert_eq!(shape(&manifest.current()), expected, "{story}");
                for plan in fs.disk().crash_plans(2) {
                    let story = format!("{story}; it is opened again, the power is cut; {plan}");
                    assert_eq!(
                        found(&fs.crash(&plan), &story),
                        manifest.current(),
                        "{story}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_fails_while_current_is_replaced_is_named() {
    let whole = FaultyFs::new(Handmade::new().disk());
    open(whole.clone()).expect("nothing fails");
    let next = FileName::NextCurrent.path(directory());
    let names = [next.as_path(), directory()];
    let changes = [
        IoKind::Write,
        IoKind::Sync,
        IoKind::SyncData,
        IoKind::Rename,
        IoKind::SyncDir,
    ];
    for io in whole.log() {
        if !names.contains(&io.path.as_path()) || !changes.contains(&io.kind) {
            continue;
        }
        let fs = FaultyFs::new(Handmade::new().disk());
        fs.inject(
            When::Operation(io.number),
            Fault::Error(ErrorKind::StorageFull),
        );
        let error = open(fs).expect_err("it failed");
        let Error::Core(ferrisdb_core::Error::Io { path, .. }) = &error else {
            panic!("{io} failed, and yours says: {error}");
        };
        assert!(
            *path == io.path || Some(path) == io.to.as_ref(),
            "{io} failed, and yours says that it was {}",
            path.display()
        );
    }
}

#[test]
fn a_sync_that_fails_and_forgets_is_not_believed() {
    for (what, start) in disks() {
        let expected = shape(&found(&start, what));
        for failing in 0..2 {
            let fs = FaultyFs::new(start.fork());
            for _ in 0..failing {
                fs.inject(When::NextSync, Fault::Short(0));
            }
            fs.inject(When::NextSync, Fault::LoseUnsynced);
            let story = format!("{what}: sync {failing} fails and forgets");
            assert!(open(fs.clone()).is_err(), "{story}");
            for plan in fs.disk().crash_plans(2) {
                assert_eq!(
                    shape(&found(&fs.crash(&plan), &story)),
                    expected,
                    "{story}; {plan}"
                );
            }
            let (manifest, _) = open(fs.clone()).expect("nothing fails now");
            for plan in fs.disk().crash_plans(2) {
                let story = format!("{story}; it is opened again, the power is cut; {plan}");
                assert_eq!(
                    found(&fs.crash(&plan), &story),
                    manifest.current(),
                    "{story}"
                );
            }
        }
    }
}

#[test]
fn on_a_full_disk_nothing_is_lost() {
    for (what, start) in disks() {
        let expected = shape(&found(&start, what));
        let mut space = 0;
        loop {
            let fs = FaultyFs::new(start.fork());
            fs.set_space(space);
            let opened = open(fs.clone()).is_ok();
            let story = format!("{what}: there is room for {space} bytes");
            assert_eq!(shape(&found(fs.disk(), &story)), expected, "{story}");
            fs.clear_faults();
            let (manifest, _) = open(fs.clone()).expect("there is room now");
            assert_eq!(shape(&manifest.current()), expected, "{story}");
            if opened {
                break;
            }
            space += 1;
        }
    }
}

#[test]
fn a_directory_of_tables_becomes_a_database_as_a_whole() {
    let start = MemFs::new();
    start
        .write(table_path(5), b"a table")
        .expect("nothing fails");
    let edit = flush(5, 50).next_number(30);
    let version = Version::default().apply(&edit).expect("it makes sense");
    let create = |fs: &FaultyFs| {
        let environment = environment(fs.clone());
        Manifest::create(&environment, directory(), &version).is_ok()
    };
    power_cuts(&start, create, |created, cut| match read(&cut.disk) {
        Ok(recovery) => assert_eq!(shape(&recovery.version), shape(&version), "{}", cut.story),
        Err(Error::MissingCurrent { .. }) if !created => {}
        Err(error) => panic!("{}: {error}", cut.story),
    });
    let fs = FaultyFs::new(start);
    assert!(create(&fs), "nothing fails");
    let before = all_files(fs.disk());
    let recovery = read(fs.disk()).expect("it is a database");
    assert_eq!(
        recovery.manifest,
        Some(manifest_path(30)),
        "numbers below 30 are taken"
    );
    let again = Manifest::create(&environment(fs.clone()), directory(), &version);
    let error = again.expect_err("it is a database already").to_string();
    assert!(error.contains("CURRENT"), "{error}");
    assert_eq!(all_files(fs.disk()), before);
}

// ---------------------------------------------------------------------------------------------
// Hole 6: Active::append
// ---------------------------------------------------------------------------------------------

/// An edit without tables.
fn step(n: u64) -> Edit {
    Edit::new().log_start(100 * n).last_timestamp(Timestamp(n))
}

#[test]
fn what_was_committed_is_current_and_found_again() {
    let fs = MemFs::new();
    let (mut manifest, _) = open(fs.clone()).expect("nothing fails");
    let empty = manifest.current();
    for n in 1..=3 {
        let version = manifest.commit(&step(n)).expect("nothing fails");
        assert_eq!(version.log_start(), 100 * n);
        assert_eq!(version, manifest.current());
        let recovery = read(&fs).expect("nothing is damaged");
        assert_eq!(recovery.version, version, "a reader finds it at once");
        assert_eq!((recovery.edits, recovery.torn_tail), (n, None));
    }
    assert_eq!(
        empty.log_start(),
        0,
        "who holds an earlier version keeps it"
    );
    drop(manifest);
    let (mut manifest, recovery) = open(fs.clone()).expect("nothing is damaged");
    assert_eq!(recovery.edits, 3);
    assert_eq!(
        shape(&manifest.current()),
        "version 3, tables [], log from 300, up to @3"
    );
    manifest.commit(&step(4)).expect("nothing fails");
    assert_eq!(found(&fs, "after a reopening").number(), 4);
}

#[test]
fn edits_and_the_mark_have_their_golden_bytes() {
    let fs = MemFs::new();
    let (mut manifest, _) = open(fs.clone()).expect("nothing fails");
    manifest.commit(&step(1)).expect("nothing fails");
    manifest.commit(&step(2)).expect("nothing fails");
    let bytes = fs.read(manifest_path(1)).expect("it exists");
    let edits = &bytes[HEADER_SIZE + RECORD_HEADER_SIZE + 7..];
    let frame = |size, durable, kind| {
        [
            (4, "checksum", String::new()),
            (4, "payload size", size),
            (8, "durable", durable),
            (1, "kind", kind),
        ]
    };
    let fields = |n: u64, size| {
        [
            (size, "log start", (100 * n).to_string()),
            (2, "last timestamp", format!("@{n}")),
        ]
    };
    let text = |value: &str| value.to_owned();
    let mut all = Vec::new();
    all.extend(frame(text("4"), text("88"), text("edit")));
    all.extend(fields(1, 2));
    all.extend(frame(text("5"), text("109"), text("edit")));
    all.extend(fields(2, 3));
    all.extend(frame(text("0"), text("131"), text("mark")));
    insta::assert_snapshot!("edits", annotate(edits, &all));
}

#[test]
fn an_edit_that_makes_no_sense_changes_nothing() {
    let fs = MemFs::new();
    let (mut manifest, _) = open(fs.clone()).expect("nothing fails");
    manifest.commit(&step(2)).expect("nothing fails");
    let (before, version) = (all_files(&fs), manifest.current());
    let refused = |result: Result<Arc<Version>>| match result {
        Err(Error::Refused(refusal)) => refusal,
        result => panic!("the edit makes no sense, and yours says {result:?}"),
    };
    let (what, from, to) = ("log start", 200, 100);
    let backwards = refused(manifest.commit(&step(1)));
    assert_eq!(backwards, Refusal::Backwards { what, from, to });
    let (number, next) = (2, 2);
    let early = refused(manifest.commit(&flush(2, 20)));
    assert_eq!(
        early,
        Refusal::NotTaken { number, next },
        "1 is the manifest, and no other number was handed out"
    );
    assert_eq!(all_files(&fs), before);
    assert_eq!(manifest.current(), version);
    manifest
        .commit(&step(3))
        .expect("it goes on as if nothing had been");
}

/// Options with which a manifest is begun anew every few edits.
fn small() -> Options {
    Options::default().edits_size_max(0)
}

/// Opens the manifest and commits seven edits, until something fails. Says the numbers of the last
/// version that was acknowledged, and of the last that was tried.
fn seven_steps(fs: &FaultyFs) -> (u64, u64) {
    let Ok((mut manifest, _)) = open_with(fs.clone(), small()) else {
        return (0, 0);
    };
    let start = manifest.current().number();
    for n in 1..=7 {
        match manifest.commit(&step(start + n)) {
            Ok(version) => assert_eq!(version.number(), start + n),
            Err(_) => return (start + n - 1, start + n),
        }
    }
    (start + 7, start + 7)
}

/// The only version that there can be with this number.
fn is_whole(version: &Version, story: &str) {
    let n = version.number();
    let expected = format!("version {n}, tables [], log from {}, up to @{n}", 100 * n);
    assert_eq!(
        shape(version),
        expected,
        "{story}: a version is never a mix of two"
    );
}

#[test]
fn a_power_cut_at_any_operation_and_another_one_lose_nothing_acknowledged() {
    let mut again = SecondCut::default();
    power_cuts(
        &empty_disk(),
        seven_steps,
        |(acknowledged, tried), first| {
            let version = found(&first.disk, &first.story);
            is_whole(&version, &first.story);
            let number = version.number();
            assert!(
                (acknowledged..=tried).contains(&number),
                "{}: version {acknowledged} was acknowledged, {tried} was being committed, and \
             yours finds {number}",
                first.story
            );
            again.look(first, |second| {
                let again = found(&second.disk, &second.story);
                is_whole(&again, &second.story);
                assert_eq!(
                    again.number(),
                    number,
                    "{}: it had been read as version {number} before",
                    second.story
                );
            });
        },
    );
}

#[test]
fn a_power_cut_during_a_large_edit_is_not_taken_for_damage() {
    // An edit larger than a sector, so that the disk can lose it and keep what lies behind it.
    let mut long = table(5, "a", "m", 50);
    long.largest.user_key = vec![b'm'; 1500];
    let edit = Edit::new().add(0, long.clone()).next_number(100);
    let start = Handmade::snapshot(&edit).disk();
    let program = |fs: &FaultyFs| {
        let Ok((mut manifest, _)) = open(fs.clone()) else {
            return (40, 40);
        };
        for n in 0..3 {
            let edit = Edit::new().remove(n, 5).add(n + 1, long.clone());
            let number = 41 + n as u64;
            match manifest.commit(&edit) {
                Ok(version) => assert_eq!(version.number(), number),
                Err(_) => return (number - 1, number),
            }
        }
        (43, 43)
    };
    power_cuts(&start, program, |(acknowledged, tried), cut| {
        let version = found(&cut.disk, &cut.story);
        let number = version.number();
        assert!(
            (acknowledged..=tried).contains(&number),
            "{}: {acknowledged} was acknowledged, {tried} was tried, {number} is found",
            cut.story
        );
        assert_eq!(numbers(&version).len() as u64, number - 39, "{}", cut.story);
    });
}

#[test]
fn whatever_fails_it_is_told_and_nothing_acknowledged_is_lost() {
    let whole = FaultyFs::new(empty_disk());
    seven_steps(&whole);
    let faults = [
        Fault::Error(ErrorKind::StorageFull),
        Fault::Error(ErrorKind::Other),
        Fault::LoseUnsynced,
    ];
    for io in whole.log() {
        for fault in faults {
            let fs = FaultyFs::new(empty_disk());
            fs.inject(When::Operation(io.number), fault);
            let (acknowledged, tried) = seven_steps(&fs);
            let story = format!("operation {io} fails ({fault:?})");
            fs.clear_faults();
            let mut disks: Vec<MemFs> = fs
                .disk()
                .crash_plans(2)
                .iter()
                .map(|plan| fs.crash(plan))
                .collect();
            disks.push(fs.disk().fork());
            for disk in disks {
                let version = found(&disk, &story);
                is_whole(&version, &story);
                let number = version.number();
                assert!(
                    (acknowledged..=tried).contains(&number),
                    "{story}: {acknowledged} was acknowledged, {tried} tried, {number} found"
                );
                let fs = FaultyFs::new(disk);
                let (again, _) = seven_steps(&fs);
                assert_eq!(again, number + 7, "{story}; it is opened again");
                let lost = fs.crash(&ferrisdb_testkit::CrashPlan::LoseAll);
                assert_eq!(
                    found(&lost, &story).number(),
                    again,
                    "{story}; then a power cut"
                );
            }
        }
    }
}

#[test]
fn after_a_failure_nothing_more_is_taken() {
    for kind in [IoKind::Write, IoKind::SyncData] {
        for fault in [Fault::Error(ErrorKind::StorageFull), Fault::LoseUnsynced] {
            let fs = FaultyFs::new(MemFs::new());
            let (mut manifest, _) = open(fs.clone()).expect("nothing fails");
            manifest.commit(&step(1)).expect("nothing fails");
            let before = manifest.current();
            fs.inject(When::Next(kind), fault);
            manifest.commit(&step(2)).expect_err("the disk failed");
            let story = format!("a {kind:?} has failed ({fault:?})");
            assert_eq!(
                manifest.current(),
                before,
                "{story}: it is not known to have happened"
            );
            let operations = fs.operations();
            let error = manifest
                .commit(&step(3))
                .expect_err("no more until it is opened again");
            assert!(
                matches!(&error, Error::Failed { path } if *path == manifest_path(1)),
                "{story}: {error}"
            );
            assert_eq!(
                fs.operations(),
                operations,
                "{story}: the disk is left alone"
            );
        }
    }
}

#[test]
fn a_mark_that_cannot_be_written_is_a_failure_too() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut manifest, _) = open(fs.clone()).expect("nothing fails");
    manifest.commit(&step(1)).expect("nothing fails");
    // The edit is written, then synced, and then comes the mark.
    let mark = fs.operations() + 2;
    fs.inject(When::Operation(mark), Fault::Error(ErrorKind::StorageFull));
    let error = manifest
        .commit(&step(2))
        .expect_err("the third step failed");
    assert!(error.to_string().contains("manifest"), "{error}");
    let error = manifest
        .commit(&step(3))
        .expect_err("it is failed for good");
    assert!(matches!(error, Error::Failed { .. }), "{error}");
    drop(manifest);
    let (manifest, _) = open(fs).expect("nothing fails now");
    assert_eq!(manifest.current().number(), 2, "edit 2 is on the disk");
}

#[test]
fn short_writes_are_completed() {
    let fs = FaultyFs::new(MemFs::new());
    fs.inject(When::Every(IoKind::Write), Fault::Short(3));
    assert_eq!(seven_steps(&fs), (7, 7));
    is_whole(&found(fs.disk(), "every write took 3 bytes at a time"), "");
}

#[test]
fn each_edit_is_synced_once_and_before_it_is_acknowledged() {
    let fs = FaultyFs::new(MemFs::new());
    let (mut manifest, _) = open(fs.clone()).expect("nothing fails");
    for n in 1..=5 {
        let before = fs.operations();
        manifest.commit(&step(n)).expect("nothing fails");
        let log = fs.log();
        let syncs = log
            .iter()
            .filter(|io| io.number >= before && matches!(io.kind, IoKind::Sync | IoKind::SyncData));
        assert_eq!(syncs.count(), 1, "a sync costs more than all the rest");
        for plan in fs.disk().crash_plans(3) {
            let story = format!("edit {n} was acknowledged; {plan}");
            assert_eq!(found(&fs.crash(&plan), &story).number(), n, "{story}");
        }
    }
}

#[test]
fn damage_to_the_last_edit_is_noticed_too() {
    let fs = MemFs::new();
    let (mut manifest, _) = open(fs.clone()).expect("nothing fails");
    manifest.commit(&step(1)).expect("nothing fails");
    let first = fs.read(manifest_path(1)).expect("it exists").len() - RECORD_HEADER_SIZE;
    manifest.commit(&step(2)).expect("nothing fails");
    let end = fs.read(manifest_path(1)).expect("it exists").len() - RECORD_HEADER_SIZE;
    for offset in HEADER..end as u64 {
        let disk = fs.fork();
        disk.flip_bit(manifest_path(1), offset, 3)
            .expect("it exists");
        let error = read(&disk).expect_err(&format!(
            "byte {offset} is damaged, in what was acknowledged (the last edit is from {first} \
             to {end}); nothing behind it says so"
        ));
        let (path, _) = damage(&error).expect("it is about damage");
        assert_eq!(path, manifest_path(1));
    }
    let disk = fs.fork();
    disk.flip_bit(manifest_path(1), end as u64 + 2, 3)
        .expect("it exists");
    assert_eq!(
        found(&disk, "the mark is damaged").number(),
        2,
        "all edits are whole"
    );
}

#[test]
fn a_manifest_that_has_grown_is_begun_anew() {
    for limit in [0, 300] {
        let fs = MemFs::new();
        let options = Options::default().edits_size_max(limit);
        let (mut manifest, _) = open_with(fs.clone(), options).expect("nothing fails");
        let snapshot = fs.read(manifest_path(1)).expect("it exists").len() as u64;
        let limit = limit.max(snapshot);
        let mut n = 0;
        while manifest.file_number() == 1 {
            let size = fs.read(manifest_path(1)).expect("it exists").len() as u64;
            let edits = size - snapshot - if n > 0 { RECORD_HEADER_SIZE as u64 } else { 0 };
            n += 1;
            manifest.commit(&step(n)).expect("nothing fails");
            assert_eq!(
                manifest.file_number() != 1,
                edits >= limit,
                "the edits had {edits} bytes when the next came, and the limit is {limit}"
            );
        }
        assert_eq!(
            names(&fs),
            ["0000000002.manifest", "CURRENT"],
            "the old one is gone"
        );
        let recovery = read(&fs).expect("nothing is damaged");
        assert_eq!(
            (recovery.edits, recovery.version.number()),
            (0, n),
            "the edit is in the snapshot"
        );
        is_whole(&recovery.version, "begun anew");
        assert_eq!(recovery.version, manifest.current());
        manifest.commit(&step(n + 1)).expect("nothing fails");
        is_whole(&found(&fs, "one more edit"), "one more edit");
    }
}

#[test]
fn a_snapshot_holds_everything() {
    let edit = flush(5, 50)
        .add(1, table(3, "k", "p", 30))
        .add(1, table(2, "a", "f", 20))
        .add(6, table(1, "a", "z", 10))
        .next_number(100);
    let fs = Handmade::snapshot(&edit).disk();
    let (mut manifest, _) = open_with(fs.clone(), small()).expect("nothing fails");
    let first = manifest.file_number();
    let before = manifest.current();
    for _ in 0..60 {
        manifest.commit(&Edit::new()).expect("nothing fails");
    }
    assert!(manifest.file_number() > first, "it was begun anew");
    let after = found(&fs, "begun anew");
    let tables: BTreeMap<u64, _> = before
        .tables()
        .map(|(level, table)| (table.number, (level, table)))
        .collect();
    let found: BTreeMap<u64, _> = after
        .tables()
        .map(|(level, table)| (table.number, (level, table)))
        .collect();
    assert_eq!(found, tables);
    assert_eq!(numbers(&after), numbers(&before));
    assert_eq!(
        (after.log_start(), after.last_timestamp()),
        (5000, Timestamp(50))
    );
    assert_eq!(after.number(), before.number() + 60);
}

#[test]
fn a_manifest_that_cannot_be_removed_does_no_harm() {
    let fs = FaultyFs::new(MemFs::new());
    fs.inject(
        When::Every(IoKind::Remove),
        Fault::Error(ErrorKind::NotFound),
    );
    assert_eq!(
        seven_steps(&fs),
        (7, 7),
        "what is not removed is an orphan, and no error"
    );
    is_whole(&found(fs.disk(), ""), "");
    assert!(fs.disk().list(directory()).expect("it exists").len() > 2);
}
