//! Measuring: `bench`.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use ferrisdb_workload::{Ferris, Report, Settings, Target, Tuning, Workload, plot, run, table};

use crate::directory::has_database;
use crate::failure::{Failure, Result, cannot, chain, tell};
use crate::progress::Bar;
use crate::temporary::Temporary;

impl From<ferrisdb_workload::Error> for Failure {
    fn from(error: ferrisdb_workload::Error) -> Self {
        use ferrisdb_workload::Error::Target;
        match error {
            Target { engine, source } => match source.downcast::<ferrisdb_storage::Error>() {
                Ok(error) => Self::from(*error).within(&format!("{engine} failed")),
                Err(source) => Self::could(chain(&Target { engine, source })),
            },
            _ => Self::could(chain(&error)),
        }
    }
}

/// Which workloads are run, and how.
#[derive(Debug)]
pub(crate) struct Bench {
    workloads: Vec<Workload>,
    settings: Settings,
    tuning: Tuning,
    directory: Option<PathBuf>,
    may_overwrite: bool,
    plot: Option<PathBuf>,
}

impl Bench {
    /// What was typed.
    pub(crate) fn from_args(args: &ArgMatches) -> Self {
        let number = |name| args.get_one::<u64>(name).copied();
        let count = |name| usize::try_from(number(name).unwrap_or(1)).unwrap_or(usize::MAX);
        let names = args.get_many::<String>("WORKLOAD").into_iter().flatten();
        Self {
            workloads: names.filter_map(|name| Workload::named(name)).collect(),
            settings: Settings {
                num: number("num").unwrap_or(1).max(1),
                reads: number("reads"),
                value_size: count("value-size"),
                threads: count("threads").max(1),
                batch: count("batch").max(1),
                sync: args.get_flag("sync"),
                scan: number("scan").unwrap_or(1),
                seed: number("seed").unwrap_or(1),
            },
            tuning: Tuning {
                cache: number("cache").unwrap_or(0),
                memtable: number("memtable").unwrap_or(0),
            },
            directory: args.get_one::<PathBuf>("db").cloned(),
            may_overwrite: args.get_flag("existing"),
            plot: args.get_one::<PathBuf>("plot").cloned(),
        }
    }

    /// Runs them one after the other.
    pub(crate) fn run(&self, json: bool, bar: &Bar) -> Result {
        let temporary = match &self.directory {
            Some(_) => None,
            None => Some(Temporary::new()?),
        };
        let directory = match (&self.directory, &temporary) {
            (Some(directory), _) => directory,
            (None, Some(temporary)) => temporary.path(),
            (None, None) => Path::new("."),
        };
        self.check(directory)?;
        let mut reports = Vec::new();
        let mut out = io::stdout();
        let mut db: Option<Box<dyn Target>> = None;
        let mut is_ours = temporary.is_some();
        let mut has_all_keys = false;
        for workload in &self.workloads {
            if workload.begins_empty() {
                if let Some(db) = db.take() {
                    db.close()?;
                }
                clear(directory, is_ours)?;
                is_ours = true;
            }
            let target = match db.take() {
                Some(target) => target,
                None => Box::new(Ferris::open(directory, self.tuning)?),
            };
            bar.begin_count(workload.name(), self.settings.operations(*workload));
            let report = run(
                &*target,
                directory,
                *workload,
                &self.settings,
                &mut |done| {
                    bar.set(done);
                },
            );
            bar.end();
            let report = report?;
            if !json && reports.is_empty() {
                writeln!(out, "{}", table(""))?;
            }
            if !json {
                writeln!(out, "{}", report.line(workload.name()))?;
            }
            has_all_keys = workload.fills().unwrap_or(has_all_keys);
            if let Some(what) = report.wrong_answer() {
                check_keys(what, directory, has_all_keys)?;
            }
            reports.push(report);
            db = Some(target);
        }
        if let Some(db) = db {
            db.close()?;
        }
        self.finish(&reports, json)
    }

    /// What cannot be done, or would do harm, should be known before an hour of work.
    fn check(&self, directory: &Path) -> Result {
        if let Some(path) = &self.plot {
            check_writable(path).map_err(|error| cannot("write to", path, &error))?;
        }
        let workloads = self.workloads.iter();
        let unfilled: Vec<_> = workloads
            .take_while(|workload| !workload.begins_empty())
            .collect();
        let Some(first) = unfilled.first() else {
            return Ok(());
        };
        if !has_database(directory)? {
            let workload = first.name();
            return Err(ferrisdb_workload::Error::Empty { workload }.into());
        }
        match unfilled.iter().find(|workload| workload.writes()) {
            Some(workload) if !self.may_overwrite => Err(Failure::Could(format!(
                "{} writes keys of its own into {}, which this run has not filled: name another \
                 directory, let fillseq or fillrandom fill it, or give --existing if what is in it \
                 may be overwritten",
                workload.name(),
                directory.display()
            ))),
            _ => Ok(()),
        }
    }

    fn finish(&self, reports: &[Report], json: bool) -> Result {
        if json {
            let text = serde_json::to_string_pretty(reports).map_err(Failure::could)?;
            writeln!(io::stdout(), "{text}")?;
        }
        if let Some(path) = &self.plot {
            let Settings {
                num, value_size, ..
            } = self.settings;
            let title = format!("{num} keys of 16 bytes, values of {value_size} bytes");
            let drawn = fs::write(path, plot(&title, reports));
            drawn.map_err(|error| cannot("write to", path, &error))?;
        }
        Ok(())
    }
}

/// Whether a file can be written. What is in it stays, and none is left behind.
fn check_writable(path: &Path) -> io::Result<()> {
    match File::create_new(path) {
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            File::options().append(true).open(path).map(drop)
        }
        Err(error) => Err(error),
    }
}

/// A database that this run has filled has all keys. One that was there may have been filled with
/// fewer of them.
fn check_keys(what: String, directory: &Path, has_all_keys: bool) -> Result {
    if has_all_keys {
        let engine = "ferrisdb";
        return Err(ferrisdb_workload::Error::WrongAnswer { engine, what }.into());
    }
    tell(format_args!(
        "note: {what}. {} was not filled by this run; name the --num with which it was",
        directory.display()
    ));
    Ok(())
}

/// Makes way for a new database. One that this run did not make itself is left alone.
fn clear(directory: &Path, is_ours: bool) -> Result {
    if is_ours {
        for path in list(directory)? {
            let removed = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            removed.map_err(|error| cannot("remove", &path, &error))?;
        }
    } else if directory.exists() && !list(directory)?.is_empty() {
        return Err(Failure::Could(format!(
            "{} is not empty, and a workload that fills begins with an empty database: name \
             another directory, or remove what is in it",
            directory.display()
        )));
    }
    Ok(())
}

fn list(directory: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error: io::Error| cannot("list", directory, &error);
    let entries = fs::read_dir(directory).map_err(failed)?;
    let paths = entries.map(|entry| Ok(entry?.path()));
    paths.collect::<io::Result<_>>().map_err(failed)
}
