//! `cargo x bugs`: known bugs of other engines, put into ours, are caught by `ferrisdb-trust`.
//!
//! `ferrisdb-trust/bugs/NAME.rs` says in its first comment what the bug is, whose it was, in which
//! package it goes, and who has to catch it within how much:
//!
//! ```text
//!   //! The directory is not synced after a table has its name.
//!   //!
//!   //! origin: rocksdb #5287
//!   //! package: ferrisdb-sstable
//!   //! caught by: powercut, 20000
//! ```
//!
//! Its functions stand for those of the package, as in a wrong answer. All bugs are built into one
//! program, where they sleep; `FERRISDB_BUG` names the one that is awake. First each task runs while
//! all sleep, and must find nothing: what fails anyway catches no bug. How each was caught is on record
//! in `caught.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ferrisdb_course::course::Course;
use ferrisdb_course::error::{Error, IoContext, Result, read_text, write_text};
use ferrisdb_course::items::SourceTree;
use ferrisdb_course::wrong;

use super::bugs_scratch::{Bench, Ended};
use super::report::{Findings, count, first_lines};
use super::scratch::read_table;

/// Names the bug that is awake.
const VARIABLE: &str = "FERRISDB_BUG";

/// So many characters of what is said are recorded: enough to see what happened.
const SAID_MAX: usize = 200;

/// A bug, as its file describes it.
#[derive(Debug)]
struct Bug {
    name: String,
    path: PathBuf,
    package: String,
    task: String,
    limit: u64,
}

/// How a bug was caught.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Caught {
    /// After how much.
    after: u64,
    /// The first line of what was said.
    said: String,
}

/// Wakes each bug in turn and looks who notices; with `bless`, records it.
pub(super) fn check(
    course: &Course,
    names: &[String],
    bless: bool,
    say: &dyn Fn(&str),
) -> Result<Findings> {
    let directory = course.root.join("ferrisdb-trust").join("bugs");
    let mut findings = Findings::default();
    let mut bugs = list(&directory)?;
    if let Some(unknown) = names
        .iter()
        .find(|name| bugs.iter().all(|bug| bug.name != **name))
    {
        findings.problem(format!("there is no bug {unknown}"));
    }
    if !names.is_empty() {
        bugs.retain(|bug| names.contains(&bug.name));
    }
    bugs.sort_by(|left, right| left.name.cmp(&right.name));
    let record_path = directory.join("caught.toml");
    let mut record = load(&record_path)?;
    let bench = Bench::open(course, "ferrisdb-trust")?;
    let changed = put_in(&bench, &list(&directory)?)?;
    if let Err(said) = bench.build(&changed)? {
        let said = first_lines(&said, 60);
        findings.problem(format!(
            "ferrisdb-trust does not compile with the bugs\n{said}"
        ));
        return Ok(findings);
    }
    for (task, limit) in largest(&bugs) {
        say(&format!("no bug: {task}"));
        if let Err(problem) = control(&bench, task, limit)? {
            findings.problem(problem);
            return Ok(findings);
        }
    }
    for bug in &bugs {
        say(&format!("{}: {}", bug.name, bug.task));
        match catch(&bench, bug)? {
            Err(problem) => findings.problem(format!("{}: {problem}", bug.name)),
            Ok(caught) if bless => {
                say(&format!("  after {}: {}", caught.after, caught.said));
                record.insert(bug.name.clone(), caught);
                save(&record_path, &record)?;
            }
            Ok(caught) => compare(bug, &caught, record.get(&bug.name), &mut findings),
        }
    }
    let number = count(bugs.len(), "known bug");
    findings.summary = format!("{number} put back, and caught");
    Ok(findings)
}

/// The files that the bugs change, with all of them asleep.
fn put_in(bench: &Bench, bugs: &[Bug]) -> Result<Vec<(PathBuf, String)>> {
    let mut by_package: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for bug in bugs {
        let answer = SourceTree::parse(&read_text(&bug.path)?, &bug.path)?;
        let answers = by_package.entry(&bug.package).or_default();
        answers.push((bug.name.clone(), answer));
    }
    let mut changed = Vec::new();
    for (package, answers) in by_package {
        let source = SourceTree::load(&bench.source(package)?)?;
        changed.extend(wrong::asleep(&source, &answers, awake)?);
    }
    Ok(changed)
}

/// Rust that says whether a bug is awake.
fn awake(name: &str) -> String {
    format!(
        "{{ static AWAKE: std::sync::LazyLock<bool> = std::sync::LazyLock::new(|| \
         std::env::var(\"{VARIABLE}\").is_ok_and(|name| name == \"{name}\")); *AWAKE }}"
    )
}

/// Each task, and the most that any bug needs of it.
fn largest(bugs: &[Bug]) -> BTreeMap<&str, u64> {
    let mut tasks = BTreeMap::new();
    for bug in bugs {
        let limit = tasks.entry(&bug.task[..]).or_insert(0);
        *limit = bug.limit.max(*limit);
    }
    tasks
}

/// Runs a task while all bugs sleep. If it finds anything, it says nothing about them.
fn control(bench: &Bench, task: &str, limit: u64) -> Result<Result<(), String>> {
    Ok(match bench.run(task, limit, (VARIABLE, ""))? {
        Ended::Well => Ok(()),
        Ended::Late => Err(format!("{task} does not end, although all bugs sleep")),
        Ended::Failed(said) => Err(format!(
            "{limit} {task} fail, although all bugs sleep\n{}",
            first_lines(&said, 60)
        )),
    })
}

/// Wakes a bug, runs its task, and says how it was caught, or why it was not.
fn catch(bench: &Bench, bug: &Bug) -> Result<Result<Caught, String>> {
    Ok(
        match bench.run(&bug.task, bug.limit, (VARIABLE, &bug.name))? {
            Ended::Well => Err(format!("{} {} do not catch it", bug.limit, bug.task)),
            Ended::Late => Err(format!("{} does not end", bug.task)),
            Ended::Failed(said) => {
                let first = said.lines().next().unwrap_or_default();
                let first: String = first.chars().take(SAID_MAX).collect();
                let after = said.lines().last().and_then(|line| {
                    let words = line.strip_prefix("found after ")?;
                    words.split(' ').next()?.parse().ok()
                });
                let said = first;
                after
                    .map(|after| Caught { after, said })
                    .ok_or_else(|| format!("{} fails without a word of how much it did", bug.task))
            }
        },
    )
}

/// A bug that was never caught before is a problem, one that is caught in another way is none.
fn compare(bug: &Bug, caught: &Caught, recorded: Option<&Caught>, findings: &mut Findings) {
    let Caught { after, said } = caught;
    match recorded {
        None => findings.problem(format!(
            "{} is caught after {after}: {said}; `cargo x bugs {0} --bless` records it",
            bug.name
        )),
        Some(recorded) if recorded != caught => {
            findings
                .notes
                .push(format!("{} is caught after {after} now: {said}", bug.name));
        }
        Some(_) => {}
    }
}

/// All bugs that there are.
fn list(directory: &Path) -> Result<Vec<Bug>> {
    let mut bugs = Vec::new();
    for entry in std::fs::read_dir(directory).context("list", directory)? {
        let path = entry.context("list", directory)?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            bugs.push(read(&path)?);
        }
    }
    Ok(bugs)
}

/// What the first comment of a bug's file says.
fn read(path: &Path) -> Result<Bug> {
    let text = read_text(path)?;
    let field = |name: &str| {
        let mut lines = text.lines().map_while(|line| line.strip_prefix("//!"));
        let value = lines.find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": "));
        value.map(str::to_owned).ok_or_else(|| Error::Lesson {
            path: path.to_owned(),
            line: 1,
            message: format!("its first comment has no line `{name}: …`"),
        })
    };
    field("origin")?;
    let caught_by = field("caught by")?;
    let (task, limit) = caught_by.split_once(", ").unwrap_or((&caught_by, ""));
    let limit = limit.parse().map_err(|_| Error::Lesson {
        path: path.to_owned(),
        line: 1,
        message: format!("`caught by: {caught_by}` names no task and number"),
    })?;
    Ok(Bug {
        name: path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        path: path.to_owned(),
        package: field("package")?,
        task: task.to_owned(),
        limit,
    })
}

fn load(path: &Path) -> Result<BTreeMap<String, Caught>> {
    if !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let table = read_table(path)?;
    let read = table.into_iter().filter_map(|(name, value)| {
        let after = u64::try_from(value.get("after")?.as_integer()?).ok()?;
        let said = value.get("said")?.as_str()?.to_owned();
        Some((name, Caught { after, said }))
    });
    Ok(read.collect())
}

fn save(path: &Path, record: &BTreeMap<String, Caught>) -> Result<bool> {
    let mut text = "# How each bug is caught: after how much, and in what words. Written by \
                    `cargo x bugs --bless`.\n"
        .to_owned();
    for (name, Caught { after, said }) in record {
        let said = toml::Value::from(said.as_str());
        // Writing to a string cannot fail.
        let _ = write!(text, "\n[{name}]\nafter = {after}\nsaid = {said}\n");
    }
    write_text(path, &text)
}
