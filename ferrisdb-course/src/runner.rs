//! Builds a package's tests with Cargo and runs them, one verdict a test.
//!
//! ```text
//!   build ── cargo test --no-run ──▶ TestBinary… ── run ──▶ Verdict…
//!              │                                     │
//!              ├ Compile   rustc's own messages      ├ Passed, Failed   what libtest says
//!              ├ NoTests   built, but nothing to run ├ TimedOut         still running at its limit
//!              └ Cargo     it could not even begin   └ Aborted          its process died under it
//! ```
//!
//! The binaries run directly rather than through Cargo, so that a test that never ends or takes its
//! process along can be told from the others: whatever has no verdict when its binary is killed or
//! dies is run again by itself, and so is a test that only found what another one left broken.
//!
//! Test processes stay in the terminal's own process group: Ctrl-C then ends a hanging test along
//! with the program that waits for it.

mod build;
mod libtest;
mod process;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub use build::{BuildError, BuildSpec, TestBinary, build, cargo_command, check};
use libtest::Reading;
use process::Ending;

/// How long and how large a test may be.
#[derive(Debug, Clone)]
pub struct Limits {
    /// For all tests of one binary together.
    pub binary: Duration,
    /// For a test that is run by itself because its binary did not end.
    pub test: Duration,
    /// The address space of the process in bytes; has no effect on Windows and macOS.
    pub memory_max: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            binary: Duration::from_secs(30),
            test: Duration::from_secs(10),
            memory_max: None,
        }
    }
}

/// What became of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// `BINARY::function`, or `module::function` inside of the crate.
    pub test: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It is marked `#[ignore]`.
    Ignored,
    /// It panicked or returned an error.
    Failed {
        /// What it printed, the panic message included.
        output: String,
    },
    /// It was still running when its time was up.
    TimedOut {
        /// How much time it had.
        limit: Duration,
    },
    /// Its process ended without a verdict: a stack overflow, `abort`, `exit`, too much memory.
    Aborted {
        /// What it printed, and how the process ended.
        output: String,
    },
}

impl Outcome {
    /// Whether the test is green.
    pub fn is_green(&self) -> bool {
        matches!(self, Self::Passed | Self::Ignored)
    }

    /// What the test printed, empty for a green one or one that hangs.
    pub fn output(&self) -> &str {
        match self {
            Self::Failed { output } | Self::Aborted { output } => output,
            Self::Passed | Self::Ignored | Self::TimedOut { .. } => "",
        }
    }
}

/// What is happening, for a live display.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A binary is about to run this many tests.
    Started {
        /// Its name.
        binary: &'a str,
        /// How many tests it has.
        tests: usize,
    },
    /// A test has ended; its output follows with its verdict.
    Ended {
        /// `BINARY::function`
        test: &'a str,
        /// Whether it passed.
        passed: bool,
    },
    /// A test without a verdict is run by itself.
    Isolated {
        /// `BINARY::function`
        test: &'a str,
    },
}

/// Why the tests could not be run to their end.
#[derive(Debug)]
pub enum RunError {
    /// Someone set the flag: a newer run is wanted.
    Cancelled,
    /// A test program could not be started.
    Start {
        /// The binary's name.
        binary: String,
        /// What the operating system or the program said.
        message: String,
    },
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("the run was cancelled"),
            Self::Start { binary, message } => {
                write!(f, "cannot run the tests of {binary}: {message}")
            }
        }
    }
}

impl std::error::Error for RunError {}

/// Runs every test of the binaries, one binary after the other.
pub fn run(
    binaries: &[TestBinary],
    limits: &Limits,
    cancel: &AtomicBool,
    on_event: &dyn Fn(Event<'_>),
) -> Result<Vec<Verdict>, RunError> {
    let run = Run {
        limits,
        cancel,
        on_event,
    };
    let mut verdicts = Vec::new();
    for binary in binaries {
        verdicts.extend(run.binary(binary)?);
    }
    Ok(verdicts)
}

/// The names of the tests of a binary, as [`TestBinary::test_name`] forms them.
pub fn list(binary: &TestBinary) -> Result<Vec<String>, RunError> {
    let named = |function: String| binary.test_name(&function);
    Ok(functions(binary)?.into_iter().map(named).collect())
}

/// What a failing test prints when it is run by itself with a backtrace; none if it does not fail then.
pub fn backtrace(
    binaries: &[TestBinary],
    test: &str,
    limits: &Limits,
    cancel: &AtomicBool,
) -> Result<Option<String>, RunError> {
    let (units, others): (Vec<_>, Vec<_>) = binaries.iter().partition(|binary| binary.is_unit);
    let mut found = others.into_iter().chain(units);
    let Some((binary, function)) = found.find_map(|binary| Some((binary, binary.function(test)?)))
    else {
        return Ok(None);
    };
    let mut binary = binary.clone();
    binary.env.push(("RUST_BACKTRACE".into(), "1".into()));
    let run = Run {
        limits,
        cancel,
        on_event: &|_| (),
    };
    Ok(match run.isolated(&binary, test, function)? {
        Outcome::Failed { output } => Some(output),
        _ => None,
    })
}

/// The test functions of a binary, as libtest calls them.
fn functions(binary: &TestBinary) -> Result<Vec<String>, RunError> {
    let limits = Limits::default();
    let cancel = AtomicBool::new(false);
    let arguments = ["--list", "--format", "terse"];
    let ended = process::run(
        binary,
        &arguments,
        (limits.test, None),
        &cancel,
        &mut |_| (),
    )
    .map_err(|error| start_error(binary, &error))?;
    if !matches!(ended.ending, Ending::Exited { success: true, .. }) {
        return Err(RunError::Start {
            binary: binary.name.clone(),
            message: format!("it did not list its tests\n{}", ended.text()),
        });
    }
    Ok(libtest::listed(&ended.stdout).map(str::to_owned).collect())
}

fn start_error(binary: &TestBinary, error: &std::io::Error) -> RunError {
    RunError::Start {
        binary: binary.name.clone(),
        message: format!("{}: {error}", binary.executable.display()),
    }
}

/// Whether a test only says that another one has panicked while it made what both use.
fn is_poisoned(outcome: &Outcome) -> bool {
    outcome
        .output()
        .contains("instance has previously been poisoned")
}

/// What stays the same during one call of [`run`].
struct Run<'a> {
    limits: &'a Limits,
    cancel: &'a AtomicBool,
    on_event: &'a dyn Fn(Event<'_>),
}

impl Run<'_> {
    fn binary(&self, binary: &TestBinary) -> Result<Vec<Verdict>, RunError> {
        let functions = functions(binary)?;
        (self.on_event)(Event::Started {
            binary: &binary.name,
            tests: functions.len(),
        });
        if functions.is_empty() {
            return Ok(Vec::new());
        }
        let reading = self.start(binary, &[], self.limits.binary)?.0;
        let mut verdicts = Vec::new();
        for function in functions {
            let test = binary.test_name(&function);
            let outcome = match reading.outcome(&function) {
                Some(outcome) if !is_poisoned(&outcome) => outcome,
                _ => self.isolated(binary, &test, &function)?,
            };
            verdicts.push(Verdict { test, outcome });
        }
        Ok(verdicts)
    }

    /// Runs one test in a process of its own.
    fn isolated(
        &self,
        binary: &TestBinary,
        test: &str,
        function: &str,
    ) -> Result<Outcome, RunError> {
        (self.on_event)(Event::Isolated { test });
        let limit = self.limits.test;
        let (reading, ending, printed) = self.start(binary, &["--exact", function], limit)?;
        let outcome = reading.outcome(function).unwrap_or_else(|| match ending {
            Ending::TimedOut => Outcome::TimedOut { limit },
            Ending::Exited { how, .. } => Outcome::Aborted {
                output: format!("{}\n{how}", printed.trim_end())
                    .trim_start()
                    .to_owned(),
            },
        });
        if !matches!(outcome, Outcome::Passed | Outcome::Failed { .. }) {
            (self.on_event)(Event::Ended {
                test,
                passed: false,
            });
        }
        Ok(outcome)
    }

    /// Runs a binary with arguments for libtest and reads what it reports.
    fn start(
        &self,
        binary: &TestBinary,
        arguments: &[&str],
        limit: Duration,
    ) -> Result<(Reading, Ending, String), RunError> {
        let mut reading = Reading::default();
        let mut on_line = |line: &str| {
            if let Some((function, passed)) = reading.line(line) {
                let test = binary.test_name(function);
                (self.on_event)(Event::Ended {
                    test: &test,
                    passed,
                });
            }
        };
        let limits = (limit, self.limits.memory_max);
        let ended = process::run(binary, arguments, limits, self.cancel, &mut on_line)
            .map_err(|error| start_error(binary, &error))?;
        if self.cancel.load(Ordering::Relaxed) {
            return Err(RunError::Cancelled);
        }
        reading.finish(&ended.stdout);
        let printed = ended.text();
        Ok((reading, ended.ending, printed))
    }
}
