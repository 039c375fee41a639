//! `cargo x`: the tasks of the people who write the course.
//!
//! Each task is a module that returns its findings; this file only says which there are.

mod cut;
mod format;
mod holes;
mod report;
mod scratch;
mod wrong;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::course::{Course, Stage};
use crate::error::{IoContext, Result};
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
    /// Cut the exercises from their solutions
    Cut {
        /// The stage, such as 03; without it, all
        stage: Option<String>,
        /// Only say what differs
        #[arg(long)]
        check: bool,
        /// Cut although someone has begun to fill the holes; keeps a copy
        #[arg(long)]
        force: bool,
    },
    /// Check that the tests guard the holes, and that these can be filled in order
    Holes {
        /// The stage, such as 03; without it, all
        stage: Option<String>,
    },
    /// Check that the tests catch every wrong answer and tell it from the others
    Wrong {
        /// The stage, such as 03; without it, all
        stage: Option<String>,
        /// Record which tests each one fails
        #[arg(long)]
        bless: bool,
        /// Seconds that the tests of one binary may take
        #[arg(long, default_value_t = 10)]
        limit: u64,
    },
}

/// Runs the program: 0 all is well, 1 something is to be mended, 2 it could not be found out.
pub fn main() -> ExitCode {
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

fn run(task: Task) -> Result<Findings, Box<dyn std::error::Error>> {
    let here = std::env::current_dir().context("find", std::path::Path::new("."))?;
    let course = Course::find(&here)?;
    let say = |text: &str| eprintln!("{text}");
    match task {
        Task::Cut {
            stage, check: true, ..
        } => Ok(cut::check(&stages(&course, stage.as_deref())?)?),
        Task::Cut { stage, force, .. } => {
            let backup = course.target_dir().join("x").join("backup");
            Ok(cut::write(
                &stages(&course, stage.as_deref())?,
                force,
                &backup,
            )?)
        }
        Task::Holes { stage } => each(&course, stage.as_deref(), |stage| {
            Ok(holes::check(&course, stage, &say)?)
        }),
        Task::Wrong {
            stage,
            bless,
            limit,
        } => each(&course, stage.as_deref(), |stage| {
            let limit = Duration::from_secs(limit);
            Ok(wrong::check(&course, stage, bless, limit, &say)?)
        }),
    }
}

/// The stage asked for, or all.
fn stages<'c>(course: &'c Course, asked: Option<&str>) -> Result<Vec<&'c Stage>> {
    match asked {
        Some(asked) => Ok(vec![course.stage(asked)?]),
        None => Ok(course.stages.iter().collect()),
    }
}

/// One task for each stage asked for, the findings together.
fn each(
    course: &Course,
    asked: Option<&str>,
    task: impl Fn(&Stage) -> Result<Findings, Box<dyn std::error::Error>>,
) -> Result<Findings, Box<dyn std::error::Error>> {
    let mut all = Findings::default();
    let mut summaries = Vec::new();
    for stage in stages(course, asked)? {
        let findings = task(stage)?;
        if findings.problems.is_empty() {
            summaries.push(findings.summary.clone());
        }
        all.take(findings);
    }
    all.summary = summaries.join("\n");
    Ok(all)
}
