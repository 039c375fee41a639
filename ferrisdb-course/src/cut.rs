//! The cutter: from a solution to its exercise.
//!
//! ```text
//!   solutions/03-wal ── empty the holes, leave out what is dropped ──▶ exercises/03-wal
//!     src/**, Cargo.toml                                                 src/**, Cargo.toml
//! ```
//!
//! Paths into the exercise's directory, to tests that both crates share, become paths beside it.
//! Nothing else is changed: signatures, comments and the order of the files stay. The result is
//! as rustfmt would write it, given that the solution is.
//!
//! Invariant: cutting a second time gives the same text; a hole that a learner has filled in is
//! not a difference between the exercise and its cut, anything else is.

mod edit;
mod plan;

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::course::Stage;
use crate::error::{Error, IoContext, Result, read_text, write_text};
use crate::items::{SourceTree, line_of};
use crate::lesson::Hole;
use plan::Plan;

pub use edit::replace;

/// One file of a cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutFile {
    /// Its path below the exercise's directory, with `/` between its parts.
    pub path: String,
    /// What it should say.
    pub text: String,
}

/// Whether a learner has begun to fill a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoleState {
    /// As it was cut.
    Untouched,
    /// Anything else.
    Started,
}

/// A hole as it is in the exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoleOnDisk {
    /// Whether it was begun.
    pub state: HoleState,
    /// Its file.
    pub path: PathBuf,
    /// The line of its body, counted from 1; none while the file does not parse.
    pub line: Option<usize>,
}

/// One way in which an exercise is not what would be cut from its solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The file, below the exercise's directory.
    pub path: String,
    /// What is different.
    pub kind: DifferenceKind,
}

/// What is different about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DifferenceKind {
    /// It is not there.
    Missing,
    /// The solution has no such file.
    Extra,
    /// It does not parse, so its holes cannot be found.
    Unreadable(String),
    /// It says something else outside of the holes.
    Changed {
        /// The first line that differs, in the file as it is.
        line: usize,
        /// That line as it would be cut.
        expected: String,
        /// That line as it is.
        found: String,
    },
}

/// The exercise as it is handed out: every hole empty, dropped items gone.
pub fn cut(stage: &Stage) -> Result<Vec<CutFile>> {
    Plan::new(stage)?.files(|_| false, true)
}

/// The solution with all holes empty but those for which `filled` says true of their number
/// (from 0). Dropped items stay: the bodies that are filled in use them.
pub fn fill(stage: &Stage, filled: impl Fn(usize) -> bool) -> Result<Vec<CutFile>> {
    Plan::new(stage)?.files(filled, false)
}

/// How the exercise on disk differs from what would be cut.
pub fn check(stage: &Stage) -> Result<Vec<Difference>> {
    let plan = Plan::new(stage)?;
    let directory = stage.exercise_dir();
    let files = plan.files(|_| false, true)?;
    let mut differences = Vec::new();
    for file in &files {
        let path = directory.join(&file.path);
        let kind = if path.is_file() {
            compare(&plan, file, &path)?
        } else {
            Some(DifferenceKind::Missing)
        };
        differences.extend(kind.map(|kind| Difference {
            path: file.path.clone(),
            kind,
        }));
    }
    differences.extend(
        extra_files(stage, &files)?
            .into_iter()
            .map(|path| Difference {
                path,
                kind: DifferenceKind::Extra,
            }),
    );
    Ok(differences)
}

/// Whether each hole of the exercise on disk, in the lesson's order, is as it was cut.
pub fn hole_states(stage: &Stage) -> Result<Vec<HoleState>> {
    Ok(holes(stage)?.into_iter().map(|hole| hole.state).collect())
}

/// Each hole of the exercise on disk, in the lesson's order.
///
/// A file that does not parse, which is normal while someone types, is searched for the empty
/// hole's text instead.
pub fn holes(stage: &Stage) -> Result<Vec<HoleOnDisk>> {
    let plan = Plan::new(stage)?;
    let files = plan.files(|_| false, true)?;
    let mut read: HashMap<String, OnDisk> = HashMap::new();
    let mut holes = Vec::new();
    for hole in &stage.lesson.holes {
        let place = plan.hole(hole)?;
        let path = stage.exercise_dir().join(&place.file);
        let on_disk = read
            .entry(place.file.clone())
            .or_insert_with(|| OnDisk::read(&path));
        let empty = plan.hole_text(hole)?;
        let body = on_disk.body(&place.path_in_file);
        let untouched = match (&on_disk.tree, &body) {
            (Some(_), body) => body
                .as_ref()
                .is_some_and(|body| on_disk.text[body.clone()] == empty),
            (None, _) => files
                .iter()
                .find(|file| file.path == place.file)
                .and_then(|file| signature_and_body(file, &place.path_in_file))
                .is_some_and(|piece| on_disk.text.contains(&piece)),
        };
        holes.push(HoleOnDisk {
            state: if untouched {
                HoleState::Untouched
            } else {
                HoleState::Started
            },
            path,
            line: body.map(|body| line_of(&on_disk.text, body.start)),
        });
    }
    Ok(holes)
}

/// A file of the exercise, parsed if it can be; one that is not there is empty.
struct OnDisk {
    text: String,
    tree: Option<SourceTree>,
}

impl OnDisk {
    fn read(path: &Path) -> Self {
        let text = read_text(path).unwrap_or_default();
        let tree = SourceTree::parse(&text, path).ok();
        Self { text, tree }
    }

    fn body(&self, item: &str) -> Option<Range<usize>> {
        self.tree.as_ref()?.find(item).ok()?.body.clone()
    }
}

/// The body of a hole as it was cut, braces included: what `reset` puts back.
pub fn hole_body(stage: &Stage, hole: &Hole) -> Result<String> {
    Plan::new(stage)?.hole_text(hole)
}

/// Where a hole is: its file below the exercise's directory, and its path within that file.
pub fn hole_place(stage: &Stage, hole: &Hole) -> Result<(String, String)> {
    let place = Plan::new(stage)?.hole(hole)?;
    Ok((place.file, place.path_in_file))
}

/// The text of an exercise's file with one hole as it was cut; the rest is as the learner left it.
pub fn reset_text(stage: &Stage, hole: &Hole) -> Result<CutFile> {
    let plan = Plan::new(stage)?;
    let place = plan.hole(hole)?;
    let path = stage.exercise_dir().join(&place.file);
    let text = read_text(&path)?;
    let tree = SourceTree::parse(&text, &path)?;
    let body = tree.find(&place.path_in_file)?.body.clone();
    let body = body.ok_or_else(|| Error::Item {
        item: hole.item.clone(),
        path,
        message: "it has no body any more; `cargo learn reset` of the whole stage puts it back"
            .into(),
    })?;
    Ok(CutFile {
        path: place.file,
        text: replace(&text, &[(body, plan.hole_text(hole)?)]),
    })
}

/// Writes the cut over an exercise and removes the sources that the solution no longer has.
/// Returns the files that changed. What a learner wrote is lost: see [`hole_states`] first.
pub fn write(stage: &Stage) -> Result<Vec<String>> {
    let files = cut(stage)?;
    let directory = stage.exercise_dir();
    let mut changed = Vec::new();
    for file in &files {
        if write_text(&directory.join(&file.path), &file.text)? {
            changed.push(file.path.clone());
        }
    }
    for path in extra_files(stage, &files)? {
        let full = directory.join(&path);
        std::fs::remove_file(&full).context("remove", &full)?;
        changed.push(path);
    }
    Ok(changed)
}

/// Compares a file on disk with its cut, its holes emptied first.
fn compare(plan: &Plan<'_>, file: &CutFile, path: &Path) -> Result<Option<DifferenceKind>> {
    let mut text = read_text(path)?;
    let holes = plan.holes_in(&file.path)?;
    if text != file.text && !holes.is_empty() {
        let tree = match SourceTree::parse(&text, path) {
            Ok(tree) => tree,
            Err(error) => return Ok(Some(DifferenceKind::Unreadable(error.to_string()))),
        };
        let mut edits = Vec::new();
        for (hole, place) in holes {
            let body = tree
                .find(&place.path_in_file)
                .ok()
                .and_then(|found| found.body.clone());
            if let Some(body) = body {
                edits.push((body, plan.hole_text(hole)?));
            }
        }
        text = replace(&text, &edits);
    }
    Ok(first_difference(&file.text, &text))
}

/// The first line in which two texts differ.
fn first_difference(expected: &str, found: &str) -> Option<DifferenceKind> {
    if expected == found {
        return None;
    }
    let same = |(a, b): &(&str, &str)| a == b;
    let line = expected.lines().zip(found.lines()).take_while(same).count();
    let nth = |text: &str| {
        text.lines()
            .nth(line)
            .unwrap_or("(end of the file)")
            .to_owned()
    };
    Some(DifferenceKind::Changed {
        line: line + 1,
        expected: nth(expected),
        found: nth(found),
    })
}

/// The Rust files below the exercise's `src` that are not part of its cut.
fn extra_files(stage: &Stage, files: &[CutFile]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let source = stage.exercise_dir().join("src");
    if source.is_dir() {
        list_rust_files(&source, "src", &mut found)?;
    }
    found.retain(|path| files.iter().all(|file| file.path != *path));
    Ok(found)
}

/// Every `.rs` file below a directory, as `prefix/…`, sorted.
fn list_rust_files(directory: &Path, prefix: &str, found: &mut Vec<String>) -> Result<()> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(directory)
        .context("list", directory)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let relative = format!("{prefix}/{name}");
        if path.is_dir() {
            list_rust_files(&path, &relative, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(relative);
        }
    }
    Ok(())
}

/// An item of a cut file from the line of its signature to the end of its body.
fn signature_and_body(file: &CutFile, item: &str) -> Option<String> {
    let tree = SourceTree::parse(&file.text, Path::new(&file.path)).ok()?;
    let found = tree.find(item).ok()?;
    let body = found.body.clone()?;
    let start = file.text[..body.start].rfind("fn ")?;
    Some(file.text[start..body.end].to_owned())
}

impl Difference {
    /// The difference in one line, for a person.
    pub fn describe(&self) -> String {
        match &self.kind {
            DifferenceKind::Missing => format!("{}: not there", self.path),
            DifferenceKind::Extra => format!("{}: the solution has no such file", self.path),
            DifferenceKind::Unreadable(why) => format!("{}: {why}", self.path),
            DifferenceKind::Changed {
                line,
                expected,
                found,
            } => format!(
                "{}:{line}: differs outside of the holes\n    cut:   {}\n    found: {}",
                self.path,
                expected.trim_end(),
                found.trim_end()
            ),
        }
    }

    /// The line of the difference, where there is one.
    pub fn line(&self) -> Option<usize> {
        match self.kind {
            DifferenceKind::Changed { line, .. } => Some(line),
            _ => None,
        }
    }
}
