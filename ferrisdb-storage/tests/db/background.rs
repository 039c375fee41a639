//! What happens beside reads and writes, and how far writers have to wait for it.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak, mpsc};
use std::thread;
use std::time::Duration;

use ferrisdb_core::{Background, Clock, Job};
use ferrisdb_storage::compaction::{Levelled, Strategy};
use ferrisdb_storage::{Db, Environment, Options, SyncMode};
use ferrisdb_testkit::{
    AtOnce, CrashPlan, Fault, FaultyFs, Io, IoKind, ManualClock, MemFs, Steps, When,
};

use crate::common::{DIRECTORY, contents, open_disk, open_with, options};

/// Runs each job on a thread of its own, which the database does not know.
#[derive(Debug)]
struct Elsewhere;

impl Background for Elsewhere {
    fn run(&self, job: Job) {
        thread::spawn(job);
    }
}

/// Drops jobs as long as it is told to, and then runs them at once.
#[derive(Debug)]
struct Lazy(AtomicBool);

impl Background for Lazy {
    fn run(&self, job: Job) {
        if !self.0.load(Ordering::Relaxed) {
            job();
        }
    }
}

/// A clock that calls something before it sleeps.
struct Alarm<F>(ManualClock, F);

impl<F: Fn() + Send + Sync> Clock for Alarm<F> {
    fn unix_us(&self) -> u64 {
        self.0.unix_us()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, time: Duration) {
        (self.1)();
        self.0.sleep(time);
    }
}

impl<F> std::fmt::Debug for Alarm<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Alarm")
    }
}

/// An environment in which something is called before anybody sleeps.
fn before_sleep(fs: &FaultyFs, call: impl Fn() + Send + Sync + 'static) -> Environment {
    Environment {
        fs: Arc::new(fs.clone()),
        clock: Arc::new(Alarm(ManualClock::new(0), call)),
    }
}

/// Writes until so many memtables wait.
fn fill(db: &Db, memtables: usize) {
    for n in 0_u32.. {
        if db.metrics().memtables_waiting >= memtables {
            return;
        }
        db.put(n.to_be_bytes(), [7; 30]).expect("writes work");
    }
}

fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "sst")
}

/// How many tables the disk has.
fn table_files(fs: &FaultyFs) -> usize {
    let files = fs.disk().files();
    files.iter().filter(|path| is_table(path)).count()
}

#[test]
fn closing_waits_for_a_job_that_runs_elsewhere() {
    let fs = FaultyFs::new(MemFs::new());
    let (sleeps, until_sleeps) = mpsc::channel();
    // The job waits for its rate, and while it does so it holds on to the database.
    let environment = before_sleep(&fs, move || {
        let _ = sleeps.send(());
        thread::sleep(Duration::from_millis(30));
    });
    let options = options(&fs, SyncMode::None)
        .environment(environment)
        .background_bytes_per_second(1000)
        .background(Arc::new(Elsewhere));
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    fill(&db, 1);
    until_sleeps.recv().expect("the job has something to do");
    db.put("last", "1").expect("writes work");
    let expected = contents(&db);
    db.close().expect("closing works");
    let after = open_disk(&fs.crash(&CrashPlan::LoseAll)).expect("it was closed");
    assert_eq!(
        contents(&after),
        expected,
        "closing makes all of it durable"
    );
    assert_eq!(after.recovery().torn_tail, None, "it ended in good order");
    open_with(&fs, SyncMode::None).expect("nobody has it open any more");
}

#[test]
fn closing_does_not_wait_for_a_rate() {
    let fs = FaultyFs::new(MemFs::new());
    let (sleeps, until_sleeps) = mpsc::channel();
    let slept = Arc::new(Mutex::new(0));
    let count = Arc::clone(&slept);
    let environment = before_sleep(&fs, move || {
        *count.lock().expect("nobody panics") += 1;
        let _ = sleeps.send(());
        thread::sleep(Duration::from_millis(1));
    });
    let options = options(&fs, SyncMode::None)
        .environment(environment)
        .background_bytes_per_second(1)
        .background(Arc::new(Elsewhere));
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    fill(&db, 1);
    until_sleeps.recv().expect("the job has something to do");
    db.close().expect("closing works");
    let slept = *slept.lock().expect("nobody panics");
    assert!(slept < 1000, "a table at a byte a second takes minutes");
}

#[test]
fn what_closing_writes_out_waits_for_no_rate() {
    let fs = FaultyFs::new(MemFs::new());
    let slept = Arc::new(AtomicBool::new(false));
    let notes = Arc::clone(&slept);
    let environment = before_sleep(&fs, move || notes.store(true, Ordering::Relaxed));
    let options = options(&fs, SyncMode::None)
        .environment(environment)
        .memtable_size(1 << 20)
        .background_bytes_per_second(1)
        .background(Arc::new(Steps::new()));
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    db.put("key", vec![7; 300 << 10]).expect("writes work");
    db.close().expect("closing works");
    assert_eq!(table_files(&fs), 1, "it was too much to be replayed");
    assert!(!slept.load(Ordering::Relaxed), "a byte a second");
}

/// Drops all jobs, and writes when the first of them comes.
#[derive(Debug, Default)]
struct Writes(OnceLock<Weak<Db>>, AtomicBool);

impl Background for Writes {
    fn run(&self, job: Job) {
        drop(job);
        let db = self.0.get().and_then(Weak::upgrade);
        if let Some(db) = db
            && !self.1.swap(true, Ordering::Relaxed)
        {
            fill(&db, 3);
        }
    }
}

#[test]
fn a_flush_does_not_run_after_those_who_write_meanwhile() {
    let fs = FaultyFs::new(MemFs::new());
    let writes = Arc::new(Writes::default());
    let options = options(&fs, SyncMode::None)
        .memtables_max(100)
        .background(writes.clone());
    let db = Arc::new(Db::open_with(DIRECTORY, options).expect("an empty disk"));
    db.put("key", "1").expect("writes work");
    let weak = Arc::downgrade(&db);
    writes.0.set(weak).expect("it is told once");
    db.flush().expect("flushes work");
    let metrics = db.metrics();
    assert_eq!(metrics.memtables_waiting, 3, "they came meanwhile");
    assert_eq!(metrics.flushes, 1, "what was there when it was called");
}

#[test]
fn what_a_flush_causes_does_not_wait_for_its_rate() {
    let fs = FaultyFs::new(MemFs::new());
    let steps = Arc::new(Steps::new());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (waiting, found) = (Arc::clone(&steps), Arc::clone(&seen));
    let environment = before_sleep(&fs, move || {
        let jobs = waiting.waiting();
        found.lock().expect("nobody panics").push(jobs);
    });
    let options = options(&fs, SyncMode::None)
        .environment(environment)
        .background_bytes_per_second(1000)
        .background(steps.clone());
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    steps.run_all();
    db.put("key", [7; 100]).expect("writes work");
    db.flush().expect("flushes work");
    let seen = seen.lock().expect("nobody panics");
    let all_saw_it = !seen.is_empty() && seen.iter().all(|jobs| *jobs == 1);
    assert!(all_saw_it, "a compaction was scheduled before: {seen:?}");
    let metrics = db.metrics();
    assert_eq!(metrics.flushed_bytes, metrics.table_bytes);
}

#[test]
fn a_job_that_is_dropped_is_not_waited_for() {
    let fs = FaultyFs::new(MemFs::new());
    let lazy = Arc::new(Lazy(AtomicBool::new(true)));
    let options = options(&fs, SyncMode::None)
        .memtables_max(10)
        .background(lazy.clone());
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    fill(&db, 1);
    assert_eq!(db.metrics().flushes, 0, "the job was dropped");
    lazy.0.store(false, Ordering::Relaxed);
    for n in 0..200_u8 {
        db.put([n], [n; 30]).expect("writes work");
    }
    let metrics = db.metrics();
    assert!(metrics.flushes > 5, "the next was not: {metrics:?}");
    assert!(metrics.compactions > 0, "nor of the other kind");
}

#[test]
fn a_writer_that_waited_for_another_does_not_do_the_work_again() {
    let fs = FaultyFs::new(MemFs::new());
    let (sleeps, until_sleeps) = mpsc::channel();
    // Nobody runs at first, so that tables pile up; then compactions wait for their rate.
    let is_slow = Arc::new(AtomicBool::new(false));
    let slow = Arc::clone(&is_slow);
    let environment = before_sleep(&fs, move || {
        if slow.load(Ordering::Relaxed) {
            let _ = sleeps.send(());
            thread::sleep(Duration::from_millis(100));
        }
    });
    let levelled = Levelled::default()
        .level_zero_tables(1)
        .base_size(1)
        .table_size(1 << 20);
    let options = options(&fs, SyncMode::None)
        .environment(environment)
        .compaction(Strategy::Levelled(levelled))
        .level_zero_limits(4, 5)
        .background_bytes_per_second(1_000_000)
        .background(Arc::new(Steps::new()));
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    // The last level is so full that what comes to the others has to go on.
    db.put("key", vec![7; 70_000]).expect("writes work");
    db.compact_all().expect("compactions work");
    let before = db.metrics().compactions;
    while db.metrics().levels[0].0 < 5 {
        // Large enough for the rate to be looked at.
        db.put("key", vec![7; 70_000]).expect("writes work");
        db.flush().expect("flushes work");
    }
    is_slow.store(true, Ordering::Relaxed);
    thread::scope(|scope| {
        scope.spawn(|| db.put("a", "1").expect("writes work"));
        let wait = until_sleeps.recv_timeout(Duration::from_secs(10));
        wait.expect("it compacts");
        scope.spawn(|| db.put("b", "1").expect("writes work"));
    });
    let metrics = db.metrics();
    assert_eq!(metrics.compactions, before + 1, "{metrics:?}");
}

#[test]
fn a_failed_call_leaves_no_writer_waiting_for_what_it_has_done() {
    let fs = FaultyFs::new(MemFs::new());
    let options = options(&fs, SyncMode::None).background(Arc::new(Steps::new()));
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    fill(&db, 2);
    assert_eq!(db.metrics().write_delay, None, "the next write has to wait");
    fs.inject(When::Next(IoKind::Link), Fault::Error(ErrorKind::Other));
    db.checkpoint("/copy").expect_err("its disk has failed");
    let metrics = db.metrics();
    assert_eq!((metrics.memtables_waiting, metrics.stalls), (0, 0));
    assert_eq!(metrics.write_delay, Some(Duration::ZERO), "no more");
    assert_eq!(metrics.flushes, 3, "a checkpoint flushes");
}

#[test]
fn a_checkpoint_has_its_tables_compacted() {
    let fs = FaultyFs::new(MemFs::new());
    let steps = Arc::new(Steps::new());
    let options = options(&fs, SyncMode::None).background(steps.clone());
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    steps.run_all();
    for n in 0..3 {
        db.put("key", "1").expect("writes work");
        db.checkpoint(format!("/copy/{n}"))
            .expect("the directory is new");
    }
    assert_eq!(steps.run_all(), 1, "one job");
    let metrics = db.metrics();
    assert_eq!((metrics.levels[0].0, metrics.compactions), (0, 1));
}

#[test]
fn a_table_that_cannot_be_removed_does_no_harm() {
    let compacted = |fs: &FaultyFs| {
        let db = open_with(fs, SyncMode::None).expect("an empty disk");
        for n in 0..40_u8 {
            db.put([n], [n; 30]).expect("writes work");
        }
        db.compact_all().expect("what was merged counts");
        db
    };
    let whole = FaultyFs::new(MemFs::new());
    drop(compacted(&whole));
    let is_removal = |io: &&Io| io.kind == IoKind::Remove && is_table(&io.path);
    let removals = whole.log();
    let last = removals.iter().rfind(is_removal).expect("there are inputs");

    let fs = FaultyFs::new(MemFs::new());
    let fails = When::Operation(last.number);
    fs.inject(fails, Fault::Error(ErrorKind::Other));
    let db = compacted(&fs);
    assert_eq!(table_files(&fs), db.metrics().tables + 1, "it is left");
    db.put("more", "1").expect("writes go on");
    db.flush().expect("flushes work");
    assert_eq!(table_files(&fs), db.metrics().tables, "tried again");
}

#[test]
fn files_go_with_the_last_cursor_that_needs_them() {
    let fs = FaultyFs::new(MemFs::new());
    let options: Options = options(&fs, SyncMode::None).background(Arc::new(AtOnce));
    let db = Db::open_with(DIRECTORY, options).expect("an empty disk");
    for n in 0..40_u8 {
        db.put([n], [n; 30]).expect("writes work");
    }
    let scan = db.scan_all();
    let cursor = db.snapshot().cursor();
    db.compact_all().expect("compactions work");
    assert!(table_files(&fs) > db.metrics().tables, "they are needed");
    drop(scan);
    assert!(table_files(&fs) > db.metrics().tables, "they are needed");
    drop(cursor);
    assert_eq!(table_files(&fs), db.metrics().tables);
}
