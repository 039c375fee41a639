//! What can be typed.

use std::io::{self, Write as _};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use clap_complete::Shell;
use ferrisdb_storage::{Db, Options};
use ferrisdb_workload::{Settings, Workload};

use crate::bulk::Input;
use crate::data::{Form, Range, bytes, fits};
use crate::directory::{amid_writes, check_is_there};
use crate::failure::{Failure, Result, tell};
use crate::progress::Bar;
use crate::text::count;
use crate::upkeep::unfinished;
use crate::{bench::Bench, bulk, data, inspect, upkeep};

const KEYS: &str = "Keys and values are text. Bytes that are none are written with a backslash, here and \
in what is printed: \\n, \\t, \\r, \\\\, and \\x00 to \\xff.";

const EXITS: &str = "Exit codes: 0 it was done; 1 the answer is no (there is no such key, something is \
damaged); 2 it could not be done.";

/// The whole program.
pub(crate) fn command() -> Command {
    Command::new("ferrisdb")
        .about("Reads, writes, checks and measures a FerrisDB database")
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(format!("{KEYS}\n\n{EXITS}"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(flag("json", "Prints JSON instead of text for people").global(true))
        .arg(flag("quiet", "Shows no progress").short('q').global(true))
        .subcommands([
            on("get", "Prints the value of a key").arg(text("KEY", "The key")),
            on("put", "Puts a value under a key")
                .arg(text("KEY", "The key"))
                .arg(text("VALUE", "The value")),
            on("del", "Removes keys, all at once").arg(keys()),
            range(on("scan", "Prints keys and their values, in order"))
                .arg(option("limit", "N", "Stops after so many").value_parser(value_parser!(u64)))
                .arg(flag("reverse", "Begins at the end"))
                .arg(flag("keys", "Prints keys only")),
            on("load", "Puts what the lines of a file say: key, tab, value")
                .arg(file("FILE", "The file; standard input if there is none").required(false))
                .arg(flag("create", "Creates the database if there is none")),
            on(
                "dump",
                "Prints all keys and values in the form that `load` reads",
            )
            .arg(file("FILE", "A new file; standard output if there is none").required(false)),
            on("stats", "Shows what a database consists of"),
            on("verify", "Reads every byte and checks every checksum"),
            on(
                "checkpoint",
                "Makes a copy that shares the files of the tables",
            )
            .arg(file(
                "DEST",
                "The directory of the copy, on the same file system; it must not exist, or be empty",
            )),
            bounds(on("compact", "Merges all tables of a range of keys")),
            Command::new("inspect")
                .about("Shows what is in a file of a database, and checks it")
                .arg(file(
                    "FILE",
                    "A segment of the log, a table, a manifest, CURRENT or OPTIONS",
                ))
                .arg(flag("hex", "Shows every byte with its meaning")),
            bench_command(),
            Command::new("completions")
                .about("Prints the script with which a shell completes these commands")
                .arg(
                    Arg::new("SHELL")
                        .help("The shell")
                        .required(true)
                        .value_parser(value_parser!(Shell)),
                ),
        ])
}

fn bench_command() -> Command {
    let names = Workload::ALL.map(|(name, _)| name);
    let defaults = [
        "fillrandom",
        "overwrite",
        "readrandom",
        "readmissing",
        "readseq",
    ];
    let workloads = Arg::new("WORKLOAD")
        .help("What to measure, one after the other; fills begin with an empty database")
        .num_args(1..)
        .value_parser(names)
        .default_values(defaults);
    let path = |name, value, help| option(name, value, help).value_parser(value_parser!(PathBuf));
    bench_numbers(Command::new("bench").about("Measures how fast a database is"))
        .arg(workloads)
        .arg(flag(
            "sync",
            "Every write survives a power cut when it returns",
        ))
        .arg(path(
            "db",
            "DIR",
            "The directory to use; a temporary one by default",
        ))
        .arg(flag(
            "existing",
            "Overwrites keys of a database in --db that this run has not filled",
        ))
        .arg(path(
            "plot",
            "FILE",
            "Draws operations a second into this file, as SVG",
        ))
        .after_help(
            "The workloads are those of db_bench, and YCSB A to F. Keys have 16 bytes, values \
             compress to about half. A fill writes each key once. Numbers may end in K, M or G. \
             Percentiles are of a write (a batch), a read or a scan; of 1,000 entries for readseq \
             and readreverse. w.amp: bytes written for each byte of keys and values.",
        )
}

/// The options of `bench` that are numbers.
fn bench_numbers(command: Command) -> Command {
    let number = |name, value, help| {
        let limits = Settings::limits(name);
        option(name, value, help).value_parser(move |text: &str| amount(text, &limits))
    };
    let counts = [
        ("num", "N", "1000000", "How many keys there are"),
        ("value-size", "BYTES", "100", "The size of a value"),
        ("threads", "N", "1", "How many threads share the work"),
        ("batch", "N", "1", "How many entries are written at once"),
        ("scan", "N", "10", "How many entries seekrandom reads"),
        ("cache", "BYTES", "64M", "The size of the cache"),
        ("memtable", "BYTES", "64M", "The size of a memtable"),
        ("seed", "N", "1", "From which keys and values are drawn"),
    ];
    let counts =
        counts.map(|(name, value, default, help)| number(name, value, help).default_value(default));
    let reads = "How many reads are done; as many as there are keys by default";
    command.args(counts).arg(number("reads", "N", reads))
}

/// A number within limits. It may end in K, M or G, for 1,024 each.
fn amount(text: &str, limits: &RangeInclusive<u64>) -> Result<u64, String> {
    let (digits, shift) = match text.to_ascii_uppercase().chars().last() {
        Some('K') => (&text[..text.len() - 1], 10),
        Some('M') => (&text[..text.len() - 1], 20),
        Some('G') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "a number is expected, such as 1000 or 64M".to_owned())?;
    let amount = number
        .checked_mul(1 << shift)
        .ok_or("that is more than fits into 64 bits")?;
    if limits.contains(&amount) {
        return Ok(amount);
    }
    let (least, most) = (limits.start(), limits.end());
    Err(format!("it must lie between {least} and {most}"))
}

/// A command that works on a database.
fn on(name: &'static str, about: &'static str) -> Command {
    Command::new(name)
        .about(about)
        .arg(file("DIR", "The directory of the database"))
}

fn text(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .help(help)
        .required(true)
        .allow_hyphen_values(true)
}

/// One key or more. What begins with a dash behind one of them is a flag.
fn keys() -> Arg {
    let help = "The keys; put -- before those that begin with a dash";
    Arg::new("KEY").help(help).required(true).num_args(1..)
}

fn file(name: &'static str, help: &'static str) -> Arg {
    let arg = Arg::new(name).help(help).required(true);
    arg.value_parser(value_parser!(PathBuf))
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .action(ArgAction::SetTrue)
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .help(help)
        .allow_hyphen_values(true)
}

fn bounds(command: Command) -> Command {
    command
        .arg(option("from", "KEY", "Begins at this key"))
        .arg(option("to", "KEY", "Ends before this key"))
}

fn range(command: Command) -> Command {
    bounds(command).arg(option("prefix", "KEY", "Only keys that begin with this"))
}

/// Does what was asked for.
pub(crate) fn run(matches: &ArgMatches) -> Result {
    let Some((name, args)) = matches.subcommand() else {
        return Err(Failure::Could("there is no command; see --help".to_owned()));
    };
    if let Some(shell) = args.try_get_one::<Shell>("SHELL").ok().flatten() {
        let mut script = Vec::new();
        clap_complete::generate(*shell, &mut command(), "ferrisdb", &mut script);
        return Ok(io::stdout().write_all(&script)?);
    }
    let json = args.get_flag("json");
    let bar = Bar::new(args.get_flag("quiet"));
    match name {
        "inspect" => inspect::inspect(path(args, "FILE"), args.get_flag("hex"), json),
        "bench" => Bench::from_args(args).run(json, &bar),
        _ => on_database(name, args, json, &bar),
    }
}

/// Does what was asked for with a database.
fn on_database(name: &str, args: &ArgMatches, json: bool, bar: &Bar) -> Result {
    let form = Form { json };
    let directory = path(args, "DIR");
    let file = args.try_get_one::<PathBuf>("FILE").ok().flatten();
    let file = file.map(PathBuf::as_path);
    // What was typed is understood, and what is read is open, before a database is made.
    match name {
        "get" => {
            let key = bytes(string(args, "KEY"))?;
            reading(args, |db| data::get(db, &key, form))
        }
        "put" => {
            let (key, value) = (string(args, "KEY"), string(args, "VALUE"));
            let (key, value) = fits((bytes(key)?, bytes(value)?)).map_err(Failure::Could)?;
            let db = open(args, true)?;
            db.put(key, value)?;
            close(db)
        }
        "del" => {
            let keys = args.get_many::<String>("KEY").into_iter().flatten();
            let keys = keys.map(|key| bytes(key)).collect::<Result<Vec<_>>>()?;
            let db = open(args, false)?;
            data::del(&db, &keys)?;
            close(db)
        }
        "scan" => {
            let range = range_of(args)?;
            reading(args, |db| data::scan(db, &range, form))
        }
        "load" => {
            let input = Input::open(file)?;
            let db = open(args, args.get_flag("create"))?;
            let lines = bulk::load(&db, input, form, bar)?;
            close(db)?;
            tell(format_args!("loaded {}", count(lines, "line", "lines")));
            Ok(())
        }
        "dump" => {
            let keys = reading(args, |db| bulk::dump(db, file, form, bar))?;
            if file.is_some() {
                tell(format_args!("dumped {}", count(keys, "key", "keys")));
            }
            Ok(())
        }
        "stats" => reading(args, |db| upkeep::stats(db, directory, json)),
        "verify" => {
            check_is_there(directory)?;
            upkeep::verify(directory, read_only(directory), json, bar)
        }
        "checkpoint" => {
            let db = open(args, false)?;
            upkeep::checkpoint(&db, path(args, "DEST"), json)?;
            close(db)
        }
        "compact" => {
            let range = range_of(args)?;
            let db = open(args, false)?;
            upkeep::compact(&db, &range, json, bar)?;
            close(db)
        }
        other => Err(Failure::Could(format!("there is no command {other}"))),
    }
}

/// Opens a database for writing.
fn open(args: &ArgMatches, create: bool) -> Result<Db> {
    let directory = path(args, "DIR");
    if !create {
        check_is_there(directory)?;
    }
    let db = Db::open(directory)?;
    for tail in unfinished(&db) {
        tell(format_args!("note: {tail}; it was cut off"));
    }
    Ok(db)
}

/// Opens a database without changing it, and does something with it.
fn reading<T>(args: &ArgMatches, work: impl FnOnce(&Db) -> Result<T>) -> Result<T> {
    let directory = path(args, "DIR");
    check_is_there(directory)?;
    let opened = read_only(directory).map_err(Failure::from);
    opened
        .and_then(|db| work(&db))
        .map_err(|failure| match failure {
            Failure::Database(sentence) => {
                amid_writes(directory, &sentence).unwrap_or(Failure::Database(sentence))
            }
            other => other,
        })
}

fn read_only(directory: &Path) -> ferrisdb_storage::Result<Db> {
    Db::open_with(directory, Options::new().read_only(true))
}

fn close(db: Db) -> Result {
    Ok(db.close()?)
}

fn range_of(args: &ArgMatches) -> Result<Range> {
    let key = |name| {
        let text = args.try_get_one::<String>(name).ok().flatten();
        text.map(|text| bytes(text)).transpose()
    };
    let is_set = |name| {
        args.try_get_one::<bool>(name)
            .ok()
            .flatten()
            .is_some_and(|set| *set)
    };
    Ok(Range {
        from: key("from")?,
        to: key("to")?,
        prefix: key("prefix")?.unwrap_or_default(),
        limit: args.try_get_one::<u64>("limit").ok().flatten().copied(),
        reverse: is_set("reverse"),
        keys_only: is_set("keys"),
    })
}

fn string<'a>(args: &'a ArgMatches, name: &str) -> &'a str {
    args.get_one::<String>(name).map_or("", String::as_str)
}

fn path<'a>(args: &'a ArgMatches, name: &str) -> &'a Path {
    let path = args.get_one::<PathBuf>(name);
    path.map_or(Path::new(""), PathBuf::as_path)
}
