//! The power goes off, at every operation on the disk, and again while the database recovers.

use std::path::Path;

use ferrisdb_core::FileSystem;
use ferrisdb_storage::{Batch, Db, SyncMode};
use ferrisdb_testkit::{CrashPlan, FaultyFs, MemFs, Timeline};

use crate::common::{DIRECTORY, batches, contents, crashes, open, open_with, write_all};

/// What a program does between opening the database and the end; acknowledges what it was
/// promised.
type Program = fn(Db, &mut Timeline) -> ferrisdb_storage::Result<()>;

fn synced_writes(db: Db, timeline: &mut Timeline) -> ferrisdb_storage::Result<()> {
    write_all(&db, &batches(), timeline)?;
    db.close()
}

fn unsynced_writes(db: Db, timeline: &mut Timeline) -> ferrisdb_storage::Result<()> {
    for (index, batch) in batches().iter().enumerate() {
        timeline.commit(batch);
        db.write(batch)?;
        if index % 4 == 3 {
            db.sync()?;
            timeline.acknowledge();
        }
    }
    db.close()?;
    timeline.acknowledge();
    Ok(())
}

/// Runs the program with the power cut at each operation and after the last, or at one in so many
/// of them, and calls `check` with every disk that can be left, the timeline, and what happened
/// in words.
fn at_cuts(
    one_in: usize,
    mode: SyncMode,
    program: Program,
    mut check: impl FnMut(&MemFs, &Timeline, &str),
) {
    let whole = FaultyFs::new(MemFs::new());
    let db = open_with(&whole, mode).expect("an empty disk");
    program(db, &mut Timeline::new()).expect("the power stays on");
    let cuts = whole.changes().into_iter().chain([whole.operations()]);
    for cut in cuts.step_by(one_in) {
        let fs = FaultyFs::new(MemFs::new());
        fs.cut_power_at(cut);
        let mut timeline = Timeline::new();
        let result = open_with(&fs, mode).and_then(|db| program(db, &mut timeline));
        assert_eq!(result.is_err(), fs.is_off(), "a power cut is an error");
        let last = fs.log().last().map(ToString::to_string).unwrap_or_default();
        for (plan, disk) in crashes(&fs, 2) {
            check(
                &disk,
                &timeline,
                &format!("the power goes off at {last}; {plan}"),
            );
        }
    }
}

/// Opens a disk, checks that the database is one that may be there, and returns it with how
/// many commits it holds.
fn recover(fs: &FaultyFs, timeline: &Timeline, what: &str) -> (Db, usize) {
    let db = open(fs).unwrap_or_else(|error| panic!("{what}: it does not open: {error}"));
    let found = timeline.check(&contents(&db));
    let commits = found.unwrap_or_else(|error| panic!("{what}: {error}"));
    (db, commits)
}

#[test]
fn a_power_cut_anywhere_loses_nothing_that_was_acknowledged() {
    at_cuts(1, SyncMode::Data, synced_writes, |disk, timeline, what| {
        recover(&FaultyFs::new(disk.fork()), timeline, what);
    });
}

#[test]
fn without_syncs_a_power_cut_leaves_whole_batches_in_order() {
    at_cuts(
        2,
        SyncMode::None,
        unsynced_writes,
        |disk, timeline, what| {
            recover(&FaultyFs::new(disk.fork()), timeline, what);
        },
    );
}

#[test]
fn what_was_recovered_stays_and_more_can_be_written() {
    let mut more = Batch::new();
    more.put("left", "after");
    more.put("right", "after");
    at_cuts(
        5,
        SyncMode::None,
        unsynced_writes,
        |disk, timeline, what| {
            let fs = FaultyFs::new(disk.fork());
            let (db, commits) = recover(&fs, timeline, what);
            let mut timeline = timeline.clone();
            timeline.rewind(commits);
            let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
            recover(
                &after,
                &timeline,
                &format!("{what}; recovered, then off again"),
            );

            timeline.commit(&more);
            db.write(&more).expect("the power is on");
            timeline.acknowledge();
            for plan in [CrashPlan::LoseAll, CrashPlan::KeepAll] {
                let after = FaultyFs::new(fs.crash(&plan));
                recover(
                    &after,
                    &timeline,
                    &format!("{what}; recovered, written, then {plan}"),
                );
            }
        },
    );
}

/// Cuts the power at every step of recovering this disk.
fn cut_recovery(disk: &MemFs, timeline: &Timeline, what: &str) {
    let whole = FaultyFs::new(disk.fork());
    recover(&whole, timeline, what);
    for cut in whole.changes() {
        let fs = FaultyFs::new(disk.fork());
        fs.cut_power_at(cut);
        // Or just after that, while it compacts what it found.
        drop(open(&fs));
        assert!(fs.is_off(), "{what}: the power goes off while it opens");
        let last = fs.log().last().map(ToString::to_string).unwrap_or_default();
        for (plan, disk) in crashes(&fs, 2) {
            let what = format!("{what}; while recovering again at {last}; {plan}");
            recover(&FaultyFs::new(disk), timeline, &what);
        }
    }
}

#[test]
fn a_second_power_cut_during_recovery_loses_nothing_either() {
    let mut count = 0;
    at_cuts(
        5,
        SyncMode::None,
        unsynced_writes,
        |disk, timeline, what| {
            // Most neighbouring cuts recover alike; one in two hundred in all is enough for a test that is run
            // often.
            count += 1;
            if count % 40 == 0 {
                cut_recovery(disk, timeline, what);
            }
        },
    );
}

#[test]
fn recovery_after_a_kill_makes_durable_what_it_shows() {
    let fs = FaultyFs::new(MemFs::new());
    let mut timeline = Timeline::new();
    let db = open_with(&fs, SyncMode::None).expect("an empty disk");
    write_all(&db, &batches(), &mut timeline).expect("the power is on");
    drop(db);
    let what = "the process was killed, the machine was not";
    let (db, commits) = recover(&fs, &timeline, what);
    assert_eq!(commits, timeline.commits(), "{what}");
    drop(db);
    let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
    recover(&after, &timeline, "killed, opened, then the power went off");
}

#[test]
fn opening_and_closing_grows_no_heap_of_files() {
    let fs = FaultyFs::new(MemFs::new());
    for _ in 0..20 {
        open(&fs).expect("it opens").close().expect("it closes");
    }
    let files = fs.list(Path::new(DIRECTORY)).expect("it is there");
    assert!(
        files.len() <= 6,
        "CURRENT, LOCK, OPTIONS, a manifest, a segment or two: {files:?}"
    );
}
