//! A place to build variants of a stage's crate without touching the exercise or the solution.
//!
//! ```text
//!   target/x/03-wal/Cargo.toml      exercises/Cargo.toml with absolute paths and one member
//!                   Cargo.lock      that of exercises/
//!                   package/        the variant; its tests are the files in exercises/03-wal/tests,
//!                                   those that the crate takes in with #[path] too
//! ```
//!
//! It stays in one place and shares the target directory, so a variant costs one incremental build.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use toml::{Table, Value};

use ferrisdb_course::course::{Course, Stage};
use ferrisdb_course::cut::CutFile;
use ferrisdb_course::error::{Error, IoContext, Result, read_text, write_text};
use ferrisdb_course::paths::normal;
use ferrisdb_course::runner::{self, BuildError, BuildSpec, Limits, TestBinary, Verdict};

/// The scratch workspace of one stage.
#[derive(Debug)]
pub(super) struct Scratch<'a> {
    course: &'a Course,
    stage: &'a Stage,
    directory: PathBuf,
    tests: Vec<String>,
    /// Whether the lesson lists tests inside of the crate.
    unit_tests: bool,
}

/// Why a variant has no verdicts.
#[derive(Debug, thiserror::Error)]
pub(super) enum ScratchError {
    #[error(transparent)]
    Course(#[from] Error),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Run(#[from] runner::RunError),
}

impl<'a> Scratch<'a> {
    /// Lays the workspace out; what was built there before is kept.
    pub(super) fn open(course: &'a Course, stage: &'a Stage) -> Result<Self> {
        let directory = course.target_dir().join("x").join(&stage.name);
        let exercises = course.exercises_dir();
        let mut manifest = read_table(&exercises.join("Cargo.toml"))?;
        let workspace = table(&mut manifest, "workspace");
        workspace.insert("members".into(), vec!["package"].into());
        for (_, dependency) in table(workspace, "dependencies").iter_mut() {
            if let Some(Value::String(path)) = dependency.get_mut("path") {
                *path = absolute(&exercises, path);
            }
        }
        write_text(&directory.join("Cargo.toml"), &manifest.to_string())?;
        let lock = exercises.join("Cargo.lock");
        if lock.is_file() {
            write_text(&directory.join("Cargo.lock"), &read_text(&lock)?)?;
        }
        Ok(Self {
            course,
            stage,
            directory,
            tests: Vec::new(),
            unit_tests: false,
        })
    }

    /// Makes these files the package; any other source there goes.
    pub(super) fn put(&mut self, files: &[CutFile]) -> Result<()> {
        let package = self.directory.join("package");
        for file in files {
            let text = if file.path == "Cargo.toml" {
                self.manifest(&file.text)?
            } else {
                self.source(file)
            };
            write_text(&package.join(&file.path), &text)?;
        }
        let keep = files.iter().map(|file| package.join(&file.path)).collect();
        remove_others(&package.join("src"), &keep)
    }

    /// Builds the tests that the lesson lists, or all that there are.
    pub(super) fn build(&self, all: bool) -> Result<Vec<TestBinary>, BuildError> {
        let spec = BuildSpec {
            // From the root, so that its `.cargo/config.toml` holds.
            directory: self.course.root.clone(),
            manifest: Some(self.directory.join("Cargo.toml")),
            package: Some(self.stage.lesson.package.clone()),
            tests: if all { Vec::new() } else { self.tests.clone() },
            unit_tests: self.unit_tests,
            arguments: vec![
                "--target-dir".into(),
                self.course.target_dir().into(),
                // Nobody looks at these programs with a debugger, and writing for one takes time.
                "--config".into(),
                "profile.dev.debug=false".into(),
            ],
            ..BuildSpec::default()
        };
        runner::build(&spec, &AtomicBool::new(false))
    }

    /// Builds and runs the tests of one variant.
    pub(super) fn test(
        &mut self,
        files: &[CutFile],
        limits: &Limits,
    ) -> Result<Vec<Verdict>, ScratchError> {
        self.put(files)?;
        let binaries = self.build(false)?;
        Ok(self.run(&binaries, limits)?)
    }

    /// Runs tests that are built.
    #[expect(clippy::unused_self, reason = "reads as a step after `build`")]
    pub(super) fn run(
        &self,
        binaries: &[TestBinary],
        limits: &Limits,
    ) -> Result<Vec<Verdict>, runner::RunError> {
        runner::run(binaries, limits, &AtomicBool::new(false), &|_| ())
    }

    /// A source, what it takes in from the exercise named by its full path.
    fn source(&self, file: &CutFile) -> String {
        let there = self.stage.exercise_dir().display().to_string();
        let there = there.replace('\\', "/");
        // From `src/a/b.rs` to the package is one step up for each directory.
        let up = "../".repeat(file.path.matches('/').count());
        if up.is_empty() {
            return file.text.clone();
        }
        let (beside, full) = (format!("#[path = \"{up}"), format!("#[path = \"{there}/"));
        file.text.replace(&beside, &full)
    }

    /// The package's manifest, its tests where the exercise has them, labs and benches left out.
    fn manifest(&mut self, text: &str) -> Result<String> {
        let path = self.stage.exercise_dir().join("Cargo.toml");
        let mut manifest = parse_table(text, &path)?;
        manifest.remove("example");
        manifest.remove("bench");
        let mut names = Vec::new();
        if let Some(Value::Array(tests)) = manifest.get_mut("test") {
            for test in tests.iter_mut().filter_map(Value::as_table_mut) {
                if let Some(Value::String(path)) = test.get_mut("path") {
                    *path = absolute(&self.stage.exercise_dir(), path);
                }
                names.extend(test.get("name").and_then(Value::as_str).map(str::to_owned));
            }
        }
        self.unit_tests = self.stage.lesson.tests().any(|test| {
            let binary = test.split("::").next().unwrap_or_default();
            names.iter().all(|name| name != binary)
        });
        self.tests = names;
        Ok(manifest.to_string())
    }
}

/// A TOML file as a table.
pub(super) fn read_table(path: &Path) -> Result<Table> {
    parse_table(&read_text(path)?, path)
}

fn parse_table(text: &str, path: &Path) -> Result<Table> {
    text.parse()
        .map_err(|error: toml::de::Error| Error::Lesson {
            path: path.to_owned(),
            line: error
                .span()
                .map_or(1, |span| ferrisdb_course::items::line_of(text, span.start)),
            message: error.message().to_owned(),
        })
}

/// The table of that name, made if it is not there.
fn table<'t>(parent: &'t mut Table, name: &str) -> &'t mut Table {
    let value = parent
        .entry(name.to_owned())
        .or_insert_with(|| Value::Table(Table::new()));
    if !value.is_table() {
        *value = Value::Table(Table::new());
    }
    value.as_table_mut().expect("it was just made one")
}

/// A path of a manifest, from the root of the file system, without `..`.
fn absolute(directory: &Path, path: &str) -> String {
    normal(&directory.join(path)).to_string_lossy().into_owned()
}

/// Removes the files below a directory that are not to be kept.
fn remove_others(directory: &Path, keep: &HashSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(directory).context("list", directory)? {
        let path = entry.context("list", directory)?.path();
        if path.is_dir() {
            remove_others(&path, keep)?;
        } else if !keep.contains(&path) {
            fs::remove_file(&path).context("remove", &path)?;
        }
    }
    Ok(())
}
