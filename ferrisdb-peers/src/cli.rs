//! What can be typed.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use ferrisdb_workload::{Settings, Tuning};

use crate::compare::{Compare, Task};
use crate::{engine, measure};

/// What is compared where nothing else is asked for. What is read was written by `fillrandom`
/// and `overwrite`.
const TASKS: [&str; 22] = [
    "fillsync",
    "fillsync:t8",
    "fillseq",
    "fillrandom:b100",
    "fillrandom:t2",
    "fillrandom",
    "overwrite",
    "readrandom",
    "readrandom:t2",
    "readhot",
    "readhot:t2",
    "readmissing",
    "readseq",
    "readreverse",
    "seekrandom",
    "readwhilewriting",
    "ycsba",
    "ycsbb",
    "ycsbe",
    "ycsbf",
    "open",
    "openkilled",
];

/// The whole program.
pub(crate) fn command() -> Command {
    let names: Vec<_> = engine::ALL.iter().map(|engine| engine.name).collect();
    let tasks = Arg::new("TASK")
        .help("A workload, with :tN for N threads and :bN for N entries a batch; open; openkilled")
        .num_args(1..)
        .value_parser(Task::parse)
        .default_values(TASKS);
    let engines = option(
        "engines",
        "NAME,…",
        "Which stores; all that were built in by default",
    )
    .value_delimiter(',')
    .value_parser(names.clone());
    let command = Command::new("ferrisdb-peers")
        .about("Measures FerrisDB and other stores side by side")
        .subcommand_negates_reqs(true)
        .args_conflicts_with_subcommands(true)
        .arg(tasks)
        .arg(engines)
        .arg(number(
            "rounds",
            "1",
            "How often all of it is done; medians are shown",
        ))
        .arg(path(
            "plot",
            "FILE",
            "Draws operations a second into this file, as SVG",
        ))
        .arg(flag("json", "Prints the reports as JSON"));
    let one = Command::new("measure")
        .about("Measures one store, once, in the directory --db, and prints the report")
        .arg(Arg::new("ENGINE").required(true).value_parser(names))
        .arg(Arg::new("TASK").required(true).value_parser(Task::parse))
        .arg(flag("abort", "Ends as if killed, without closing"));
    settings(command).subcommand(settings(one))
}

fn settings(command: Command) -> Command {
    command
        .arg(number("num", "1000000", "How many keys there are"))
        .arg(number("value-size", "100", "The size of a value, in bytes"))
        .arg(number("scan", "10", "How many entries seekrandom reads"))
        .arg(number("seed", "1", "From which keys and values are drawn"))
        .arg(number(
            "cache",
            "67108864",
            "The size of the cache, in bytes",
        ))
        .arg(number(
            "memtable",
            "67108864",
            "The size of a memtable, in bytes",
        ))
        .arg(option("reads", "N", "How many reads are done").value_parser(value_parser!(u64)))
        .arg(path(
            "db",
            "DIR",
            "Where the databases are made; a temporary directory by default",
        ))
        .arg(flag(
            "sync",
            "Every write survives a power cut when it returns",
        ))
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .action(ArgAction::SetTrue)
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn path(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    option(name, value, help).value_parser(value_parser!(PathBuf))
}

fn number(name: &'static str, default: &'static str, help: &'static str) -> Arg {
    option(name, "N", help)
        .value_parser(value_parser!(u64).range(Settings::limits(name)))
        .default_value(default)
}

/// Does what was asked for.
pub(crate) fn run(matches: &ArgMatches) -> Result<(), String> {
    if let Some(("measure", args)) = matches.subcommand() {
        let name = args.get_one::<String>("ENGINE").map_or("", String::as_str);
        let engine = engine::named(name).ok_or("there is no such store")?;
        let task = args.get_one::<Task>("TASK").copied().ok_or("no task")?;
        let directory = args.get_one::<PathBuf>("db").ok_or("--db is needed")?;
        let (settings, tuning) = from_args(args);
        let settings = task.settings(&settings);
        let abort = args.get_flag("abort");
        return measure::measure(engine, task, directory, &settings, tuning, abort);
    }
    let (settings, tuning) = from_args(matches);
    let wanted: Vec<&String> = matches
        .get_many::<String>("engines")
        .into_iter()
        .flatten()
        .collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted.as_str() == name);
    let compare = Compare {
        engines: engine::ALL
            .iter()
            .filter(|engine| is_wanted(engine.name))
            .map(|engine| engine.name)
            .collect(),
        tasks: matches
            .get_many::<Task>("TASK")
            .into_iter()
            .flatten()
            .copied()
            .collect(),
        rounds: matches.get_one("rounds").copied().unwrap_or(1).max(1),
        settings,
        tuning,
        directory: matches.get_one::<PathBuf>("db").cloned(),
        plot: matches.get_one::<PathBuf>("plot").cloned(),
        json: matches.get_flag("json"),
    };
    compare.run()
}

fn from_args(args: &ArgMatches) -> (Settings, Tuning) {
    let number = |name| args.get_one::<u64>(name).copied().unwrap_or(1);
    let settings = Settings {
        num: number("num").max(1),
        reads: args.get_one::<u64>("reads").copied(),
        value_size: usize::try_from(number("value-size")).unwrap_or(usize::MAX),
        threads: 1,
        batch: 1,
        sync: args.get_flag("sync"),
        scan: number("scan"),
        seed: number("seed"),
    };
    let tuning = Tuning {
        cache: number("cache"),
        memtable: number("memtable"),
    };
    (settings, tuning)
}
