//! `cargo x`: the tasks of the people who write the course.
//!
//! Each task is a module that returns its findings; this file only says which there are.

mod bless;
mod bugs;
mod bugs_scratch;
mod check;
mod checked;
mod cut;
mod format;
mod holes;
mod layers;
mod mutants;
mod pairs;
mod program;
mod report;
mod runs;
mod scratch;
#[cfg(test)]
mod tests;
mod traces;
mod wrong;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use checked::{Checked, Depth, Ran};
use ferrisdb_course::course::{Course, Stage};
use ferrisdb_course::error::{IoContext, Result};
use report::Findings;

/// The tasks of the people who write the course.
#[derive(Debug, Parser)]
#[command(name = "cargo x", bin_name = "cargo x", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Check everything that must hold besides `cargo test`
    Check {
        /// The checks, such as fmt or holes; without one, all
        only: Vec<String>,
        #[command(flatten)]
        mutants: MutantOptions,
    },
    /// Cut the exercises from their solutions
    Cut {
        #[command(flatten)]
        stages: Stages,
        /// Only say what differs
        #[arg(long)]
        check: bool,
        /// Cut although someone has begun to fill the holes; keeps a copy
        #[arg(long)]
        force: bool,
    },
    /// Check that the tests guard the holes, and that these can be filled in order
    Holes {
        #[command(flatten)]
        stages: Stages,
        /// Check stages again that have not changed since they were checked
        #[arg(long)]
        deep: bool,
    },
    /// Check that the tests catch every wrong answer and tell it from the others
    Wrong {
        #[command(flatten)]
        stages: Stages,
        /// Check stages again that have not changed since they were checked
        #[arg(long)]
        deep: bool,
        /// Record which tests each one fails
        #[arg(long)]
        bless: bool,
        /// Seconds that the tests of one binary may take
        #[arg(long, default_value_t = wrong::LIMIT.as_secs())]
        limit: u64,
    },
    /// Check that the tests notice every small change to the solutions
    Mutants {
        #[command(flatten)]
        stages: Stages,
        #[command(flatten)]
        mutants: MutantOptions,
    },
    /// Check that both workspaces and both sides of each stage agree
    Pairs {
        #[command(flatten)]
        stages: Stages,
    },
    /// Check that `ferrisdb-trust` catches known bugs of other engines in ours
    Bugs {
        /// The bugs, such as no-sync; without one, all
        names: Vec<String>,
        /// Record how each is caught
        #[arg(long)]
        bless: bool,
    },
    /// Check that imports point down only and nothing unfinished is left
    Layers,
    /// Check the command output that the book shows
    Runs {
        /// Record what the commands print now
        #[arg(long)]
        bless: bool,
    },
    /// Check the traces that the book's widgets play
    Traces {
        #[command(flatten)]
        stages: Stages,
        /// Record what the labs print now
        #[arg(long)]
        bless: bool,
    },
    /// Accept the snapshots that changed, of one package or of all
    Bless {
        /// The package, such as ferrisdb-wal
        package: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Stages {
    /// The stage, such as 03; without it, all
    stage: Option<String>,
}

#[derive(Debug, Args)]
struct MutantOptions {
    /// Try every mutant rather than those of what changed
    #[arg(long)]
    deep: bool,
    /// The commit that changes are counted from; without it, where this work began
    #[arg(long)]
    base: Option<String>,
    /// How many mutants to try at a time
    #[arg(long, default_value_t = 1)]
    jobs: usize,
}

impl MutantOptions {
    fn options(self) -> mutants::Options {
        mutants::Options {
            deep: self.deep,
            base: self.base,
            jobs: self.jobs,
        }
    }
}

impl Stages {
    /// The stage asked for, or all.
    fn of<'c>(&self, course: &'c Course) -> Result<Vec<&'c Stage>> {
        match &self.stage {
            Some(asked) => Ok(vec![course.stage(asked)?]),
            None => Ok(course.stages.iter().collect()),
        }
    }
}

/// What a task returns.
type Outcome = Result<Findings, Box<dyn std::error::Error>>;

/// Runs the program: 0 all is well, 1 something is to be mended, 2 it could not be found out.
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.task) {
        Ok(findings) if findings.print() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(task: Task) -> Outcome {
    let here = std::env::current_dir().context("find", std::path::Path::new("."))?;
    let course = Course::find(&here)?;
    let say = |text: &str| eprintln!("{text}");
    Ok(match task {
        Task::Check { only, mutants } => check::check(&course, &only, &mutants.options()),
        Task::Cut {
            stages,
            check: true,
            ..
        } => cut::check(&stages.of(&course)?)?,
        Task::Cut { stages, force, .. } => {
            let backup = course.target_dir().join("x").join("backup");
            cut::write(&stages.of(&course)?, force, &backup)?
        }
        Task::Holes { stages, deep } => {
            // Who names a stage wants it to be run.
            let checked = Checked::of(&course, depth(deep || stages.stage.is_some()))?;
            each(&stages.of(&course)?, |stage| {
                let check = || Ok(holes::check(&course, stage, &say)?);
                Ok(told(
                    stage,
                    checked.run(stage, checked::Task::Holes, check)?,
                ))
            })?
        }
        Task::Wrong {
            stages,
            deep,
            bless,
            limit,
        } => {
            let checked = Checked::of(&course, depth(deep || bless || stages.stage.is_some()))?;
            let limit = Duration::from_secs(limit);
            each(&stages.of(&course)?, |stage| {
                let check = || Ok(wrong::check(&course, stage, bless, limit, &say)?);
                Ok(told(
                    stage,
                    checked.run(stage, checked::Task::Wrong, check)?,
                ))
            })?
        }
        Task::Mutants { stages, mutants } => {
            mutants::check(&course, &stages.of(&course)?, &mutants.options())?
        }
        Task::Pairs { stages } => pairs::check(&course, &stages.of(&course)?)?,
        Task::Bugs { names, bless } => bugs::check(&course, &names, bless, &say)?,
        Task::Layers => layers::check(&course)?,
        Task::Runs { bless } => runs::check(&course, bless, &say)?,
        Task::Traces { stages, bless } => traces::check(&course, &stages.of(&course)?, bless)?,
        Task::Bless { package } => bless::accept(&course, package.as_deref())?,
    })
}

fn depth(everything: bool) -> Depth {
    if everything { Depth::All } else { Depth::Built }
}

/// The findings of a long check, or that there was nothing to check.
fn told(stage: &Stage, ran: Ran) -> Findings {
    match ran {
        Ran::Checked(findings) => findings,
        Ran::Unchanged | Ran::Left => {
            Findings::good(format!("{}: unchanged since it was checked", stage.name))
        }
    }
}

/// One task for each stage, the findings together.
fn each(stages: &[&Stage], task: impl Fn(&Stage) -> Outcome) -> Outcome {
    let mut all = Findings::default();
    let mut summaries = Vec::new();
    for stage in stages {
        let findings = task(stage)?;
        if findings.problems.is_empty() {
            summaries.push(findings.summary.clone());
        }
        all.take(findings);
    }
    all.summary = summaries.join("\n");
    Ok(all)
}
