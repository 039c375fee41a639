//! One run of a stage's tests, from the files on disk to a [`Report`].
//!
//! The tests of the current hole run first, for they are what the learner waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::course::{Course, Stage};
use crate::cut::{self, HoleOnDisk, HoleState};
use crate::diagnose::diagnose;
use crate::gist::gist;
use crate::runner::{self, BuildError, BuildSpec, Limits, Outcome, RunError, TestBinary, Verdict};
use crate::wrong::Record;

use super::failure::{Failure, nearest_line};
use super::files::shown;
use super::guard;
use super::report::{HoleLine, Mark, Mistake, Report, TestLine, Trouble};
use super::swap;
use crate::child::Leash;

/// What a run needs to know.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The course.
    pub course: Course,
    /// The stage.
    pub stage: Stage,
    /// The learner's crates that it builds on.
    pub mine: Vec<Stage>,
    /// What is known before.
    pub report: Report,
    /// The fingerprint of the tests, where there is no git.
    pub fingerprint: Option<String>,
    /// Whether Cargo gets a process group of its own.
    pub own_group: bool,
}

/// What happens during a run.
#[derive(Debug)]
pub enum Happened {
    /// The tests are built; so many will run.
    Testing(usize),
    /// One has ended.
    Tested(String, Mark),
    /// One that did not end with its binary is run by itself.
    Isolated(String),
}

/// The run was ended from outside.
#[derive(Debug)]
pub struct Cancelled;

/// Runs the stage's tests.
pub fn check(
    setup: &Setup,
    cancel: &AtomicBool,
    on: &dyn Fn(Happened),
) -> Result<Report, Cancelled> {
    let leash = Leash {
        cancel,
        own_group: setup.own_group,
    };
    // While Cargo builds there is time to look at the files.
    let (mut report, built) = std::thread::scope(|scope| {
        let looking = scope.spawn(|| look(setup));
        let built = build(setup, leash);
        let looked = looking.join();
        (looked.unwrap_or_else(|_| setup.report.clone()), built)
    });
    let ran = built.and_then(|binaries| Ok((run(&binaries, &report, leash, on)?, binaries)));
    match ran {
        Ok((verdicts, binaries)) => {
            assemble(setup, &mut report, &verdicts);
            locate(setup, &mut report, &binaries, cancel);
        }
        Err(Stop::Cancelled) => return Err(Cancelled),
        Err(Stop::Trouble(trouble)) => report.trouble = Some(explained(setup, trouble)),
    }
    if cancel.load(Ordering::Relaxed) {
        return Err(Cancelled);
    }
    Ok(report)
}

/// The report before the run: the holes as they are on disk now, the old marks, and what
/// there is to say about the files.
fn look(setup: &Setup) -> Report {
    let mut report = fresh(&setup.stage, &setup.report);
    report.notices = guard::notices(&setup.stage, setup.fingerprint.as_deref());
    report
}

/// What can be said of a stage without running anything: its holes, whether they are
/// started, and where they are.
pub fn holes(stage: &Stage) -> Vec<HoleLine> {
    let on_disk = cut::holes(stage).unwrap_or_default();
    let place = |on_disk: &HoleOnDisk| {
        let path = shown(&on_disk.path, stage.root());
        on_disk.line.map(|line| format!("{path}:{line}"))
    };
    let line = |(index, hole): (usize, &crate::lesson::Hole)| HoleLine {
        item: hole.item.clone(),
        name: hole.short_name().to_owned(),
        todo: hole.todo.clone(),
        minutes: hole.minutes,
        place: on_disk.get(index).and_then(place),
        started: on_disk
            .get(index)
            .is_some_and(|hole| hole.state == HoleState::Started),
        tests: hole
            .tests
            .iter()
            .map(|name| TestLine {
                name: name.clone(),
                mark: Mark::Unknown,
            })
            .collect(),
    };
    stage.lesson.holes.iter().enumerate().map(line).collect()
}

/// The report as it was, with the holes as they are on disk now and the old marks.
fn fresh(stage: &Stage, before: &Report) -> Report {
    let marks: BTreeMap<&str, Mark> = before
        .holes
        .iter()
        .flat_map(|hole| &hole.tests)
        .map(|test| (test.name.as_str(), test.mark))
        .collect();
    let mut holes = holes(stage);
    for test in holes.iter_mut().flat_map(|hole| &mut hole.tests) {
        test.mark = marks
            .get(test.name.as_str())
            .copied()
            .unwrap_or(Mark::Unknown);
    }
    Report {
        holes,
        own: Vec::new(),
        trouble: None,
        failure: None,
        mistake: None,
        notices: Vec::new(),
        ..before.clone()
    }
}

/// Why there are no verdicts.
enum Stop {
    Cancelled,
    Trouble(Trouble),
}

impl From<BuildError> for Stop {
    fn from(error: BuildError) -> Stop {
        match error {
            BuildError::Cancelled => Stop::Cancelled,
            BuildError::Compile { rendered } => Stop::Trouble(Trouble::Compile {
                rendered,
                conflict: None,
            }),
            other => Stop::Trouble(Trouble::Other(other.to_string())),
        }
    }
}

impl From<RunError> for Stop {
    fn from(error: RunError) -> Stop {
        match error {
            RunError::Cancelled => Stop::Cancelled,
            RunError::Start { .. } => Stop::Trouble(Trouble::Other(error.to_string())),
        }
    }
}

fn build(setup: &Setup, leash: Leash<'_>) -> Result<Vec<TestBinary>, Stop> {
    let package = &setup.stage.lesson.package;
    swap::verify(&setup.course, package, &setup.mine, leash)
        .map_err(|message| Stop::Trouble(Trouble::Other(message)))?;
    let spec = BuildSpec {
        directory: setup.course.exercises_dir(),
        package: Some(package.clone()),
        arguments: swap::arguments(&setup.mine),
        own_group: setup.own_group,
        ..BuildSpec::default()
    };
    Ok(runner::build(&spec, leash.cancel)?)
}

fn run(
    binaries: &[TestBinary],
    report: &Report,
    leash: Leash<'_>,
    on: &dyn Fn(Happened),
) -> Result<Vec<Verdict>, Stop> {
    on(Happened::Testing(report.tests().1));
    let (first, rest) = current_first(binaries.to_vec(), report);
    let mut verdicts = Vec::new();
    for binaries in [first, rest] {
        let on_event = |event: runner::Event<'_>| match event {
            runner::Event::Ended { test, passed } => {
                // Why it failed, and so whether it is red, is only known at the end.
                let mark = if passed { Mark::Green } else { Mark::Unknown };
                on(Happened::Tested(test.to_owned(), mark));
            }
            runner::Event::Isolated { test } => on(Happened::Isolated(test.to_owned())),
            runner::Event::Started { .. } => {}
        };
        verdicts.extend(runner::run(&binaries, &limits(), leash.cancel, &on_event)?);
    }
    Ok(verdicts)
}

/// How long a stage's tests may take: the runner's limits, unless `LEARN_TEST_SECONDS` says
/// otherwise.
pub fn limits() -> Limits {
    asked_limits().unwrap_or_default()
}

/// How long the engine's tests may take. They try far more than a stage's do.
pub(crate) fn engine_limits() -> Limits {
    asked_limits().unwrap_or_else(|| limits_of(60))
}

fn asked_limits() -> Option<Limits> {
    let asked = std::env::var("LEARN_TEST_SECONDS").ok()?;
    let seconds = asked.parse().ok().filter(|&seconds| seconds > 0)?;
    Some(limits_of(seconds))
}

fn limits_of(seconds: u64) -> Limits {
    Limits {
        binary: Duration::from_secs(seconds.saturating_mul(3)),
        test: Duration::from_secs(seconds),
        ..Limits::default()
    }
}

/// What a test that took too long may mean, besides a mistake.
pub(crate) fn slow_machine(limit: Duration) -> String {
    format!(
        "On a slow or busy machine it may only need more time: set LEARN_TEST_SECONDS={}.",
        (6 * limit.as_secs()).max(60)
    )
}

/// The binaries with tests of the current hole, and the others.
fn current_first(binaries: Vec<TestBinary>, report: &Report) -> (Vec<TestBinary>, Vec<TestBinary>) {
    let current: BTreeSet<&str> = report
        .current()
        .map(|index| report.holes[index].tests.as_slice())
        .unwrap_or_default()
        .iter()
        .filter_map(|test| test.name.split_once("::"))
        .map(|(binary, _)| binary)
        .collect();
    let is_of = |binary: &TestBinary, first: &str| !binary.is_unit && binary.name == first;
    // A test that is of none of the binaries lies inside of the crate.
    let inside = current
        .iter()
        .any(|first| !binaries.iter().any(|binary| is_of(binary, first)));
    binaries.into_iter().partition(|binary| {
        if binary.is_unit {
            inside
        } else {
            current.contains(binary.name.as_str())
        }
    })
}

/// Adds to a trouble what only the files can tell.
fn explained(setup: &Setup, trouble: Trouble) -> Trouble {
    let stage = &setup.stage;
    let missing = cut::cut(stage)
        .map(|cut| guard::missing(stage, &cut))
        .unwrap_or_default();
    if !missing.is_empty() {
        let name = |path: &std::path::PathBuf| shown(path, stage.root());
        return Trouble::Missing(missing.iter().map(name).collect());
    }
    match trouble {
        Trouble::Compile { rendered, .. } => Trouble::Compile {
            rendered,
            conflict: guard::conflict(stage),
        },
        other => other,
    }
}

/// Puts the verdicts into the report and chooses the failure to show.
fn assemble(setup: &Setup, report: &mut Report, verdicts: &[Verdict]) {
    let failures: BTreeMap<&str, Failure> = verdicts
        .iter()
        .filter(|verdict| !verdict.outcome.is_green())
        .map(|verdict| (verdict.test.as_str(), failure(setup, verdict)))
        .collect();
    let mark = |test: &str| match failures.get(test) {
        None => Mark::Green,
        Some(failure) if failure.todo.is_some() => Mark::Todo,
        Some(_) => Mark::Red,
    };
    for hole in &mut report.holes {
        for test in &mut hole.tests {
            test.mark = Mark::Unknown;
        }
    }
    let known: BTreeSet<&str> = setup.stage.lesson.tests().collect();
    for verdict in verdicts {
        if known.contains(verdict.test.as_str()) {
            report.set(&verdict.test, mark(&verdict.test));
        } else {
            report.own.push(TestLine {
                name: verdict.test.clone(),
                mark: mark(&verdict.test),
            });
        }
    }
    report.failure = report
        .first_red()
        .and_then(|test| failures.get(test))
        .cloned();
    report.mistake = mistake(setup, report, verdicts);
    let lost: Vec<&str> = report
        .holes
        .iter()
        .flat_map(|hole| &hole.tests)
        .filter(|test| test.mark == Mark::Unknown)
        .map(|test| test.name.as_str())
        .collect();
    if !lost.is_empty() {
        let notice = format!(
            "the lesson names tests that do not exist: {}",
            lost.join(", ")
        );
        report.notices.push(notice);
    }
}

/// Finds the line of the exercise behind a panic inside of a library.
fn locate(setup: &Setup, report: &mut Report, binaries: &[TestBinary], cancel: &AtomicBool) {
    let Some(failure) = &mut report.failure else {
        return;
    };
    let is_named = failure
        .place
        .as_deref()
        .is_some_and(super::failure::is_exercise);
    if is_named || !failure.panicked {
        return;
    }
    // What cannot be run again keeps the place that it has.
    let output = runner::backtrace(binaries, &failure.test, &limits(), cancel);
    let (root, package) = (setup.stage.root(), setup.stage.exercise_dir());
    let nearest = output.ok().flatten();
    let nearest = nearest.and_then(|output| nearest_line(&output, root, &package));
    if nearest.is_some() {
        failure.place = nearest;
    }
}

/// What a verdict that is not green says.
fn failure(setup: &Setup, verdict: &Verdict) -> Failure {
    let root = setup.stage.root();
    let workspace = setup.course.exercises_dir();
    let mut failure = Failure::read(&verdict.test, verdict.outcome.output(), root, &workspace);
    match &verdict.outcome {
        Outcome::TimedOut { limit } => {
            failure.message = vec![
                format!(
                    "It was still running after {} s and was ended.",
                    limit.as_secs()
                ),
                "Look for a loop that never ends, or a lock that is never given back.".to_owned(),
                slow_machine(*limit),
            ];
        }
        Outcome::Aborted { .. } => {
            failure.todo = None;
            failure.panicked = false;
            failure
                .message
                .insert(0, "It took its whole process down with it:".to_owned());
        }
        _ => {}
    }
    failure
}

/// The recorded mistake that fails as the learner's code does.
fn mistake(setup: &Setup, report: &Report, verdicts: &[Verdict]) -> Option<Mistake> {
    let red = |verdict: &&Verdict| report.mark(&verdict.test) == Some(Mark::Red);
    let failing: BTreeMap<String, String> = verdicts
        .iter()
        .filter(red)
        .filter_map(|verdict| Some((verdict.test.clone(), gist(&verdict.test, &verdict.outcome)?)))
        .collect();
    let filled: Vec<bool> = report.holes.iter().map(|hole| hole.started).collect();
    let record = Record::load(&setup.stage).ok()?;
    let found = diagnose(&setup.stage.lesson, &record, &failing, &filled);
    // Two mistakes that look the same would send half of the learners the wrong way.
    match found.as_slice() {
        [only] => Some(Mistake {
            mistake: only.wrong.mistake.clone(),
            reread: only.wrong.reread.clone(),
            sure: only.sure,
        }),
        _ => None,
    }
}
