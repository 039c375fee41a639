//! Random histories, power cuts, faults and kills, for as long as one likes.
//!
//! ```text
//!   lockstep   long histories, the database and a map side by side
//!   powercut   the power goes off at every operation, and again during recovery
//!   faults     the disk fails at every operation in turn, once or for good
//! ```
//!
//! Everything follows from a seed. A failure prints the seed and the shortest story that it found.

#![forbid(unsafe_code)]

mod faults;
mod history;
mod lockstep;
mod powercut;
mod subject;

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
        ])
}

fn run(name: &str, args: &ArgMatches) -> Result<String, String> {
    let number = |name: &str| args.get_one::<u64>(name).copied().unwrap_or(0);
    let seed = number("seed");
    match name {
        "lockstep" => {
            let done = lockstep::run(seed, number("operations"))?;
            Ok(format!("{done} operations, all as the map says"))
        }
        "powercut" => {
            let (done, histories) = powercut::run(seed, number("recoveries"))?;
            Ok(format!(
                "{done} recoveries of {histories} histories, nothing lost"
            ))
        }
        "faults" => {
            let done = faults::run(seed, number("runs"))?;
            Ok(format!("{done} histories with a fault, nothing lost"))
        }
        other => Err(format!("there is no task {other}")),
    }
}

fn main() -> ExitCode {
    let matches = command().get_matches();
    let Some((name, args)) = matches.subcommand() else {
        return ExitCode::from(2);
    };
    match run(name, args) {
        Ok(sentence) => {
            println!("{sentence}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(1)
        }
    }
}
