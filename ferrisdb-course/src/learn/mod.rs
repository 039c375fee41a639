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
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Parser;
#[cfg(unix)]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::error::Result;

use ansi::Paint;
use cli::{Cli, Command};
use commands::Plain;
use session::Session;

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
    let stop = stop_flag();
    let is_doctor = matches!(cli.command, Some(Command::Doctor));
    let status = run(cli, &stop).unwrap_or_else(|error| {
        if is_doctor {
            print!("{}", doctor::without_course(&error));
        } else {
            eprintln!("cargo learn: {error}");
        }
        Status::CouldNotRun
    });
    status.into()
}

/// Set by Ctrl-C, by the end of the terminal, and by a request to end.
///
/// Children in the terminal's group are reached by Ctrl-C themselves; we only have to end in
/// order. Where a signal cannot be caught it ends us as it always did.
fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    let signals = [SIGINT, SIGTERM, SIGHUP];
    #[cfg(not(unix))]
    let signals = [SIGINT, SIGTERM];
    // Who presses Ctrl-C a second time does not want to wait for the order.
    let _ = signal_hook::flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&stop));
    for signal in signals {
        let _ = signal_hook::flag::register(signal, Arc::clone(&stop));
    }
    stop
}

fn run(cli: Cli, stop: &AtomicBool) -> Result<Status> {
    let mut session = Session::open(&std::env::current_dir().unwrap_or_default())?;
    if cli.command.is_none() && !cli.plain {
        match screen::fits() {
            Ok(()) => return screen::run(&mut session, stop),
            Err(Some(why)) => println!("{why}\n"),
            Err(None) => {}
        }
    }
    let mut plain = Plain {
        session: &mut session,
        paint: Paint::for_stdout(),
        cancel: stop,
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
