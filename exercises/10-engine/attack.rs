//! Tries to break your engine: cuts the power at every step and again while it recovers, lets every
//! operation fail and every sync lie, flips bits in all of its files, plays random histories
//! against a model, and lets threads write, read, flush and compact at once.
//!
//! Says what it tried, and the first wrong answer in words. Exit status 0 if the engine survived.

use std::any::Any;
use std::io::ErrorKind;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ferrisdb_core::{Batch, Random, SeededRandom};
use ferrisdb_engine::{Engine, Result, Snapshot};
use ferrisdb_testkit::{CrashPlan, Fault, FaultyFs, IoKind, MemFs, Model, Pairs, Timeline, When};
use ferrisdb_wal::SyncMode;

use support::{
    batches, compact, contents, crashes, flush, open, recover, text, try_contents, walk,
};

#[path = "tests/support/mod.rs"]
mod support;

/// One kind of attack: counts its tries, and panics with the first wrong answer.
type Attack = fn(&mut u64);

const ATTACKS: [(&str, Attack); 7] = [
    ("the power goes off", power_cuts),
    ("the power goes off again while it is opened", second_cuts),
    ("an operation fails", faults),
    (
        "a sync fails, gives up its bytes, and succeeds the next time",
        lies,
    ),
    ("a bit of a file is flipped", flips),
    ("a random history is compared with a model", histories),
    ("threads write, read, flush and compact at once", threads),
];

fn main() -> ExitCode {
    // A panic is a wrong answer; its message is printed below.
    panic::set_hook(Box::new(|_| ()));
    let mut survived = true;
    for (what, attack) in ATTACKS {
        let mut tries = 0;
        match panic::catch_unwind(AssertUnwindSafe(|| attack(&mut tries))) {
            Ok(()) => println!("survived {tries:6} × {what}"),
            Err(panic) => {
                println!("BROKEN after {tries} × {what}:\n    {}", message(&*panic));
                survived = false;
            }
        }
    }
    if survived {
        println!("Your engine kept every promise.");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".into())
}

/// Writes with syncs and without, flushes, compacts and opens again.
fn life(fs: &FaultyFs, timeline: &mut Timeline) -> Result<()> {
    let mut engine = open(fs)?;
    for (n, batch) in batches(14).iter().enumerate() {
        let mode = [SyncMode::Data, SyncMode::None][usize::from(n % 3 == 1)];
        timeline.commit(batch);
        let committed = engine.commit(batch, mode)?;
        if mode == SyncMode::Data {
            timeline.acknowledge();
        }
        if committed.switched {
            engine.flush_step()?;
        }
        match n {
            4 | 8 => flush(&engine)?,
            9 => compact(fs, &engine)?,
            11 => {
                engine.close()?;
                timeline.acknowledge();
                engine = open(fs)?;
            }
            _ => {}
        }
    }
    engine.close()?;
    timeline.acknowledge();
    Ok(())
}

/// A life in which nothing goes wrong.
fn whole() -> (FaultyFs, Timeline) {
    let (fs, mut timeline) = (FaultyFs::new(MemFs::new()), Timeline::new());
    let lived = life(&fs, &mut timeline);
    lived.unwrap_or_else(|error| panic!("nothing goes wrong, and yet: {error}"));
    (fs, timeline)
}

/// Lives with the power cut at every operation, and one in `one_in` of the disks that it can leave.
fn at_every_cut(one_in: usize, mut check: impl FnMut(&MemFs, &Timeline, &str)) {
    for (turn, cut) in whole().0.changes().into_iter().enumerate() {
        let (fs, mut timeline) = (FaultyFs::new(MemFs::new()), Timeline::new());
        fs.cut_power_at(cut);
        // It fails, since the power goes.
        let _ = life(&fs, &mut timeline);
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

fn power_cuts(tries: &mut u64) {
    at_every_cut(4, |disk, timeline, what| {
        *tries += 1;
        recover(&FaultyFs::new(disk.fork()), timeline, what);
    });
}

fn second_cuts(tries: &mut u64) {
    at_every_cut(151, |disk, timeline, what| {
        let whole = FaultyFs::new(disk.fork());
        recover(&whole, timeline, what);
        for cut in whole.changes() {
            let fs = FaultyFs::new(disk.fork());
            fs.cut_power_at(cut);
            if open(&fs).is_ok() {
                continue;
            }
            let last = fs.log().last().map(ToString::to_string).unwrap_or_default();
            for plan in [CrashPlan::LoseAll, CrashPlan::Random(cut)] {
                *tries += 1;
                let what = format!("{what}; again at {last}; {plan}");
                recover(&FaultyFs::new(fs.crash(&plan)), timeline, &what);
            }
        }
    });
}

/// A life with one fault; then what is there is looked at, before and after a power cut.
fn with_fault(when: When, fault: Fault, what: &str) {
    let (fs, mut timeline) = (FaultyFs::new(MemFs::new()), Timeline::new());
    fs.inject(when, fault);
    // It may fail, or get over it.
    let _ = life(&fs, &mut timeline);
    fs.clear_faults();
    let after = FaultyFs::new(fs.crash(&CrashPlan::LoseAll));
    recover(
        &after,
        &timeline,
        &format!("{what}, and then the power goes off"),
    );
    recover(&fs, &timeline, what);
}

fn faults(tries: &mut u64) {
    for io in whole().0.log() {
        for kind in [ErrorKind::Other, ErrorKind::StorageFull] {
            *tries += 1;
            with_fault(
                When::Operation(io.number),
                Fault::Error(kind),
                &format!("{io} fails"),
            );
        }
    }
}

fn lies(tries: &mut u64) {
    let log = whole().0.log().into_iter();
    for io in log.filter(|io| matches!(io.kind, IoKind::Sync | IoKind::SyncData)) {
        *tries += 1;
        with_fault(
            When::Operation(io.number),
            Fault::LoseUnsynced,
            &format!("{io} lies"),
        );
    }
}

/// Rot may be reported, or look like the end of the log; it never makes a state that was not.
fn flips(tries: &mut u64) {
    let (fs, acknowledged) = whole();
    let mut timeline = Timeline::new();
    for batch in batches(14) {
        timeline.commit(&batch);
    }
    assert_eq!(timeline.commits(), acknowledged.commits());
    for path in fs.disk().files() {
        let size = fs.disk().read(&path).map_or(0, |bytes| bytes.len() as u64);
        for offset in (0..size).step_by(3) {
            *tries += 1;
            let disk = fs.disk().fork();
            let bit = u8::try_from(offset % 8).unwrap_or(0);
            let what = format!("bit {bit} of byte {offset} of {}", path.display());
            disk.flip_bit(&path, offset, bit)
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            let opened = open(&FaultyFs::new(disk));
            if let Ok(found) = opened.and_then(|engine| try_contents(&engine, None)) {
                let found = timeline.check(&found);
                found.unwrap_or_else(|error| panic!("{what}: {error}"));
            }
        }
    }
}

fn histories(tries: &mut u64) {
    for seed in 0..150 {
        *tries += 1;
        let mut random = SeededRandom::new(seed);
        let fs = FaultyFs::new(MemFs::new());
        let mut engine = open(&fs).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let mut model = Model::new();
        let mut snapshots: Vec<(Snapshot, Model)> = Vec::new();
        for step in 0..80 {
            let what = format!("seed {seed}, step {step}");
            let done = act(&mut random, &fs, &mut engine, &mut model, &mut snapshots);
            done.unwrap_or_else(|error| panic!("{what}: {error}"));
            compare(&engine, &model, &snapshots, &what);
        }
    }
}

/// One random thing that a program can do.
fn act(
    random: &mut SeededRandom,
    fs: &FaultyFs,
    engine: &mut Engine,
    model: &mut Model,
    snapshots: &mut Vec<(Snapshot, Model)>,
) -> Result<()> {
    match random.below(20) {
        0 => flush(engine)?,
        1 => compact(fs, engine)?,
        2 => drop(engine.freeze()?),
        3 => drop(engine.flush_step()?),
        4 if snapshots.len() < 3 => snapshots.push((engine.snapshot(), model.clone())),
        5 if !snapshots.is_empty() => drop(snapshots.remove(0)),
        6 => {
            // Nobody but the engine may have the directory.
            snapshots.clear();
            let old = std::mem::replace(engine, open(&FaultyFs::new(MemFs::new()))?);
            old.close()?;
            *engine = open(fs)?;
        }
        _ => {
            let mut batch = Batch::new();
            for _ in 0..=random.below(3) {
                let key = format!("k{}", random.below(12));
                match random.below(3) {
                    0 => batch.delete(&key),
                    _ => batch.put(
                        &key,
                        "v".repeat(usize::try_from(random.below(60)).unwrap_or(0)),
                    ),
                }
            }
            model.write(&batch);
            engine.commit(&batch, SyncMode::None)?;
        }
    }
    Ok(())
}

fn compare(engine: &Engine, model: &Model, snapshots: &[(Snapshot, Model)], what: &str) {
    let same = |found: &Pairs, model: &Model, what: &str| {
        let (yours, expected) = (text(found), text(&model.contents()));
        assert!(
            yours == expected,
            "{what}: yours is {yours:?}, expected is {expected:?}"
        );
    };
    same(&contents(engine), model, what);
    for (snapshot, model) in snapshots {
        let found = walk(&mut snapshot.cursor());
        let found = found.unwrap_or_else(|error| panic!("{what}: {error}"));
        let at = snapshot.timestamp().0;
        same(&found, model, &format!("{what}, a snapshot of @{at}"));
    }
}

/// Two keys that only ever change together, and a counter a thread.
fn threads(tries: &mut u64) {
    const WRITERS: u8 = 4;
    const WRITES: u64 = 150;
    let fs = FaultyFs::new(MemFs::new());
    let engine = open(&fs).unwrap_or_else(|error| panic!("an empty disk: {error}"));
    let is_over = AtomicBool::new(false);
    let pair = |engine: &Engine| -> Result<()> {
        let snapshot = engine.snapshot();
        let (left, right) = (snapshot.get("left")?, snapshot.get("right")?);
        assert!(
            left == right,
            "left is {left:?} and right is {right:?}, and they are only ever written together"
        );
        Ok(())
    };
    thread::scope(|scope| {
        let (engine, is_over, fs) = (&engine, &is_over, &fs);
        let until_over = move |act: &dyn Fn() -> Result<()>| {
            while !is_over.load(Ordering::Relaxed) {
                act().unwrap_or_else(|error| panic!("beside the writers: {error}"));
                thread::yield_now();
            }
        };
        scope.spawn(move || until_over(&|| flush(engine).and_then(|()| compact(fs, engine))));
        scope.spawn(move || until_over(&|| pair(engine)));
        let writer = |number: u8| {
            for n in 0..WRITES {
                let mut batch = Batch::new();
                batch.put("left", [number]);
                batch.put("right", [number]);
                batch.put([b'w', number], n.to_le_bytes());
                let written = engine.commit(&batch, SyncMode::None);
                written.unwrap_or_else(|error| panic!("writer {number}: {error}"));
                let found = engine.get([b'w', number], None);
                let found = found.unwrap_or_else(|error| panic!("writer {number}: {error}"));
                let own = Some(n.to_le_bytes().to_vec());
                assert!(found == own, "a writer wrote {own:?} and reads {found:?}");
            }
        };
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| scope.spawn(move || writer(number)))
            .collect();
        let outcomes: Vec<_> = writers
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        is_over.store(true, Ordering::Relaxed);
        for outcome in outcomes {
            outcome.unwrap_or_else(|panic| panic::resume_unwind(panic));
        }
    });
    *tries += u64::from(WRITERS) * WRITES;
}
