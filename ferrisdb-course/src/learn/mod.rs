//! `cargo learn`: the program that carries a learner through the course.
//!
//! ```text
//!   cli ─▶ commands ──────┐              ┌─▶ text     lines
//!                         ├─▶ check ─▶ report
//!   screen (event, state)─┘              └─▶ screen   ratatui
//!                │
//!                └─ hint diff reset view attack engine update doctor list book
//!                      │
//!   session: course, progress, files (.learn: progress, base, backup)
//! ```
//!
//! The plain commands and the full screen are two faces of one thing: both run `check`,
//! both show a `report`, both take what to do next from `next`.

mod advice;
mod ansi;
mod attack;
mod book;
mod check;
mod cli;
mod commands;
mod console;
mod diff;
mod doctor;
mod engine;
mod failure;
mod files;
mod git;
mod guard;
mod hint;
mod list;
mod merge;
mod next;
mod progress;
mod report;
mod reset;
mod screen;
mod session;
mod swap;
mod text;
mod update;
mod view;
mod watch;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;

use crate::error::Result;

use ansi::Paint;
use cli::{Cli, Command};
use commands::Plain;
use session::Session;

/// Set by Ctrl-C, by the end of the terminal, and by a request to end.
static STOP: AtomicBool = AtomicBool::new(false);

/// How a command ended, as its exit status says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// 0
    Green,
    /// 1
    Red,
    /// 2
    CouldNotRun,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        match status {
            Status::Green => ExitCode::SUCCESS,
            Status::Red => ExitCode::from(1),
            Status::CouldNotRun => ExitCode::from(2),
        }
    }
}

/// Runs the program; `cargo learn --help` says what it can do.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // Children in the terminal's group are reached by Ctrl-C themselves; we only have to end in order.
    // A second handler cannot be the reason for a failure here, and without one Ctrl-C still ends us.
    let _ = ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed));
    let is_doctor = matches!(cli.command, Some(Command::Doctor));
    let status = run(cli).unwrap_or_else(|error| {
        if is_doctor {
            print!("{}", doctor::without_course(&error));
        } else {
            eprintln!("cargo learn: {error}");
        }
        Status::CouldNotRun
    });
    status.into()
}

fn run(cli: Cli) -> Result<Status> {
    let mut session = Session::open(&std::env::current_dir().unwrap_or_default())?;
    if cli.command.is_none() && !cli.plain {
        match screen::fits() {
            Ok(()) => return screen::run(&mut session, &STOP),
            Err(Some(why)) => println!("{why}\n"),
            Err(None) => {}
        }
    }
    let mut plain = Plain {
        session: &mut session,
        paint: Paint::for_stdout(),
        cancel: &STOP,
    };
    let is_test = matches!(cli.command, Some(Command::Test(_) | Command::Attack(_)));
    let status = match cli.command {
        Some(command) => plain.run(command),
        None => plain.overview(),
    };
    // A test report ends with these notices; everything else says them here.
    if !is_test || status.is_err() {
        for notice in &session.notices {
            eprintln!("note: {notice}");
        }
    }
    status
}

/// Whether the terminal understands more than lines.
fn is_full_terminal() -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb" || term.is_empty());
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && !dumb
}
