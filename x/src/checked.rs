//! What was checked already: a long check is not repeated on inputs that have not changed.
//!
//! ```text
//!   exercises/03-wal/wrong/checked.toml   the digests of the inputs of the last complete runs
//!                                         that found nothing to mend
//! ```
//!
//! The inputs of a stage are its own: its solution, its tests and their snapshots, its lesson, its wrong
//! answers and their record; and the sources of the workspace's other crates that it is built from. Each
//! kind has a digest. `cargo x check` runs a stage whose own inputs have changed; one that only stands on
//! something else is left to `cargo x holes`, `cargo x wrong` and the weekly run, for a change at
//! the bottom would make it check the whole course. The versions of other crates and of Rust are not
//! among the inputs: `--deep` checks whatever the digests say.
//!
//! Invariant: a digest is only written after a run that began and ended with those inputs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ferrisdb_course::course::{Course, Stage};
use ferrisdb_course::error::{IoContext, Result, read_text, write_text};
use ferrisdb_course::fields::Text;

use super::layers::{Package, packages};
use super::report::Findings;

/// A new number makes every stage be checked again: the checks themselves have changed.
const EDITION: &str = "1";

const HEAD: &str = "# The inputs with which `cargo x holes` and `cargo x wrong` last found nothing to mend.\n\
                    # Written by them; a stage whose inputs are still these is not run again.\n";

/// A check that takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    /// `cargo x holes`
    Holes,
    /// `cargo x wrong`
    Wrong,
}

/// Which stages are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Those that have changed themselves.
    Own,
    /// Those and the ones that are built from something that has changed.
    Built,
    /// All, whatever the digests say.
    All,
}

/// What became of a stage.
#[derive(Debug)]
pub(super) enum Ran {
    /// It was checked.
    Checked(Findings),
    /// All its inputs are those of the last check.
    Unchanged,
    /// Only what it is built from has changed, which is not asked for.
    Left,
}

/// What `cargo x` may return.
type Attempt<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The workspace's packages, which say what a stage is built from.
#[derive(Debug)]
pub(super) struct Checked {
    packages: Vec<Package>,
    depth: Depth,
}

impl Checked {
    /// Looks at the workspace.
    pub(super) fn of(course: &Course, depth: Depth) -> Result<Self> {
        Ok(Self {
            packages: packages(course)?,
            depth,
        })
    }

    /// Runs a check of a stage unless its inputs are those of the last run that was good.
    pub(super) fn run(
        &self,
        stage: &Stage,
        task: Task,
        check: impl FnOnce() -> Attempt<Findings>,
    ) -> Attempt<Ran> {
        let before = self.digest(stage, task, Inputs::BeforeRecord)?;
        let mut known = recorded(stage);
        if self.depth != Depth::All {
            let is_known = |key: &str, digest: &String| known.get(key) == Some(digest);
            if is_known(task.key(), &self.digest(stage, task, Inputs::All)?) {
                return Ok(Ran::Unchanged);
            }
            let own = self.digest(stage, task, Inputs::Own)?;
            if self.depth == Depth::Own && is_known(task.own_key(), &own) {
                return Ok(Ran::Left);
            }
        }
        let findings = check()?;
        let after = self.digest(stage, task, Inputs::BeforeRecord)?;
        if findings.problems.is_empty() && after == before {
            for (key, inputs) in [(task.key(), Inputs::All), (task.own_key(), Inputs::Own)] {
                let digest = self.digest(stage, task, inputs)?;
                known.insert(key.to_owned(), digest);
            }
            let line = |(name, digest): (&String, &String)| format!("{name} = \"{digest}\"\n");
            let lines: String = known.iter().map(line).collect();
            write_text(&path(stage), &format!("{HEAD}\n{lines}"))?;
        }
        Ok(Ran::Checked(findings))
    }

    /// A number that changes with any of these inputs.
    fn digest(&self, stage: &Stage, task: Task, inputs: Inputs) -> Result<String> {
        let exercise = stage.exercise_dir();
        let mut files = BTreeSet::from([exercise.join("lesson.toml")]);
        list(&exercise.join("tests"), &mut files)?;
        if task == Task::Wrong {
            list(&stage.wrong_dir(), &mut files)?;
        }
        let directories = match inputs {
            Inputs::Own => BTreeSet::from([stage.solution_dir()]),
            Inputs::All | Inputs::BeforeRecord => self.built_from(stage),
        };
        for directory in directories {
            files.insert(directory.join("Cargo.toml"));
            list(&directory.join("src"), &mut files)?;
        }
        files.remove(&path(stage));
        if inputs == Inputs::BeforeRecord {
            files.remove(&stage.wrong_dir().join("failures.toml"));
        }
        let mut digest = Digest::new(EDITION);
        for file in files {
            let name = file.strip_prefix(stage.root()).unwrap_or(&file);
            digest.take(&name.to_string_lossy().replace('\\', "/"));
            // With the line ends that Git gives them elsewhere too.
            digest.take(&read_text(&file)?);
        }
        Ok(digest.finish())
    }

    /// The directories of the stage's solution and of every package it or its tests use.
    fn built_from(&self, stage: &Stage) -> BTreeSet<PathBuf> {
        let mut directories = BTreeSet::from([stage.solution_dir()]);
        let mut names = vec![stage.lesson.package.as_str()];
        let mut seen = BTreeSet::new();
        while let Some(name) = names.pop() {
            let of_name = |package: &&Package| package.name == name;
            let Some(package) = self.packages.iter().find(of_name) else {
                continue;
            };
            if !seen.insert(name) {
                continue;
            }
            directories.extend(package.manifest_path.parent().map(Path::to_owned));
            // Only the stage's own tests are built, not those of what it uses.
            let is_own = name == stage.lesson.package;
            let used = package.dependencies.iter();
            let used = used.filter(|used| used.path.is_some() && (is_own || used.kind.is_none()));
            names.extend(used.map(|used| used.name.as_str()));
        }
        directories
    }
}

/// Which of a stage's inputs a digest covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inputs {
    /// Those in its own directories.
    Own,
    /// Everything that it is built from.
    All,
    /// Everything but the record of the wrong answers, which a run may write.
    BeforeRecord,
}

impl Task {
    /// Where the digest of all inputs is kept.
    fn key(self) -> &'static str {
        match self {
            Self::Holes => "holes",
            Self::Wrong => "wrong",
        }
    }

    /// Where the digest of the stage's own inputs is kept.
    fn own_key(self) -> &'static str {
        match self {
            Self::Holes => "holes-own",
            Self::Wrong => "wrong-own",
        }
    }
}

fn path(stage: &Stage) -> PathBuf {
    stage.wrong_dir().join("checked.toml")
}

/// The digests on record; a record that cannot be read says nothing.
fn recorded(stage: &Stage) -> BTreeMap<String, String> {
    let path = path(stage);
    let Ok(text) = read_text(&path) else {
        return BTreeMap::new();
    };
    let text = Text {
        text: &text,
        path: &path,
    };
    let mut known = BTreeMap::new();
    let Ok(mut fields) = text.fields() else {
        return known;
    };
    for task in [Task::Holes, Task::Wrong] {
        for key in [task.key(), task.own_key()] {
            if let Ok(Some(digest)) = fields.opt_string(key) {
                known.insert(key.to_owned(), digest.value);
            }
        }
    }
    known
}

/// Every file below a directory; a directory that is not there has none.
pub(super) fn list(directory: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    if !directory.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(directory).context("list", directory)? {
        let path = entry.context("list", directory)?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else if path.extension().is_none_or(|extension| extension != "new") {
            files.insert(path);
        }
    }
    Ok(())
}

/// FNV-1a, two of them: it guards against forgetting, not against attackers.
struct Digest {
    sums: [u64; 2],
}

impl Digest {
    fn new(edition: &str) -> Self {
        let mut digest = Self {
            sums: [0xcbf2_9ce4_8422_2325, 0x6c62_272e_07bb_0142],
        };
        digest.take(edition);
        digest
    }

    fn take(&mut self, text: &str) {
        // No text can end with this byte, so two texts are not one.
        for byte in text.bytes().chain([0xff]) {
            let [first, second] = &mut self.sums;
            *first = (*first ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            *second = (*second ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b5);
        }
    }

    fn finish(&self) -> String {
        format!("{:016x}{:016x}", self.sums[0], self.sums[1])
    }
}
