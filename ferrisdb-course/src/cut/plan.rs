//! What is to be cut out of one solution: the places of its holes and dropped items.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::CutFile;
use super::edit::{empty_body, given_body, indent_at, remove, replace};
use crate::course::Stage;
use crate::error::{Error, Result, read_text};
use crate::items::{Found, Kind, SourceTree};
use crate::lesson::Hole;

/// A stage's solution with the places that its lesson names.
pub(super) struct Plan<'a> {
    stage: &'a Stage,
    tree: SourceTree,
}

/// Where a hole is.
pub(super) struct Place {
    /// The file, below the package's directory.
    pub(super) file: String,
    /// The item's path within the file: its modules in other files left out.
    pub(super) path_in_file: String,
}

impl<'a> Plan<'a> {
    pub(super) fn new(stage: &'a Stage) -> Result<Self> {
        let tree = SourceTree::load(&stage.solution_dir().join("src"))?;
        let plan = Self { stage, tree };
        for hole in &stage.lesson.holes {
            plan.found(hole)?;
        }
        for dropped in &stage.lesson.drop {
            plan.at_line(dropped.line, plan.tree.find(&dropped.item))?;
        }
        Ok(plan)
    }

    /// The files of the cut, with the holes filled of which `filled` says so.
    pub(super) fn files(
        &self,
        filled: impl Fn(usize) -> bool,
        dropping: bool,
    ) -> Result<Vec<CutFile>> {
        let dropped = if dropping {
            self.dropped()?
        } else {
            Vec::new()
        };
        let gone = self.files_of_dropped_modules(&dropped);
        let mut files = Vec::new();
        let solution = self.stage.solution_dir();
        for source in self.tree.files() {
            // Tests that the crate takes in from the exercise are there already.
            let is_shared = !source.path.starts_with(&solution);
            if is_shared || gone.contains(source.path.as_path()) {
                continue;
            }
            let mut edits = Vec::new();
            for (number, hole) in self.stage.lesson.holes.iter().enumerate() {
                let found = self.found(hole)?;
                let is_gone = dropped.iter().any(|item| contains(item, found));
                if found.file == source.path && !is_gone && !filled(number) {
                    let body = found.body.clone().unwrap_or_default();
                    edits.push((body, self.hole_text(hole)?));
                }
            }
            let pieces: Vec<_> = dropped
                .iter()
                .filter(|item| item.file == source.path)
                .map(|item| item.item.clone())
                .collect();
            let text = if pieces.is_empty() {
                replace(&source.text, &edits)
            } else {
                remove_and_replace(&source.text, pieces, &edits)
            };
            let path = self.relative(&source.path);
            let text = self.beside(&path, &text);
            files.push(CutFile { path, text });
        }
        files.push(self.manifest()?);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    pub(super) fn hole(&self, hole: &Hole) -> Result<Place> {
        let found = self.found(hole)?;
        Ok(Place {
            file: self.relative(&found.file),
            path_in_file: self.path_in_file(found),
        })
    }

    /// The holes in one file of the cut.
    pub(super) fn holes_in(&self, file: &str) -> Result<Vec<(&'a Hole, Place)>> {
        let mut holes = Vec::new();
        for hole in &self.stage.lesson.holes {
            let place = self.hole(hole)?;
            if place.file == file {
                holes.push((hole, place));
            }
        }
        Ok(holes)
    }

    /// The body of an empty hole.
    pub(super) fn hole_text(&self, hole: &Hole) -> Result<String> {
        let found = self.found(hole)?;
        let text = self.tree.text(&found.file);
        let end = found.body.clone().unwrap_or_default().end;
        let indent = indent_at(text, end);
        Ok(match &hole.body {
            Some(body) => given_body(indent, body),
            None => empty_body(indent, &hole.todo, found.is_const),
        })
    }

    fn found(&self, hole: &Hole) -> Result<&Found> {
        let found = self.at_line(hole.line, self.tree.find(&hole.item))?;
        if found.kind == Kind::Function && found.body.is_some() {
            return Ok(found);
        }
        let message = format!("`{}` is not a function with a body", hole.item);
        Err(self.stage.lesson.error(hole.line, message))
    }

    /// Names the lesson's line in an error about an item.
    fn at_line<T>(&self, line: usize, result: Result<T>) -> Result<T> {
        result.map_err(|error| match error {
            Error::ItemMissing { .. } | Error::ItemAmbiguous { .. } => {
                self.stage.lesson.error(line, error.to_string())
            }
            other => other,
        })
    }

    fn dropped(&self) -> Result<Vec<&Found>> {
        self.stage
            .lesson
            .drop
            .iter()
            .map(|dropped| self.at_line(dropped.line, self.tree.find(&dropped.item)))
            .collect()
    }

    /// The files of the modules that are dropped, and of the modules below those.
    fn files_of_dropped_modules(&self, dropped: &[&'_ Found]) -> HashSet<&Path> {
        let modules: Vec<&Found> = dropped
            .iter()
            .copied()
            .filter(|item| item.kind == Kind::Module)
            .collect();
        self.tree
            .items()
            .iter()
            .filter(|item| {
                modules.iter().any(|module| {
                    item.path == module.path || item.path.starts_with(&format!("{}::", module.path))
                })
            })
            .filter_map(|item| item.module_file.as_deref())
            .collect()
    }

    /// The exercise's `Cargo.toml`: the solution's, its shared files now beside it.
    fn manifest(&self) -> Result<CutFile> {
        let path = "Cargo.toml".to_owned();
        let text = read_text(&self.stage.solution_dir().join(&path))?;
        let text = self.beside(&path, &text);
        Ok(CutFile { path, text })
    }

    /// A text of the solution as the exercise has it: what it names in the exercise's directory
    /// is beside it there.
    ///
    /// ```text
    ///   Cargo.toml   path = "../../exercises/04-skip-list/tests/a.rs"          "tests/a.rs"
    ///   src/lib.rs   #[path = "../../../exercises/04-skip-list/tests/b.rs"]    "../tests/b.rs"
    /// ```
    fn beside(&self, path: &str, text: &str) -> String {
        let to_package = "../".repeat(path.matches('/').count());
        let there = format!("\"{to_package}../../exercises/{}/", self.stage.name);
        text.replace(&there, &format!("\"{to_package}"))
    }

    fn relative(&self, path: &Path) -> String {
        let solution = self.stage.solution_dir();
        let relative: PathBuf = path.strip_prefix(&solution).unwrap_or(path).to_owned();
        relative.to_string_lossy().replace('\\', "/")
    }

    /// The path below the modules that lie in other files.
    fn path_in_file(&self, found: &Found) -> String {
        let module = self
            .tree
            .items()
            .iter()
            .filter(|item| item.module_file.as_ref() == Some(&found.file))
            .map(|item| format!("{}::", item.path))
            .find(|prefix| found.path.starts_with(prefix.as_str()))
            .unwrap_or_default();
        found.path[module.len()..].to_owned()
    }
}

/// Whether one item lies in another, or is it.
fn contains(outer: &Found, inner: &Found) -> bool {
    outer.file == inner.file
        && outer.item.start <= inner.item.start
        && inner.item.end <= outer.item.end
}

/// Empties holes and then removes items, whose places the first step moves.
fn remove_and_replace(
    text: &str,
    pieces: Vec<Range<usize>>,
    edits: &[(Range<usize>, String)],
) -> String {
    let moved = |at: usize| {
        edits
            .iter()
            .filter(|(range, _)| range.end <= at)
            .fold(at, |at, (range, new)| at + new.len() - range.len())
    };
    let pieces = pieces
        .into_iter()
        .map(|piece| moved(piece.start)..moved(piece.end))
        .collect();
    remove(&replace(text, edits), pieces)
}
