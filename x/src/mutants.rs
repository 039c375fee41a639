//! `cargo x mutants`: that no small change to a solution goes unnoticed by its stage's tests.
//!
//! The changes are those of cargo-mutants. By default only what changed since the base is tried, and of
//! that, if it is much, an even part; with `--deep` everything. A mutant that no test can tell from the original is listed with the reason
//! in `solutions/NN-name/mutants.toml`:
//!
//! ```toml
//! [[allow]]
//! mutant = "replace < with <= in Writer::append"
//! reason = "rotating a record earlier is allowed too"
//! ```

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::program;
use super::report::{Findings, count, first_lines};
use ferrisdb_course::course::{Course, Stage};
use ferrisdb_course::error::{Error, IoContext, Result, read_text, write_text};
use ferrisdb_course::fields::Text;
use ferrisdb_course::runner::cargo_command;

/// How cargo-mutants is had.
pub(super) const INSTALL: &str = "cargo install --locked cargo-mutants";

/// How many mutants are tried without `--deep`: each costs several seconds.
const TRIED_MAX: usize = 30;

/// Whether cargo-mutants is installed.
pub(super) fn is_installed(course: &Course) -> bool {
    program::cargo(&course.root, ["mutants", "--version"], &[]).is_ok_and(|ran| ran.success())
}

/// What to try.
#[derive(Debug, Clone)]
pub(super) struct Options {
    /// Everything rather than what changed.
    pub(super) deep: bool,
    /// The commit to compare with, if not the default one.
    pub(super) base: Option<String>,
    /// How many at a time.
    pub(super) jobs: usize,
}

/// Tries the mutants of the stages' solutions.
pub(super) fn check(course: &Course, stages: &[&Stage], options: &Options) -> Result<Findings> {
    if !is_installed(course) {
        return Err(failed(format!("it is not installed; `{INSTALL}` does")));
    }
    let mut findings = Findings::default();
    let allowed = allowed(stages)?;
    let all = listed(course, mutants(course, stages))?;
    for allow in &allowed {
        if !all.iter().any(|mutant| allow.means(mutant)) {
            findings.problem(format!(
                "{} allows `{}`, but there is no such mutant any more; remove it",
                allow.path.display(),
                allow.mutant
            ));
        }
    }
    let output = course.target_dir().join("x").join("mutants");
    std::fs::create_dir_all(&output).context("create", &output)?;
    let mut run = mutants(course, stages);
    let mut part = String::new();
    if !options.deep {
        match changes(course, options.base.as_deref())? {
            Changes::None(why) => {
                findings.summary = why;
                return Ok(findings);
            }
            Changes::Text(text) => {
                let diff = output.join("changes.diff");
                write_text(&diff, &text)?;
                run.arg("--in-diff").arg(&diff);
                let mut changed = mutants(course, stages);
                changed.arg("--in-diff").arg(&diff);
                let changed = listed(course, changed)?.len();
                let parts = changed.div_ceil(TRIED_MAX);
                if parts > 1 {
                    run.args(["--sharding", "round-robin"]);
                    run.args(["--shard", &format!("0/{parts}")]);
                    part = format!(", of {changed} in what changed; --deep tries all");
                }
            }
        }
    }
    let outcomes = tried(course, run, &output, options.jobs)?;
    judge(&outcomes, &allowed, options.deep, &mut findings);
    findings.summary.push_str(&part);
    Ok(findings)
}

/// Runs cargo-mutants and reads what became of each mutant.
fn tried(course: &Course, mut run: Command, output: &Path, jobs: usize) -> Result<Vec<Outcome>> {
    // cargo-mutants leaves the last result where it is when there is nothing to try.
    let last = output.join("mutants.out");
    if last.exists() {
        std::fs::remove_dir_all(&last).context("remove", &last)?;
    }
    run.args(["--no-shuffle", "--minimum-test-timeout", "20"]);
    run.args(["--colors", "never", "--output"]).arg(output);
    if jobs > 1 {
        // Each job builds in its own copy; one target directory would make them wait in line.
        run.env_remove("CARGO_TARGET_DIR");
        run.arg("--jobs").arg(jobs.to_string());
    } else {
        // Dependencies built last time are found again.
        run.env("CARGO_TARGET_DIR", output.join("target"));
    }
    run.args(["--", "--tests"]);
    let ran = program::run(run, &course.root)?;
    // 0 all caught, 2 some missed, 3 some timed out; anything else is no result.
    if matches!(ran.code, Some(0 | 2 | 3)) {
        outcomes(output)
    } else {
        let text = first_lines(&ran.text(), 60);
        Err(failed(format!("it did not finish\n{text}")))
    }
}

fn failed(message: String) -> Error {
    Error::Program {
        program: "cargo mutants".to_owned(),
        message,
    }
}

/// Compares the survivors with the exceptions.
fn judge(outcomes: &[Outcome], allowed: &[Allow], deep: bool, findings: &mut Findings) {
    let survivors: Vec<_> = outcomes.iter().filter(|outcome| outcome.survived).collect();
    for outcome in &survivors {
        if !allowed.iter().any(|allow| allow.means(&outcome.mutant)) {
            findings.problem(format!(
                "no test notices: {}\n\
                 add a test, or an [[allow]] with the reason to the solution's mutants.toml",
                outcome.mutant.name
            ));
        }
    }
    for allow in allowed.iter().filter(|_| deep) {
        if !survivors.iter().any(|outcome| allow.means(&outcome.mutant)) {
            findings.problem(format!(
                "{} allows `{}`, but the tests notice it now; remove it",
                allow.path.display(),
                allow.mutant
            ));
        }
    }
    findings.summary = format!(
        "{} tried, {} allowed with a reason",
        count(outcomes.len(), "mutant"),
        survivors.len()
    );
}

/// A change that cargo-mutants makes.
#[derive(Debug, Deserialize)]
struct Mutant {
    /// `solutions/03-wal/src/writer.rs:41:9: replace …`
    name: String,
    file: PathBuf,
}

/// A mutant and whether it lived.
struct Outcome {
    mutant: Mutant,
    survived: bool,
}

/// A survivor that is no gap in the tests.
struct Allow {
    path: PathBuf,
    stage: String,
    mutant: String,
}

impl Allow {
    fn means(&self, mutant: &Mutant) -> bool {
        let solution = Path::new("solutions").join(&self.stage);
        mutant.file.starts_with(solution) && mutant.name.ends_with(&format!(": {}", self.mutant))
    }
}

fn allowed(stages: &[&Stage]) -> Result<Vec<Allow>> {
    let mut allowed = Vec::new();
    for stage in stages {
        let path = stage.solution_dir().join("mutants.toml");
        if !path.is_file() {
            continue;
        }
        let text = read_text(&path)?;
        let mut fields = Text {
            text: &text,
            path: &path,
        }
        .fields()?
        .only(&["allow"])?;
        for entry in fields.tables("allow")? {
            let mut entry = entry.only(&["mutant", "reason"])?;
            // That there is a reason is all that can be checked.
            entry.string("reason")?;
            allowed.push(Allow {
                path: path.clone(),
                stage: stage.name.clone(),
                mutant: entry.string("mutant")?.value,
            });
        }
    }
    Ok(allowed)
}

/// `cargo mutants` for the solutions of these stages.
fn mutants(course: &Course, stages: &[&Stage]) -> Command {
    let mut command = cargo_command();
    command.arg("mutants").arg("--dir").arg(&course.root);
    for stage in stages {
        command.args(["--package", &stage.lesson.package]);
    }
    command
}

/// The mutants that this command would try.
fn listed(course: &Course, mut command: Command) -> Result<Vec<Mutant>> {
    command.args(["--list", "--json"]);
    let ran = program::run(command, &course.root)?;
    if ran.success() && ran.stdout.trim().is_empty() {
        // It only says in words that nothing of the difference can be changed.
        return Ok(Vec::new());
    }
    serde_json::from_str(&ran.stdout)
        .map_err(|error| failed(format!("it lists no mutants: {error}\n{}", ran.stderr)))
}

/// Reads `mutants.out/outcomes.json`.
fn outcomes(output: &Path) -> Result<Vec<Outcome>> {
    #[derive(Deserialize)]
    struct File {
        outcomes: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        scenario: Scenario,
        summary: String,
    }
    #[derive(Deserialize)]
    enum Scenario {
        Baseline,
        Mutant(Mutant),
    }
    let path = output.join("mutants.out").join("outcomes.json");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let file: File = serde_json::from_str(&read_text(&path)?)
        .map_err(|error| failed(format!("{}: {error}", path.display())))?;
    Ok(file
        .outcomes
        .into_iter()
        .filter_map(|entry| match entry.scenario {
            Scenario::Mutant(mutant) => Some(Outcome {
                mutant,
                survived: entry.summary == "MissedMutant",
            }),
            Scenario::Baseline => None,
        })
        .collect())
}

/// What changed in the solutions.
enum Changes {
    /// Nothing to try, and why.
    None(String),
    /// The difference, as Git writes it.
    Text(String),
}

/// The difference of the solutions on disk to the base.
fn changes(course: &Course, base: Option<&str>) -> Result<Changes> {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(arguments);
        program::run(command, &course.root)
    };
    let Some(base) = base.map(str::to_owned).or_else(|| default_base(&git)) else {
        let why = "no earlier commit to compare with; `cargo x mutants --deep` tries everything";
        return Ok(Changes::None(why.into()));
    };
    let ran = git(&["diff", &base, "--", "solutions/*.rs"])?;
    if !ran.success() {
        return Err(Error::Program {
            program: format!("git diff {base}"),
            message: ran.stderr,
        });
    }
    Ok(if ran.stdout.is_empty() {
        Changes::None(format!("no solution changed since {base}"))
    } else {
        Changes::Text(ran.stdout)
    })
}

/// Where the work began: the branch that is asked to take it, else what is published, else the
/// commit before the last.
fn default_base(git: &dyn Fn(&[&str]) -> Result<program::Ran>) -> Option<String> {
    let answer = |arguments: &[&str]| {
        let ran = git(arguments).ok().filter(program::Ran::success)?;
        Some(ran.stdout.trim().to_owned())
    };
    let head = answer(&["rev-parse", "HEAD"])?;
    // What the hosted jobs know: the commit before those that were pushed together.
    let pushed = std::env::var("MUTANTS_BASE").unwrap_or_default();
    let pushed = answer(&[
        "rev-parse",
        "--verify",
        "-q",
        &format!("{pushed}^{{commit}}"),
    ]);
    if let Some(base) = pushed.filter(|base| *base != head) {
        return Some(base);
    }
    let target = std::env::var("GITHUB_BASE_REF")
        .ok()
        .filter(|name| !name.is_empty());
    let branches = target
        .map(|name| format!("origin/{name}"))
        .into_iter()
        .chain(["@{upstream}", "origin/main", "main"].map(str::to_owned));
    for branch in branches {
        if let Some(base) = answer(&["merge-base", "HEAD", &branch])
            && base != head
        {
            return Some(base);
        }
    }
    answer(&["rev-parse", "--verify", "HEAD~1"])
}
