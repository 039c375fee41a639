//! Random histories, power cuts, faults and kills, for as long as one likes.
//!
//! ```text
//!   lockstep   long histories, the database and a map side by side
//!   powercut   the power goes off at every operation, and again during recovery
//!   faults     the disk fails at every operation in turn, once or for good
//!   rot        every byte of a database changes, one at a time
//!   kill       a process that writes is killed, for real, again and again
//!   threads    clients, scans, flushes and compactions at once: is it linearizable?
//! ```
//!
//! The first four follow from a seed: a failure prints it, and the shortest story that was found.

#![forbid(unsafe_code)]

mod contents;
mod failure;
mod faults;
mod held;
mod history;
mod kill;
mod lockstep;
mod looking;
mod memory;
mod place;
mod powercut;
mod promise;
mod rot;
mod setup;
mod subject;
mod threads;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};

fn command() -> Command {
    let number = |name: &'static str, help: &'static str, default: &'static str| {
        let arg = Arg::new(name).long(name).help(help).default_value(default);
        arg.value_parser(value_parser!(u64))
    };
    let task = |name: &'static str, about: &'static str, count: Arg| {
        let seed = number("seed", "The first seed", "1");
        Command::new(name).about(about).args([seed, count])
    };
    Command::new("ferrisdb-trust")
        .about("Random histories, power cuts and faults, for as long as one likes")
        .subcommand_required(true)
        .subcommands([
            task(
                "lockstep",
                "Compares the database with a map, step by step",
                number("operations", "Steps in all", "200000"),
            ),
            task(
                "powercut",
                "Cuts the power at every operation of many histories",
                number("recoveries", "Recoveries in all", "200000"),
            ),
            task(
                "faults",
                "Lets every operation fail in turn",
                number("runs", "Histories with a fault in all", "20000"),
            ),
            task(
                "rot",
                "Damages every byte of many databases",
                number("damages", "Damages in all", "100000"),
            ),
            task(
                "kill",
                "Kills a process that writes, again and again",
                number("rounds", "Kills in all", "300"),
            ),
            task(
                "threads",
                "Lets many threads write, read, scan, flush and compact at once",
                number("seconds", "For how long", "10"),
            ),
            Command::new("child")
                .about("What `kill` kills")
                .hide(true)
                .arg(
                    Arg::new("DIR")
                        .required(true)
                        .value_parser(value_parser!(PathBuf)),
                )
                .arg(
                    Arg::new("LAST")
                        .required(true)
                        .value_parser(value_parser!(u64)),
                ),
        ])
}

/// Does a task, and counts what it does; returns what is said at its end.
fn run(name: &str, args: &ArgMatches, done: &mut u64) -> Result<String, String> {
    let number = |name: &str| args.get_one::<u64>(name).copied().unwrap_or(0);
    if let ("child", Some(path)) = (name, args.try_get_one::<PathBuf>("DIR").ok().flatten()) {
        kill::child(path, number("LAST"))?;
        return Ok(String::new());
    }
    let seed = number("seed");
    Ok(match name {
        "lockstep" => {
            lockstep::run(seed, number("operations"), done)?;
            format!("{done} operations, all as the map says")
        }
        "powercut" => {
            let histories = powercut::run(seed, number("recoveries"), done)?;
            format!("{done} recoveries of {histories} histories, nothing lost")
        }
        "faults" => {
            faults::run(seed, number("runs"), done)?;
            format!("{done} histories with a fault, nothing lost")
        }
        "rot" => {
            let databases = rot::run(seed, number("damages"), done)?;
            format!("{done} damages to {databases} databases, no wrong answer")
        }
        "kill" => {
            let batches = kill::run(seed, number("rounds"), done)?;
            format!("{done} kills while {batches} batches were written, nothing lost")
        }
        "threads" => {
            threads::run(seed, number("seconds"), done)?;
            format!("{done} calls, all in a possible order")
        }
        other => return Err(format!("there is no task {other}")),
    })
}

/// What a task counts.
fn unit(task: &str) -> &'static str {
    match task {
        "lockstep" => "operations",
        "powercut" => "recoveries",
        "faults" => "histories",
        "rot" => "damages",
        "kill" => "kills",
        _ => "calls",
    }
}

fn main() -> ExitCode {
    let matches = command().get_matches();
    let Some((name, args)) = matches.subcommand() else {
        return ExitCode::from(2);
    };
    failure::quiet();
    let mut done = 0;
    match failure::caught(|| run(name, args, &mut done)) {
        Ok(sentence) => {
            println!("{sentence}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}\nfound after {done} {}", unit(name));
            ExitCode::from(1)
        }
    }
}
