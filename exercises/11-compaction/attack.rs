//! Tries to break your compaction: random days with snapshots under every strategy, jobs that run
//! side by side, a power cut and a fault at every step of a job.
//!
//! Says what it tried, and the first wrong answer in words. Exit status 0 if it survived.

use std::io::ErrorKind;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use ferrisdb_compaction::simulate::Simulation;
use ferrisdb_compaction::{Job, Levelled, Running, SizeTiered, Strategy, pick};
use ferrisdb_core::{Operation, Random, SeededRandom};
use ferrisdb_sstable::TableFile;
use ferrisdb_testkit::{Fault, FaultyFs, IoKind, MemFs, When};

use support::disk::{Disk, directory};
use support::{levels, words};

#[path = "tests/support/mod.rs"]
mod support;

/// One kind of attack: counts its tries, and returns the first wrong answer.
type Attack = fn(&mut u64) -> Result<(), String>;

/// More jobs than this after one flush, and they will never end.
const JOBS_MAX: usize = 100;

fn main() -> ExitCode {
    let attacks: [(&str, Attack); 5] = [
        ("a job is done on a random day", days),
        ("two jobs run side by side", side_by_side),
        ("the power goes off while a job runs", power_cuts),
        ("an operation fails while a job runs", faults),
        ("a simulated day is read from end to end", simulations),
    ];
    // A panic is a wrong answer like any other; its message is printed below.
    panic::set_hook(Box::new(|_| ()));
    let mut survived = true;
    for (what, attack) in attacks {
        let mut tries = 0;
        match panic::catch_unwind(AssertUnwindSafe(|| attack(&mut tries))) {
            Ok(Ok(())) => println!("survived {tries:6} × {what}"),
            Ok(Err(reason)) => {
                println!("BROKEN after {tries} × {what}:\n    {reason}");
                survived = false;
            }
            Err(panic) => {
                let message = panic_message(&*panic);
                println!("PANIC after {tries} × {what}:\n    {message}");
                survived = false;
            }
        }
    }
    if survived {
        println!("Your compaction kept every promise.");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".into())
}

/// Strategies so impatient that a few small tables keep them busy.
fn strategies() -> [Strategy; 4] {
    let levelled = Levelled::default()
        .base_size(1_500)
        .factor(2)
        .table_size(40);
    let tiered = SizeTiered::default().runs(3).table_size(40);
    [
        Strategy::Levelled(levelled.clone().level_zero_tables(2)),
        Strategy::Levelled(levelled.level_zero_tables(4).table_size(1)),
        Strategy::SizeTiered(tiered.clone().space_amplification_percent(1_000)),
        Strategy::SizeTiered(tiered),
    ]
}

/// A random day, table by table.
struct Day {
    disk: Disk,
    random: SeededRandom,
    strategy: Strategy,
    /// The time as of which somebody reads, if anybody does.
    snapshot: Option<u64>,
}

impl Day {
    fn new(strategy: Strategy, seed: u64) -> Self {
        Self {
            disk: Disk::new(MemFs::new()),
            random: SeededRandom::new(seed),
            strategy,
            snapshot: None,
        }
    }

    /// Writes a table of level 0 with one to six keys; a third of the writes are deletes. Now and
    /// then a snapshot is taken or dropped. Some tables are large, so that they are no match for
    /// the others.
    fn flush(&mut self) {
        let first = self.random.below(8);
        let reach = 1 + self.random.below(6);
        let writes: Vec<_> = (first..first + reach)
            .map(|n| {
                (
                    ["a", "b", "c", "d", "e", "f", "g", "h"][usize::try_from(n % 8).unwrap_or(0)],
                    self.random.below(3),
                )
            })
            .collect();
        let repeat = match self.random.below(5) {
            0 => 1_000,
            1 => 100,
            _ => 1,
        };
        let text = format!("behind @{:<4} ", self.disk.last_timestamp).repeat(repeat);
        let value = |n| (n > 0).then_some(&*text);
        let writes: Vec<_> = writes.into_iter().map(|(key, n)| (key, value(n))).collect();
        self.disk.flush(&writes);
        match self.random.below(6) {
            0 => self.snapshot = Some(self.disk.last_timestamp),
            1 => self.snapshot = None,
            _ => {}
        }
    }

    fn watermark(&self) -> u64 {
        self.snapshot.unwrap_or(self.disk.last_timestamp)
    }

    fn pick(&self, running: &Running) -> Option<Job> {
        pick(&self.disk.version, &self.strategy, running)
    }

    /// Whoever reads as of the watermark, or now, finds what was written.
    fn check(&self, story: &str) {
        self.disk
            .check([self.watermark(), self.disk.last_timestamp], story);
    }
}

fn days(tries: &mut u64) -> Result<(), String> {
    for strategy in strategies() {
        for seed in 0..2 {
            let mut day = Day::new(strategy.clone(), seed);
            for _ in 0..30 {
                day.flush();
                let mut jobs = 0;
                while let Some(job) = day.pick(&Running::new()) {
                    *tries += 1;
                    jobs += 1;
                    if jobs > JOBS_MAX {
                        return Err(endless(&day, &job));
                    }
                    let story = format!("the job {} was done", words(Some(&job)));
                    day.disk.compact(&job, day.watermark());
                    day.check(&story);
                }
            }
        }
    }
    Ok(())
}

fn endless(day: &Day, job: &Job) -> String {
    format!(
        "After {JOBS_MAX} jobs there is still one to do: {}. The levels are\n{}",
        words(Some(job)),
        levels(&day.disk.version)
    )
}

fn side_by_side(tries: &mut u64) -> Result<(), String> {
    for strategy in strategies() {
        for seed in 0..6 {
            let mut day = Day::new(strategy.clone(), seed + 100);
            for _ in 0..30 {
                day.flush();
                let mut running = Running::new();
                let Some(first) = day.pick(&running) else {
                    continue;
                };
                running.begin(&first);
                let Some(second) = day.pick(&running) else {
                    // Every second job is left undone, so that work collects.
                    if day.random.below(2) == 0 {
                        day.disk.compact(&first, day.watermark());
                    }
                    continue;
                };
                *tries += 1;
                let story = format!(
                    "the jobs {} and {} ran side by side",
                    words(Some(&first)),
                    words(Some(&second))
                );
                let outcomes = [&first, &second].map(|job| day.disk.run(job, day.watermark()));
                for outcome in outcomes.into_iter().rev() {
                    let outcome =
                        outcome.map_err(|stop| format!("{story}; one failed: {stop:?}"))?;
                    day.disk.commit(&outcome.edit);
                }
                day.check(&story);
            }
        }
    }
    Ok(())
}

/// A database on this disk with a job to do.
fn with_a_job(fs: &FaultyFs) -> Result<(Disk, Job), String> {
    let mut disk = Disk::new(fs.clone());
    disk.add(6, &[("a", Some("1")), ("c", Some("1")), ("e", Some("1"))]);
    disk.add(0, &[("a", Some("2")), ("b", Some("2")), ("c", None)]);
    disk.add(0, &[("b", None), ("d", Some("3")), ("f", Some("3"))]);
    let [strategy, ..] = strategies();
    let job = pick(&disk.version, &strategy, &Running::new());
    let job = job.ok_or("level 0 has its two tables, and nothing is picked")?;
    if job.tables().count() != 3 {
        return Err(format!(
            "three tables overlap, and the job is {}",
            words(Some(&job))
        ));
    }
    Ok((disk, job))
}

fn power_cuts(tries: &mut u64) -> Result<(), String> {
    let whole = FaultyFs::new(MemFs::new());
    let (mut disk, job) = with_a_job(&whole)?;
    let before = whole.operations();
    let outcome = disk.run(&job, disk.last_timestamp);
    let outcome = outcome.map_err(|stop| format!("the job failed: {stop:?}"))?;
    let mut needed = job.numbers();
    let check = |fs: &FaultyFs, needed: &[u64], story: &str, tries: &mut u64| {
        for plan in fs.disk().crash_plans(40) {
            *tries += 1;
            let crashed = fs.crash(&plan);
            for &number in needed {
                let path = TableFile::new(directory(), number).path;
                let (found, wanted) = (crashed.read(&path), whole.disk().read(&path));
                if found.ok() != wanted.ok() {
                    return Err(format!(
                        "{story}; {plan}. Table {number} is gone or damaged"
                    ));
                }
            }
        }
        Ok(())
    };
    let changes: Vec<_> = whole
        .log()
        .into_iter()
        .filter(|io| io.number >= before && io.kind.changes_disk())
        .collect();
    for io in changes {
        let fs = FaultyFs::new(MemFs::new());
        let (mut disk, job) = with_a_job(&fs)?;
        fs.cut_power_at(io.number);
        let story = format!("The power went off at operation {io}");
        if disk.run(&job, disk.last_timestamp).is_ok() {
            return Err(format!("{story}, and the job says that it is done"));
        }
        check(&fs, &needed, &story, tries)?;
    }
    needed.extend(outcome.tables.iter().map(|table| table.number));
    check(
        &whole,
        &needed,
        "The job was done, then the power went off",
        tries,
    )
}

fn faults(tries: &mut u64) -> Result<(), String> {
    let whole = FaultyFs::new(MemFs::new());
    let (mut disk, job) = with_a_job(&whole)?;
    let before = whole.operations();
    disk.run(&job, disk.last_timestamp)
        .map_err(|stop| format!("the job failed: {stop:?}"))?;
    for io in whole.log().into_iter().filter(|io| io.number >= before) {
        // A file that is not there need not be removed.
        if io.kind == IoKind::Remove {
            continue;
        }
        for fault in [
            Fault::Error(ErrorKind::Other),
            Fault::Error(ErrorKind::StorageFull),
        ] {
            *tries += 1;
            let fs = FaultyFs::new(MemFs::new());
            let (mut disk, job) = with_a_job(&fs)?;
            let files = fs.disk().files();
            fs.inject(When::Operation(io.number), fault);
            let story = format!("Operation {io} failed");
            if disk.run(&job, disk.last_timestamp).is_ok() {
                return Err(format!("{story}, and the job says that it is done"));
            }
            fs.clear_faults();
            let left = fs.disk().files();
            if left != files {
                return Err(format!(
                    "{story}. There were the files {files:?}, and now there are {left:?}"
                ));
            }
            disk.check([disk.last_timestamp], &story);
        }
    }
    Ok(())
}

fn simulations(tries: &mut u64) -> Result<(), String> {
    for strategy in strategies() {
        for seed in 0..6 {
            *tries += 1;
            let mut random = SeededRandom::new(seed);
            let mut simulation = Simulation::new(strategy.clone(), 8);
            for _ in 0..600 {
                let key = u32::try_from(random.below(100)).unwrap_or(0);
                let operation = match random.below(3) {
                    0 => Operation::Delete,
                    _ => Operation::Put,
                };
                simulation
                    .write(key, operation)
                    .map_err(|why| why.to_string())?;
            }
            let (found, expected) = simulation.found_and_expected();
            if let Some(key) = found.symmetric_difference(&expected).next() {
                let what = if found.contains(key) {
                    "was deleted and is back"
                } else {
                    "is lost"
                };
                return Err(format!(
                    "After 600 writes with {strategy:?} (seed {seed}) key {key} {what}"
                ));
            }
        }
    }
    Ok(())
}
