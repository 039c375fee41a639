//! `graduate`: the engine's own tests, and its benchmarks, on the learner's crate.

use std::cell::Cell;
use std::fmt::Write as _;
use std::sync::atomic::AtomicBool;

use crate::child::Leash;
use crate::course::{Course, Stage};
use crate::runner::{
    self, BuildError, BuildSpec, Event, Outcome, RunError, Verdict, cargo_command,
};

use super::ansi::{Paint, Tone};
use super::check::{engine_limits, slow_machine};
use super::console::Patience;
use super::failure::Failure;
use super::swap;

/// The package in `exercises/` that points at the engine's tests.
const ENGINE: &str = "your-engine";
/// The package in `exercises/` that points at the engine's benchmarks.
const BENCH: &str = "your-bench";

/// What came of it.
#[derive(Debug)]
pub(crate) enum Graduation {
    /// Every test of the engine is green.
    Green(String),
    /// Some are not.
    Red(String),
    /// They could not be run.
    Not(String),
}

/// Runs the engine's tests with these crates in the place of the reference's.
pub(crate) fn graduate(
    course: &Course,
    mine: &[Stage],
    paint: Paint,
    patience: &Patience,
    cancel: &AtomicBool,
) -> Graduation {
    let leash = Leash {
        cancel,
        own_group: false,
    };
    let swapped = match swap::verify(course, ENGINE, mine, leash) {
        Ok(swapped) => swapped,
        Err(message) => return Graduation::Not(message),
    };
    if swapped.is_empty() {
        return Graduation::Not(
            "the engine does not use this crate yet; a later stage brings it in".to_owned(),
        );
    }
    let spec = BuildSpec {
        directory: course.exercises_dir(),
        package: Some(ENGINE.to_owned()),
        arguments: swap::arguments(mine),
        ..BuildSpec::default()
    };
    patience.tell("building the engine's tests on your code; the first time takes minutes");
    let progress = Progress {
        patience,
        done: Cell::default(),
    };
    let on_event = |event: Event<'_>| progress.happened(event);
    let verdicts = runner::build(&spec, cancel)
        .map_err(Broken::from)
        .and_then(|binaries| Ok(runner::run(&binaries, &engine_limits(), cancel, &on_event)?));
    match verdicts {
        Ok(verdicts) if verdicts.is_empty() => Graduation::Not(
            "the engine has no tests to run; are the files in ferrisdb-storage/tests still there?"
                .to_owned(),
        ),
        Ok(verdicts) => {
            let heading = format!("The engine's tests on your {}", swapped.join(", "));
            let heading = paint.tone(Tone::Strong, &heading);
            told(course, &heading, &verdicts, paint)
        }
        Err(Broken::Compile(rendered)) => {
            let rendered = paint.keep(&rendered);
            Graduation::Red(format!(
                "{rendered}\nThe engine does not compile with your crate.\n"
            ))
        }
        Err(Broken::Other(message)) => Graduation::Not(message),
    }
}

/// What the tests say, a line each, and the first failure.
fn told(course: &Course, heading: &str, verdicts: &[Verdict], paint: Paint) -> Graduation {
    let mut text = format!("{heading}\n\n");
    let mut red = 0;
    for verdict in verdicts {
        let green = verdict.outcome.is_green();
        red += usize::from(!green);
        let sign = if green {
            paint.tone(Tone::Good, "✓")
        } else {
            paint.tone(Tone::Bad, "✗")
        };
        let _ = writeln!(text, "  {sign} {}", verdict.test);
    }
    text.push('\n');
    if red == 0 {
        let sentence = format!(
            "All {} tests are green: the database runs on what you wrote.",
            verdicts.len()
        );
        let _ = writeln!(text, "{}", paint.tone(Tone::Good, &sentence));
        return Graduation::Green(text);
    }
    if let Some(verdict) = verdicts.iter().find(|verdict| !verdict.outcome.is_green()) {
        text.push_str(&first(course, verdict, paint));
    }
    Graduation::Red(text)
}

/// How far the tests are, said as they end: they take minutes.
struct Progress<'a> {
    patience: &'a Patience,
    /// Of the binary that runs: how many tests have ended, and how many it has.
    done: Cell<(usize, usize)>,
}

impl Progress<'_> {
    fn happened(&self, event: Event<'_>) {
        match event {
            Event::Started { tests: 0, .. } => {}
            Event::Started { binary, tests } => {
                self.done.set((0, tests));
                self.patience
                    .tell(&format!("running the {tests} tests of {binary}"));
            }
            Event::Ended { .. } => {
                let (done, tests) = self.done.get();
                // One that is run again by itself ends twice.
                let done = (done + 1).min(tests);
                self.done.set((done, tests));
                let line = format!("running the engine's tests: {done} of {tests}");
                self.patience.say(&line);
            }
            Event::Isolated { test } => self.patience.say(&format!("running {test} by itself")),
        }
    }
}

/// The first failure, in the form of `cargo learn test`.
fn first(course: &Course, verdict: &Verdict, paint: Paint) -> String {
    let failure = Failure::read(
        &verdict.test,
        verdict.outcome.output(),
        &course.root,
        &course.exercises_dir(),
    );
    let mut text = paint.tone(Tone::Bad, &format!("✗ {}\n", failure.test));
    match &verdict.outcome {
        Outcome::TimedOut { limit } => {
            let _ = writeln!(text, "  It was still running after {} s.", limit.as_secs());
            let _ = writeln!(text, "  {}", slow_machine(*limit));
        }
        _ => {
            for line in &failure.message {
                let _ = writeln!(text, "  {line}");
            }
        }
    }
    if let Some(place) = &failure.place {
        let _ = writeln!(text, "  at {}", paint.tone(Tone::Link, place));
    }
    text
}

/// Runs the engine's benchmarks in the terminal; whether they ended well.
pub(crate) fn bench(course: &Course, mine: &[Stage]) -> std::io::Result<bool> {
    let mut command = cargo_command();
    command
        .current_dir(course.exercises_dir())
        .args(["bench", "--quiet", "--package", BENCH])
        .args(swap::arguments(mine));
    Ok(command.status()?.success())
}

/// Why there are no verdicts.
enum Broken {
    Compile(String),
    Other(String),
}

impl From<BuildError> for Broken {
    fn from(error: BuildError) -> Broken {
        match error {
            BuildError::Compile { rendered } => Broken::Compile(rendered),
            other => Broken::Other(other.to_string()),
        }
    }
}

impl From<RunError> for Broken {
    fn from(error: RunError) -> Broken {
        Broken::Other(error.to_string())
    }
}
