//! The disk fills up, fails, or does half of what it was told.

use std::io::ErrorKind;

use ferrisdb_storage::{Db, Error, SyncMode};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, IoKind, MemFs, Timeline, When};

use crate::common::{
    batches, contents, crashes, open, open_disk, open_with, try_contents, write_all,
};

/// The kind of an I/O error.
fn io_kind(error: &Error) -> Option<ErrorKind> {
    match error {
        Error::Core(ferrisdb_core::Error::Io { source, .. }) => Some(source.kind()),
        _ => None,
    }
}

/// After a failed write: reads go on, writes do not.
fn check_stopped(db: &Db, timeline: &Timeline, what: &str) {
    for result in [db.put("later", "1"), db.delete("left"), db.sync()] {
        let error = result.expect_err("an earlier write failed");
        assert!(
            matches!(error, Error::WritesStopped { .. }),
            "{what}: {error:?}"
        );
    }
    let found = timeline.check(&contents(db));
    let seen = found.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(
        seen,
        timeline.acknowledged(),
        "{what}: a failed write is not visible"
    );
}

/// Whatever a power cut leaves now opens, and holds what was acknowledged.
fn check_crashes(fs: &FaultyFs, timeline: &Timeline, what: &str) {
    for (plan, disk) in crashes(fs, 4) {
        let db = open_disk(&disk).unwrap_or_else(|error| panic!("{what}, {plan}: {error}"));
        let found = timeline.check(&contents(&db));
        found.unwrap_or_else(|error| panic!("{what}, {plan}: {error}"));
    }
}

#[test]
fn a_full_disk_stops_writes_and_loses_nothing() {
    let whole = FaultyFs::new(MemFs::new());
    let db = open(&whole).expect("an empty disk");
    write_all(&db, &batches(), &mut Timeline::new()).expect("there is space");
    let files = whole.disk().files().into_iter();
    let size: usize = files
        .map(|path| whole.disk().read(path).map_or(0, |bytes| bytes.len()))
        .sum();
    for space in (0..size as u64).step_by(29) {
        let what = format!("space for {space} bytes");
        let fs = FaultyFs::new(MemFs::new());
        let mut timeline = Timeline::new();
        fs.set_space(space);
        let written = open(&fs).and_then(|db| {
            let result = write_all(&db, &batches(), &mut timeline);
            if result.is_err() {
                check_stopped(&db, &timeline, &what);
            }
            result
        });
        let error = written.expect_err("there is not enough space");
        assert_eq!(
            io_kind(&error),
            Some(ErrorKind::StorageFull),
            "{what}: {error}"
        );
        assert!(
            error.to_string().contains("free some disk space"),
            "{error}"
        );
        check_crashes(&fs, &timeline, &what);

        // Opening on a full disk may not work, but does no harm.
        drop(open(&fs));
        fs.clear_faults();
        let db = open(&fs).expect("there is space again");
        let found = timeline.check(&contents(&db));
        timeline.rewind(found.unwrap_or_else(|error| panic!("{what}: {error}")));
        write_all(&db, &batches(), &mut timeline).expect("there is space again");
        check_crashes(&fs, &timeline, &what);
    }
}

#[test]
fn after_a_failed_sync_nothing_is_written_until_the_database_is_opened_again() {
    for fault in [Fault::Error(ErrorKind::Other), Fault::LoseUnsynced] {
        let what = format!("a sync fails: {fault:?}");
        let fs = FaultyFs::new(MemFs::new());
        let mut timeline = Timeline::new();
        let db = open(&fs).expect("an empty disk");
        write_all(&db, &batches()[..5], &mut timeline).expect("nothing fails yet");
        fs.inject(When::NextSync, fault);
        write_all(&db, &batches()[5..6], &mut timeline).expect_err("its sync fails");
        let changes = fs.changes();
        check_stopped(&db, &timeline, &what);
        assert_eq!(fs.changes(), changes, "not even tried again");
        drop(db);
        check_crashes(&fs, &timeline, &what);

        // Opened again without a power cut. Whether the failed write is there or not, what is
        // there now is there for good.
        let db = open(&fs).expect("it opens");
        let found = timeline.check(&contents(&db));
        timeline.rewind(found.unwrap_or_else(|error| panic!("{what}: {error}")));
        check_crashes(&fs, &timeline, &format!("{what}; opened again"));
        write_all(&db, &batches()[6..], &mut timeline).expect("it works again");
        check_crashes(
            &fs,
            &timeline,
            &format!("{what}; opened again and written to"),
        );
    }
}

#[test]
fn a_disk_that_can_no_longer_sync_can_still_be_read() {
    let fs = FaultyFs::new(MemFs::new());
    let mut timeline = Timeline::new();
    let db = open(&fs).expect("an empty disk");
    write_all(&db, &batches()[..5], &mut timeline).expect("nothing fails yet");
    fs.inject(When::EverySync, Fault::LoseUnsynced);
    write_all(&db, &batches()[5..6], &mut timeline).expect_err("its sync fails");
    check_stopped(&db, &timeline, "syncs fail for good");
    db.close().expect_err("nothing can be promised any more");
}

#[test]
fn short_writes_and_reads_are_continued() {
    let fs = FaultyFs::new(MemFs::new());
    fs.inject(When::Every(IoKind::Write), Fault::Short(7));
    fs.inject(When::Every(IoKind::Read), Fault::Short(5));
    let mut timeline = Timeline::new();
    let db = open(&fs).expect("an empty disk");
    write_all(&db, &batches(), &mut timeline).expect("in many small steps");
    drop(db);
    let db = open(&fs).expect("in many small steps");
    assert_eq!(timeline.check(&contents(&db)), Ok(timeline.commits()));
    assert_eq!(db.recovery().torn_tail, None);
}

#[test]
fn an_error_at_any_operation_is_reported_and_harmless() {
    let whole = FaultyFs::new(MemFs::new());
    let run = |fs: &FaultyFs, timeline: &mut Timeline| {
        let db = open(fs)?;
        write_all(&db, &batches(), timeline)?;
        db.close()?;
        // The second time there is something to read.
        open(fs)?.close()
    };
    run(&whole, &mut Timeline::new()).expect("nothing fails");
    for at in 0..whole.operations() {
        let fs = FaultyFs::new(MemFs::new());
        let mut timeline = Timeline::new();
        fs.inject(When::Operation(at), Fault::Error(ErrorKind::Other));
        let result = run(&fs, &mut timeline);
        let failed = &fs.log()[usize::try_from(at).expect("small")];
        let what = failed.to_string();
        let is_table = failed.path.extension().is_some_and(|kind| kind == "sst");
        if failed.kind == IoKind::Remove && is_table {
            result.expect("a table that stays does no harm");
        } else {
            let error = result.expect_err("an operation failed");
            assert_eq!(io_kind(&error), Some(ErrorKind::Other), "{what}: {error}");
        }
        check_crashes(&fs, &timeline, &what);
        let db = open(&fs).unwrap_or_else(|error| panic!("{what}: {error}"));
        let found = timeline.check(&contents(&db));
        found.unwrap_or_else(|error| panic!("{what}: {error}"));
    }
}

#[test]
fn whatever_goes_wrong_by_chance_what_was_acknowledged_stays() {
    let mut kinds = [0; 3];
    for seed in 0..300 {
        let mode = if seed % 2 == 0 {
            SyncMode::Data
        } else {
            SyncMode::None
        };
        let mut timeline = Timeline::new();
        let mut disk = MemFs::new();
        for life in 0..6 {
            let what = format!("seed {seed}, life {life}");
            let fs = FaultyFs::new(disk);
            fs.inject_by_chance(seed * 10 + life, 25);
            let opened = open_with(&fs, mode).and_then(|db| Ok((try_contents(&db)?, db)));
            if let Ok((contents, db)) = opened {
                let found = timeline.check(&contents);
                timeline.rewind(found.unwrap_or_else(|error| panic!("{what}: {error}")));
                for batch in batches() {
                    timeline.commit(&batch);
                    if db.write(&batch).is_err() {
                        kinds[0] += 1;
                        break;
                    }
                    if mode == SyncMode::Data || db.sync().is_ok() {
                        kinds[1] += 1;
                        timeline.acknowledge();
                    }
                }
            } else {
                kinds[2] += 1;
            }
            disk = fs.crash(&CrashPlan::Random(seed + life));
        }
        let db = open_disk(&disk).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let found = timeline.check(&contents(&db));
        found.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    }
    let enough = kinds.iter().all(|count| *count > 100);
    assert!(
        enough,
        "writes failed, writes worked, opening failed: {kinds:?}"
    );
}
