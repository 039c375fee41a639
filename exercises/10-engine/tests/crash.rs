//! The power goes off, and the disk fails, at every operation.

mod support;

use std::io::ErrorKind;

use ferrisdb_core::Batch;
use ferrisdb_engine::{Engine, Error, Result};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, IoKind, MemFs, Timeline, When};
use ferrisdb_wal::SyncMode;

use support::{
    batches, compact, contents, crashes, flush, open, open_with, put, recover, roomy, small,
    table_files, text, try_contents,
};

/// What a program does between opening the database and the end; acknowledges what it was
/// promised.
type Program = fn(&FaultyFs, Engine, &mut Timeline) -> Result<()>;

/// Writes a batch; if it was synced it is acknowledged.
fn write(engine: &Engine, batch: &Batch, mode: SyncMode, timeline: &mut Timeline) -> Result<()> {
    timeline.commit(batch);
    let committed = engine.commit(batch, mode)?;
    if mode != SyncMode::None {
        timeline.acknowledge();
    }
    if committed.switched {
        engine.flush_step()?;
    }
    Ok(())
}

/// Everything that an engine does, with every batch synced.
fn synced(fs: &FaultyFs, engine: Engine, timeline: &mut Timeline) -> Result<()> {
    for (n, batch) in batches(12).iter().enumerate() {
        write(&engine, batch, SyncMode::Data, timeline)?;
        match n {
            4 | 7 => flush(&engine)?,
            8 => compact(fs, &engine)?,
            _ => {}
        }
    }
    engine.close()
}

/// The same with a sync now and then.
fn unsynced(fs: &FaultyFs, engine: Engine, timeline: &mut Timeline) -> Result<()> {
    for (n, batch) in batches(14).iter().enumerate() {
        write(&engine, batch, SyncMode::None, timeline)?;
        match n {
            2 | 10 => {
                engine.sync(SyncMode::Data)?;
                timeline.acknowledge();
            }
            5 | 8 => flush(&engine)?,
            11 => compact(fs, &engine)?,
            _ => {}
        }
    }
    engine.close()?;
    timeline.acknowledge();
    Ok(())
}

/// Runs the program with the power cut at every operation and after the last, and calls `check`
/// with disks that can be left, the timeline, and what happened in words. Of the disks of one
/// cut, only one in `one_in` is tried, each time others.
fn at_every_cut(program: Program, one_in: usize, mut check: impl FnMut(&MemFs, &Timeline, &str)) {
    let whole = FaultyFs::new(MemFs::new());
    let run = |fs: &FaultyFs, timeline: &mut Timeline| {
        let engine = open(fs)?;
        program(fs, engine, timeline)
    };
    run(&whole, &mut Timeline::new()).expect("the power stays on");
    let cuts = whole.changes().into_iter().chain([whole.operations()]);
    for (turn, cut) in cuts.enumerate() {
        let fs = FaultyFs::new(MemFs::new());
        fs.cut_power_at(cut);
        let mut timeline = Timeline::new();
        let result = run(&fs, &mut timeline);
        assert!(
            result.is_err() || !fs.is_off() || cut + 3 > whole.operations(),
            "a power cut is an error"
        );
        let last = fs.log().last().map(ToString::to_string).unwrap_or_default();
        for (plan, disk) in crashes(&fs, turn, one_in) {
            check(
                &disk,
                &timeline,
                &format!("the power goes off at {last}; {plan}"),
            );
        }
    }
}

#[test]
fn a_power_cut_anywhere_loses_nothing_that_was_acknowledged() {
    at_every_cut(synced, 23, |disk, timeline, what| {
        recover(&FaultyFs::new(disk.fork()), timeline, what);
    });
}

#[test]
fn without_syncs_a_power_cut_leaves_whole_batches_in_order() {
    at_every_cut(unsynced, 23, |disk, timeline, what| {
        recover(&FaultyFs::new(disk.fork()), timeline, what);
    });
}

#[test]
fn what_was_recovered_stays_and_the_database_goes_on() {
    let mut more = Batch::new();
    more.put("left", "after");
    more.put("right", "after");
    at_every_cut(unsynced, 41, |disk, timeline, what| {
        let fs = FaultyFs::new(disk.fork());
        let (engine, commits) = recover(&fs, timeline, what);
        let mut timeline = timeline.clone();
        timeline.rewind(commits);
        let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
        recover(
            &after,
            &timeline,
            &format!("{what}; recovered, then off again"),
        );

        write(&engine, &more, SyncMode::Data, &mut timeline).expect("the power is on");
        flush(&engine).expect("the power is on");
        compact(&fs, &engine).expect("the power is on");
        for plan in [CrashPlan::LoseAll, CrashPlan::KeepAll] {
            let after = FaultyFs::new(fs.crash(&plan));
            let what = format!("{what}; recovered, written, flushed, then {plan}");
            let (_, commits) = recover(&after, &timeline, &what);
            assert_eq!(commits, timeline.commits(), "{what}");
        }
    });
}

/// Cuts the power at every step of recovering this disk.
fn cut_recovery(disk: &MemFs, timeline: &Timeline, what: &str) {
    let whole = FaultyFs::new(disk.fork());
    recover(&whole, timeline, what);
    for cut in whole.changes() {
        let fs = FaultyFs::new(disk.fork());
        fs.cut_power_at(cut);
        if open(&fs).is_ok() {
            continue;
        }
        let last = fs.log().last().map(ToString::to_string).unwrap_or_default();
        for (plan, disk) in crashes(&fs, 0, 7) {
            let what = format!("{what}; while recovering again at {last}; {plan}");
            recover(&FaultyFs::new(disk), timeline, &what);
        }
    }
}

#[test]
fn a_second_power_cut_during_recovery_loses_nothing_either() {
    let mut count = 0;
    at_every_cut(unsynced, 23, |disk, timeline, what| {
        count += 1;
        if count % 41 == 0 {
            cut_recovery(disk, timeline, what);
        }
    });
    assert!(count > 200, "there were {count} disks to choose from");
}

#[test]
fn a_database_that_was_killed_is_there_to_the_last_batch() {
    let fs = FaultyFs::new(MemFs::new());
    let mut timeline = Timeline::new();
    for life in 0..4 {
        let what = format!("the process was killed {life} times, the machine never");
        let (engine, commits) = recover(&fs, &timeline, &what);
        assert_eq!(commits, timeline.commits(), "{what}");
        for batch in batches(5) {
            write(&engine, &batch, SyncMode::None, &mut timeline).expect("it works");
        }
        timeline.acknowledge();
    }
    let what = "killed, opened, then the power went off";
    let (_, commits) = recover(&fs, &timeline, what);
    assert_eq!(commits, timeline.commits());
    let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
    recover(&after, &timeline, what);
}

#[test]
fn opening_and_closing_makes_no_heap_of_files() {
    let fs = FaultyFs::new(MemFs::new());
    let engine = open(&fs).expect("an empty disk");
    synced(&fs, engine, &mut Timeline::new()).expect("it works");
    let tables = table_files(&fs).len();
    for _ in 0..20 {
        open(&fs).expect("it opens").close().expect("it closes");
    }
    assert_eq!(table_files(&fs).len(), tables);
    let files = support::files(&fs, "");
    assert!(
        files.len() <= tables + 6,
        "tables, a lock, CURRENT, a manifest, and two or three segments: {files:?}"
    );
}

/// The kind of an I/O error.
fn io_kind(error: &Error) -> Option<ErrorKind> {
    match error {
        Error::Core(ferrisdb_core::Error::Io { source, .. }) => Some(source.kind()),
        _ => None,
    }
}

/// Whatever went wrong: what can be read now is what was acknowledged, or more; and so it is after
/// opening again, and after a power cut.
fn check_after_fault(fs: &FaultyFs, timeline: &Timeline, what: &str) {
    fs.clear_faults();
    for (plan, disk) in crashes(fs, 0, 13) {
        recover(&FaultyFs::new(disk), timeline, &format!("{what}; {plan}"));
    }
    let (engine, commits) = recover(fs, timeline, what);
    let mut timeline = timeline.clone();
    timeline.rewind(commits);
    let batch = &batches(1)[0];
    write(&engine, batch, SyncMode::Data, &mut timeline).expect("the disk works again");
    let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
    recover(
        &after,
        &timeline,
        &format!("{what}; opened again and written to"),
    );
}

#[test]
fn an_error_at_any_operation_is_reported_and_harmless() {
    let run = |fs: &FaultyFs, timeline: &mut Timeline| {
        let engine = open(fs)?;
        synced(fs, engine, timeline)
    };
    let whole = FaultyFs::new(MemFs::new());
    run(&whole, &mut Timeline::new()).expect("nothing fails");
    let names = whole.log();
    let mut silent = Vec::new();
    for (at, io) in (0..).zip(&names) {
        let fs = FaultyFs::new(MemFs::new());
        let mut timeline = Timeline::new();
        fs.inject(When::Operation(at), Fault::Error(ErrorKind::Other));
        match run(&fs, &mut timeline) {
            Err(error) => assert_eq!(io_kind(&error), Some(ErrorKind::Other), "{io}: {error}"),
            Ok(()) => silent.push(io.to_string()),
        }
        check_after_fault(&fs, &timeline, &io.to_string());
    }
    let harmless = |io: &String| {
        [": remove ", ": open ", ": list "]
            .iter()
            .any(|kind| io.contains(kind))
    };
    silent.retain(|io| !harmless(io));
    assert!(
        silent.is_empty(),
        "nobody heard of a failure of one of these: {silent:#?}"
    );
}

#[test]
fn a_sync_that_gave_bytes_up_is_not_believed_later() {
    let whole = FaultyFs::new(MemFs::new());
    let engine = open(&whole).expect("an empty disk");
    synced(&whole, engine, &mut Timeline::new()).expect("nothing fails");
    let syncs = whole
        .log()
        .into_iter()
        .filter(|io| io.kind == IoKind::SyncData);
    for io in syncs {
        let fs = FaultyFs::new(MemFs::new());
        let mut timeline = Timeline::new();
        fs.inject(When::Operation(io.number), Fault::LoseUnsynced);
        let result = open(&fs).and_then(|engine| {
            let written = synced_until_it_fails(&fs, &engine, &mut timeline);
            if written.is_err() {
                let found = timeline.check(&contents(&engine));
                found.unwrap_or_else(|error| panic!("{io}: reads go on: {error}"));
            }
            written
        });
        result.expect_err("a sync failed");
        check_after_fault(&fs, &timeline, &io.to_string());
    }
}

/// As [`synced`], with an engine that is still there afterwards.
fn synced_until_it_fails(fs: &FaultyFs, engine: &Engine, timeline: &mut Timeline) -> Result<()> {
    for (n, batch) in batches(12).iter().enumerate() {
        write(engine, batch, SyncMode::Data, timeline)?;
        match n {
            4 | 7 => flush(engine)?,
            8 => compact(fs, engine)?,
            11 => engine.sync(SyncMode::Data)?,
            _ => {}
        }
    }
    flush(engine)?;
    Err(Error::ReadOnly)
}

#[test]
fn a_full_disk_stops_writes_and_loses_nothing() {
    let whole = FaultyFs::new(MemFs::new());
    let mut written = 0;
    {
        let engine = open(&whole).expect("an empty disk");
        let mut timeline = Timeline::new();
        let _ = synced_until_it_fails(&whole, &engine, &mut timeline);
        for io in whole.log() {
            written += if io.kind == IoKind::Write { io.size } else { 0 };
        }
    }
    for space in (0..written).step_by(173) {
        let what = format!("space for {space} bytes");
        let fs = FaultyFs::new(MemFs::new());
        fs.set_space(space);
        let mut timeline = Timeline::new();
        if let Ok(engine) = open(&fs) {
            let error = synced_until_it_fails(&fs, &engine, &mut timeline);
            let error = error.expect_err("there is not enough space");
            if !matches!(error, Error::ReadOnly) {
                assert_eq!(
                    io_kind(&error),
                    Some(ErrorKind::StorageFull),
                    "{what}: {error}"
                );
            }
            let found = timeline.check(&contents(&engine));
            found.unwrap_or_else(|error| panic!("{what}: reads go on: {error}"));
        }
        // Opening on a full disk may not work, but does no harm.
        drop(open(&fs));
        check_after_fault(&fs, &timeline, &what);
    }
}

#[test]
fn whatever_goes_wrong_by_chance_what_was_acknowledged_stays() {
    let mut outcomes = [0; 3];
    for seed in 0..60 {
        let mode = [SyncMode::Data, SyncMode::None][usize::from(seed % 2 == 1)];
        let mut timeline = Timeline::new();
        let mut disk = MemFs::new();
        for life in 0..5 {
            let what = format!("seed {seed}, life {life}");
            let fs = FaultyFs::new(disk);
            fs.inject_by_chance(seed * 10 + life, 60);
            let opened = open(&fs).and_then(|engine| Ok((try_contents(&engine, None)?, engine)));
            if let Ok((found, engine)) = opened {
                let found = timeline.check(&found);
                timeline.rewind(found.unwrap_or_else(|error| panic!("{what}: {error}")));
                for (n, batch) in batches(10).iter().enumerate() {
                    if write(&engine, batch, mode, &mut timeline).is_err() {
                        outcomes[0] += 1;
                        break;
                    }
                    outcomes[1] += 1;
                    // None of these may do harm, whether it works or not.
                    match n {
                        3 | 6 => drop(flush(&engine)),
                        8 => drop(compact(&fs, &engine)),
                        _ => {}
                    }
                }
            } else {
                outcomes[2] += 1;
            }
            disk = fs.crash(&CrashPlan::Random(seed + life));
        }
        let (engine, _) = recover(&FaultyFs::new(disk), &timeline, &format!("seed {seed}"));
        assert!(text(&contents(&engine)).len() < 20);
    }
    let enough = outcomes.iter().all(|count| *count > 20);
    assert!(
        enough,
        "writes failed, writes worked, opening failed: {outcomes:?}"
    );
}

#[test]
fn an_error_while_opening_is_reported_and_harmless() {
    let disk = FaultyFs::new(MemFs::new());
    let (engine, _) = open_with(&disk, roomy()).expect("an empty disk");
    for n in 0..30 {
        put(&engine, &format!("k{n:02}"), &"x".repeat(100));
    }
    let expected = contents(&engine);
    engine.sync(SyncMode::Data).expect("it works");
    drop(engine);
    // With smaller memtables there is something to be flushed.
    let whole = FaultyFs::new(disk.disk().fork());
    let (_, recovery) = open_with(&whole, small()).expect("nothing fails");
    assert!(recovery.flushed > 1, "{recovery:?}");
    for (at, io) in (0..).zip(whole.log()) {
        let fs = FaultyFs::new(disk.disk().fork());
        fs.inject(When::Operation(at), Fault::Error(ErrorKind::Other));
        if let Ok((engine, recovery)) = open_with(&fs, small()) {
            let may_fail = [IoKind::Remove, IoKind::Open, IoKind::List].contains(&io.kind);
            assert!(may_fail, "nobody heard that this failed: {io}");
            assert_eq!(engine.frozen(), 0, "{io}: {recovery:?}");
        }
        fs.clear_faults();
        let (engine, _) = open_with(&fs, small()).expect("nothing fails now");
        assert_eq!(contents(&engine), expected, "{io}");
    }
}
