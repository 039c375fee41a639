//! A copy of what a program is made of, in which its parts can be broken.
//!
//! ```text
//!   target/x/bugs/Cargo.toml     the workspace's, its members only what the program needs
//!                 Cargo.lock     the workspace's
//!                 solutions/…    their sources, without tests, benches and examples
//!                 target/        built apart, so that no broken program is taken for a good one
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use toml::{Table, Value};

use ferrisdb_course::course::Course;
use ferrisdb_course::error::{Error, IoContext, Result, read_text, write_text};
use ferrisdb_course::time::Deadline;

use super::program;
use super::scratch::read_table;

/// No task takes longer than this, even on a busy machine.
const TIME_MAX: Duration = Duration::from_mins(10);

/// The copy.
#[derive(Debug)]
pub(super) struct Bench {
    root: PathBuf,
    directory: PathBuf,
    program: String,
    /// Where each package is, below either root.
    packages: BTreeMap<String, PathBuf>,
}

/// How a task ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// It found nothing.
    Well,
    /// It found something, and said this.
    Failed(String),
    /// It did not end, and was ended.
    Late,
}

impl Bench {
    /// Copies a package of the workspace, and all of the workspace that it needs.
    pub(super) fn open(course: &Course, program: &str) -> Result<Self> {
        let directory = course.target_dir().join("x").join("bugs");
        let mut manifest = read_table(&course.root.join("Cargo.toml"))?;
        let known = paths(&manifest);
        let mut packages = BTreeMap::new();
        let mut waiting = vec![(program.to_owned(), PathBuf::from(program))];
        while let Some((name, path)) = waiting.pop() {
            let mut package = read_table(&course.root.join(&path).join("Cargo.toml"))?;
            for part in ["dev-dependencies", "test", "bench", "example"] {
                package.remove(part);
            }
            let needed = package.get("dependencies").and_then(Value::as_table);
            for needed in needed.into_iter().flat_map(Table::keys) {
                if let Some(path) = known.get(needed)
                    && !packages.contains_key(needed)
                {
                    waiting.push((needed.clone(), path.clone()));
                }
            }
            write_text(
                &directory.join(&path).join("Cargo.toml"),
                &package.to_string(),
            )?;
            packages.insert(name, path);
        }
        if let Some(workspace) = manifest.get_mut("workspace").and_then(Value::as_table_mut) {
            let members = packages
                .values()
                .map(|path| Value::from(path.display().to_string()));
            workspace.insert("members".into(), Value::Array(members.collect()));
            workspace.remove("exclude");
        }
        write_text(&directory.join("Cargo.toml"), &manifest.to_string())?;
        let lock = read_text(&course.root.join("Cargo.lock"))?;
        write_text(&directory.join("Cargo.lock"), &lock)?;
        Ok(Self {
            root: course.root.clone(),
            directory,
            program: program.to_owned(),
            packages,
        })
    }

    /// Where the true sources of a package are.
    pub(super) fn source(&self, package: &str) -> Result<PathBuf> {
        let path = self.packages.get(package).ok_or_else(|| Error::Program {
            program: self.program.clone(),
            message: format!("it is not made of {package}"),
        })?;
        Ok(self.root.join(path).join("src"))
    }

    /// Builds the program with these files in the places of the true ones. What the compiler says
    /// is the inner error.
    pub(super) fn build(&self, changed: &[(PathBuf, String)]) -> Result<Result<(), String>> {
        for path in self.packages.values() {
            let (from, to) = (
                self.root.join(path).join("src"),
                self.directory.join(path).join("src"),
            );
            copy(&from, &to, changed)?;
        }
        let manifest = self.directory.join("Cargo.toml").display().to_string();
        let target = self.directory.join("target").display().to_string();
        let arguments = [
            "build",
            "-q",
            "--offline",
            "--profile",
            "trust",
            "-p",
            &self.program,
            "--manifest-path",
            &manifest,
            "--target-dir",
            &target,
        ];
        // Warnings are expected: a bug often leaves something unused.
        let ran = program::cargo(
            &self.directory,
            arguments,
            &[("RUSTFLAGS", "--cap-lints=allow")],
        )?;
        Ok(if ran.success() {
            Ok(())
        } else {
            Err(ran.stderr)
        })
    }

    /// Runs a task of the program, as much of it as that, with a variable of its environment.
    pub(super) fn run(&self, task: &str, limit: u64, env: (&str, &str)) -> Result<Ended> {
        let unit = match task {
            "lockstep" => "--operations",
            "powercut" => "--recoveries",
            "faults" => "--runs",
            "rot" => "--damages",
            "kill" => "--rounds",
            _ => "--seconds",
        };
        let path = self
            .directory
            .join("target")
            .join("trust")
            .join(&self.program);
        let output = self.directory.join("output");
        let file = fs::File::create(&output).context("create", &output)?;
        let mut child = Command::new(&path)
            .args([task, unit, &limit.to_string()])
            .env(env.0, env.1)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .context("run", &path)?;
        let deadline = Deadline::after(TIME_MAX);
        let status = loop {
            if let Some(status) = child.try_wait().context("wait for", &path)? {
                break status;
            }
            if deadline.is_over() {
                child.kill().context("end", &path)?;
                child.wait().context("wait for", &path)?;
                return Ok(Ended::Late);
            }
            thread::sleep(Duration::from_millis(20));
        };
        if status.success() {
            return Ok(Ended::Well);
        }
        Ok(Ended::Failed(read_text(&output)?))
    }
}

/// Makes a directory's sources what they should be; a file that is right already is left alone.
fn copy(from: &Path, to: &Path, changed: &[(PathBuf, String)]) -> Result<()> {
    for entry in fs::read_dir(from).context("list", from)? {
        let path = entry.context("list", from)?.path();
        let to = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &to, changed)?;
            continue;
        }
        let text = match changed.iter().find(|(changed, _)| *changed == path) {
            Some((_, text)) => text.clone(),
            None => read_text(&path)?,
        };
        write_text(&to, &text)?;
    }
    Ok(())
}

/// Where the packages of the workspace are.
fn paths(manifest: &Table) -> BTreeMap<String, PathBuf> {
    let workspace = manifest.get("workspace").and_then(Value::as_table);
    let dependencies = workspace.and_then(|workspace| workspace.get("dependencies")?.as_table());
    let dependencies = dependencies.into_iter().flatten();
    let path = |value: &Value| value.get("path")?.as_str().map(PathBuf::from);
    dependencies
        .filter_map(|(name, value)| Some((name.clone(), path(value)?)))
        .collect()
}
