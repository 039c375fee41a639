//! `cargo learn`: the program that carries a learner through the course.
//!
//! ```text
//!   cli ─▶ commands ──────┐              ┌─▶ text     lines
//!                         ├─▶ check ─▶ report
//!   ferrisdb-screen ──────┘              └─▶ ferrisdb-screen   ratatui
//!                │
//!                └─ hint diff reset view attack engine update doctor list book
//!                      │
//!   session: course, progress, files (.learn: progress, base, backup)
//! ```
//!
//! The plain commands and the full screen are two faces of one thing: both run `check`,
//! both show a `report`, both take what to do next from `next`. The full screen is a program of
//! its own, built when it is first opened, so that plain commands need not wait for it.

pub mod advice;
pub mod ansi;
pub mod attack;
pub mod book;
pub mod check;
mod cli;
mod commands;
mod console;
pub mod diff;
mod doctor;
mod engine;
pub mod failure;
pub mod files;
mod git;
mod guard;
pub mod hint;
mod list;
mod merge;
pub mod next;
pub mod progress;
pub mod report;
pub mod reset;
pub mod session;
pub mod swap;
mod text;
mod update;
pub mod view;
pub mod watch;

use std::io::IsTerminal;
use std::process::{Command as Program, ExitCode};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

#[cfg(unix)]
use signal_hook::consts::SIGHUP;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::course::Course;
use crate::error::{Error, Result};
use crate::runner::cargo_command;

use ansi::Paint;
use cli::{Cli, Command};
use commands::Plain;
use session::Session;

/// How a command ended, as its exit status says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
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

/// Runs the plain program; `cargo learn --help` says what it can do.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let is_doctor = matches!(cli.command, Some(Command::Doctor));
    in_session(is_doctor, |session, stop| run(cli, session, stop))
}

/// Runs something on the course of the current directory; an error is printed. Sets the flag
/// when it is to end.
pub fn in_course(run: impl FnOnce(&mut Session, &AtomicBool) -> Result<Status>) -> ExitCode {
    in_session(false, run)
}

fn in_session(
    is_doctor: bool,
    run: impl FnOnce(&mut Session, &AtomicBool) -> Result<Status>,
) -> ExitCode {
    let stop = stop_flag();
    let here = std::env::current_dir().unwrap_or_default();
    let status = Session::open(&here).and_then(|mut session| run(&mut session, &stop));
    let status = status.unwrap_or_else(|error| {
        if is_doctor {
            print!("{}", doctor::without_course(&error));
        } else {
            eprintln!("{}", sentence(&error));
        }
        Status::CouldNotRun
    });
    status.into()
}

/// An error, with whose it is in front.
fn sentence(error: &Error) -> String {
    match error {
        Error::Program { program, .. } if program.starts_with("cargo learn") => error.to_string(),
        _ => format!("cargo learn: {error}"),
    }
}

/// Says in lines where the learner stands and what is next, without running anything.
pub fn overview(session: &mut Session, stop: &AtomicBool) -> Result<Status> {
    plain(None, session, stop)
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

fn run(cli: Cli, session: &mut Session, stop: &AtomicBool) -> Result<Status> {
    let wants_screen = cli.command.is_none() && !cli.plain && is_full_terminal();
    if let Some(screen) = screen(&session.course).filter(|_| wants_screen) {
        return open(screen);
    }
    plain(cli.command, session, stop)
}

fn plain(command: Option<Command>, session: &mut Session, stop: &AtomicBool) -> Result<Status> {
    let mut plain = Plain {
        session,
        paint: Paint::for_stdout(),
        cancel: stop,
    };
    let is_test = matches!(command, Some(Command::Test(_) | Command::Attack(_)));
    let status = match command {
        Some(command) => plain.run(command),
        None => plain.overview(),
    };
    // A test report ends with these notices; everything else says them here.
    if !is_test || status.is_err() {
        for notice in &plain.session.notices {
            eprintln!("note: {notice}");
        }
    }
    status
}

/// The full screen, a package of the root workspace; none in a course without one.
fn screen(course: &Course) -> Option<Program> {
    let manifest = course.root.join("ferrisdb-screen").join("Cargo.toml");
    if !manifest.is_file() {
        return None;
    }
    let mut command = cargo_command();
    command.args(["run", "--quiet", "--package", "ferrisdb-screen"]);
    command.arg("--manifest-path").arg(manifest);
    Some(command)
}

/// Becomes the full screen. Its first build takes a while, and Cargo is told to be quiet.
fn open(mut screen: Program) -> Result<Status> {
    eprint!("\r\x1b[2Kopening the full screen; building it the first time takes half a minute");
    #[cfg(unix)]
    let status = Err(std::os::unix::process::CommandExt::exec(&mut screen));
    #[cfg(not(unix))]
    let status = screen.status();
    match status.map(|status: std::process::ExitStatus| status.code()) {
        Ok(Some(0)) => Ok(Status::Green),
        Ok(Some(1)) => Ok(Status::Red),
        Ok(_) => Ok(Status::CouldNotRun),
        Err(source) => Err(Error::Program {
            program: "cargo run".to_owned(),
            message: source.to_string(),
        }),
    }
}

/// Whether the terminal understands more than lines.
pub fn is_full_terminal() -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb" || term.is_empty());
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && !dumb
}
