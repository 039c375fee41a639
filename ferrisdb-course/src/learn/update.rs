//! `update`: a new version of the course merged with the learner's work.
//!
//! For each file of each exercise there are three versions: the cut that the learner began
//! from (`.learn/base`), the learner's, and the cut of today's solution. [`merge`] decides.
//!
//! With `--pull` git comes first, and git refuses to touch files with changes of one's own:
//!
//! ```text
//!   1  keep every changed file in .learn/backup/…-update      then write the journal
//!   2  put those files back as they were committed
//!   3  git pull --ff-only
//!   4  merge each file: base, the copy in the backup, today's cut
//!   5  the new cut becomes the base                           then remove the journal
//! ```
//!
//! The journal `.learn/update.toml` names the backup. As long as it exists, the learner's
//! work is what lies in the backup; killed at any point, the next `update` goes on from
//! there, and every other command says so. The base only changes in step 5, so step 4 may
//! be done twice with the same result.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::course::{Course, Stage};
use crate::cut::{self, CutFile};
use crate::error::{Error, IoContext, Result, read_text};
use crate::fields::{Text, quoted};

use super::files::{Backup, Kept, shown, write_atomic};
use super::git::Git;
use super::merge::{Merged, merge};

/// What the journal says.
#[derive(Debug)]
struct Journal {
    /// The folder of the backup, from the course's root.
    backup: String,
    /// The files set aside, from the course's root.
    files: Vec<String>,
}

/// What became of the files.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// In words, one line a file.
    pub(crate) lines: Vec<String>,
    /// The files in which both sides changed the same place.
    pub(crate) conflicts: Vec<String>,
    /// Where the copies are, if any were made.
    pub(crate) backup: Option<String>,
}

/// The sentence about an update that did not come to its end.
pub(crate) fn interrupted(kept: &Kept, root: &Path) -> Option<String> {
    let path = kept.path("update.toml");
    if !path.exists() {
        return None;
    }
    let place = read_journal(kept).map_or_else(
        || shown(&kept.path("backup"), root),
        |journal| journal.backup,
    );
    Some(format!(
        "An update did not come to its end. Your work is safe in {place}; `cargo learn update` finishes it."
    ))
}

/// Whether today's cut of a stage is another than the one the learner began from.
pub(crate) fn is_behind(kept: &Kept, stage: &Stage) -> bool {
    let base = kept.base_dir(&stage.name);
    let Ok(cut) = cut::cut(stage) else {
        return false;
    };
    base.exists()
        && cut
            .iter()
            .any(|file| read_text(&base.join(&file.path)).ok().as_ref() != Some(&file.text))
}

/// Sets the learner's changes aside, fetches, and merges them back.
pub(crate) fn pull(course: &Course, kept: &Kept) -> Result<Outcome> {
    let git = Git::at(&course.root).ok_or_else(|| Error::Program {
        program: "cargo learn update --pull".to_owned(),
        message:
            "this course is not a git clone, so there is nothing to pull from. Unpack the new \
                  version over it (without exercises/), then run `cargo learn update`"
                .to_owned(),
    })?;
    if read_journal(kept).is_none() {
        set_aside(course, kept, git)?;
    } else {
        // Whatever was written since the update stopped is about to be replaced.
        keep_changed(course, &kept.backup("update"), git)?;
    }
    let journal = read_journal(kept);
    let files = journal.as_ref().map_or(&[][..], |journal| &journal.files);
    // From here on the backup is the learner's work, and the journal says so.
    git.restore(files)
        .map_err(|message| failed("git checkout", &message))?;
    let pulled = git.pull();
    // Whatever the pull said, the learner's work comes back first.
    let course = Course::load(&course.root)?;
    let outcome = merge_all(&course, kept)?;
    pulled.map_err(|message| {
        failed(
            "git pull --ff-only",
            &format!(
                "{message}\nYour work is back in its place; nothing was updated. \
                 If you have commits of your own, run `git pull`, then `cargo learn update`"
            ),
        )
    })?;
    Ok(outcome)
}

/// Step 1: copies, then the journal.
fn set_aside(course: &Course, kept: &Kept, git: Git<'_>) -> Result<()> {
    let files = git.changed(&[Path::new("exercises")]).unwrap_or_default();
    // Tests, lessons and lockfiles are the course's: changes in them are kept as copies, not merged.
    let backup = kept.backup("update");
    for file in &files {
        backup.keep(&course.root.join(file))?;
    }
    let journal = Journal {
        backup: backup.shown(),
        files,
    };
    let files: Vec<String> = journal.files.iter().map(|file| quoted(file)).collect();
    let backup = quoted(&journal.backup);
    let text = format!("backup = {backup}\nfiles = [{}]\n", files.join(", "));
    write_atomic(&kept.path("update.toml"), text.as_bytes())
}

/// Copies every changed file below `exercises/` and returns their names.
fn keep_changed(course: &Course, backup: &Backup, git: Git<'_>) -> Result<Vec<String>> {
    let files = git.changed(&[Path::new("exercises")]).unwrap_or_default();
    for file in &files {
        backup.keep(&course.root.join(file))?;
    }
    Ok(files)
}

fn read_journal(kept: &Kept) -> Option<Journal> {
    let path = kept.path("update.toml");
    let text = read_text(&path).ok()?;
    let text = Text {
        text: &text,
        path: &path,
    };
    let mut fields = text.fields().ok()?;
    let files = fields.strings("files").ok()?.value;
    Some(Journal {
        backup: fields.string("backup").ok()?.value,
        files: files.into_iter().map(|file| file.value).collect(),
    })
}

fn failed(program: &str, message: &str) -> Error {
    Error::Program {
        program: program.to_owned(),
        message: message.to_owned(),
    }
}

/// Steps 4 and 5 for every stage; also the whole of `update` without `--pull`.
pub(crate) fn merge_all(course: &Course, kept: &Kept) -> Result<Outcome> {
    let journal = read_journal(kept);
    let set_aside = journal.as_ref().map(|journal| SetAside {
        backup: kept.backup_at(course.root.join(&journal.backup)),
        files: journal
            .files
            .iter()
            .map(|file| course.root.join(file))
            .collect(),
    });
    let mut work = Work {
        kept,
        root: &course.root,
        backup: kept.backup("update"),
        set_aside,
        outcome: Outcome::default(),
    };
    let mut cuts = Vec::new();
    for stage in &course.stages {
        let cut = cut::cut(stage)?;
        work.stage(stage, &cut)?;
        cuts.push((stage, cut));
    }
    for (stage, cut) in cuts {
        replace_base(&kept.base_dir(&stage.name), &cut)?;
    }
    let path = kept.path("update.toml");
    if path.exists() {
        std::fs::remove_file(&path).context("remove", &path)?;
    }
    let mut outcome = work.outcome;
    let made = |backup: &Backup| backup.dir.exists().then(|| backup.shown());
    outcome.backup = journal
        .map(|journal| journal.backup)
        .or_else(|| made(&work.backup));
    Ok(outcome)
}

/// What was set aside before a pull.
struct SetAside {
    backup: Backup,
    files: BTreeSet<PathBuf>,
}

/// The merge under way.
struct Work<'a> {
    kept: &'a Kept,
    root: &'a Path,
    backup: Backup,
    set_aside: Option<SetAside>,
    outcome: Outcome,
}

impl Work<'_> {
    fn stage(&mut self, stage: &Stage, cut: &[CutFile]) -> Result<()> {
        let base_dir = self.kept.base_dir(&stage.name);
        let mut paths: BTreeSet<String> = cut.iter().map(|file| file.path.clone()).collect();
        paths.extend(files_below(&base_dir));
        for path in paths {
            let file = stage.exercise_dir().join(&path);
            let base = read_text(&base_dir.join(&path)).ok();
            let course = cut
                .iter()
                .find(|file| file.path == path)
                .map(|file| file.text.as_str());
            self.file(&file, base.as_deref(), course)?;
        }
        Ok(())
    }

    fn file(&mut self, file: &Path, base: Option<&str>, course: Option<&str>) -> Result<()> {
        let yours = self.yours(file);
        let name = shown(file, self.root);
        let (text, line) = match merge(base, yours.as_deref(), course) {
            Merged::Keep => (yours, None),
            Merged::Take(text) => (
                Some(text),
                Some(format!("{name}: the course's new version")),
            ),
            Merged::Combined(text) => (
                Some(text),
                Some(format!(
                    "{name}: your work and the course's changes together"
                )),
            ),
            Merged::Conflict(text) => {
                self.outcome.conflicts.push(name.clone());
                (
                    Some(text),
                    Some(format!(
                        "{name}: both changed the same place; look for <<<<<<<"
                    )),
                )
            }
            Merged::Remove => (
                None,
                Some(format!("{name}: no longer part of the course, removed")),
            ),
            Merged::Orphan => (
                yours,
                Some(format!("{name}: no longer part of the course; yours stays")),
            ),
        };
        self.outcome.lines.extend(line);
        self.put(file, text.as_deref())
    }

    /// The learner's version: the copy set aside before the pull if there is one.
    fn yours(&self, file: &Path) -> Option<String> {
        let aside = self
            .set_aside
            .as_ref()
            .filter(|aside| aside.files.contains(file));
        match aside {
            // A file that the learner had deleted has no copy; then it is missing for us too.
            Some(aside) => read_text(&aside.backup.copy_of(file)).ok(),
            None => read_text(file).ok(),
        }
    }

    /// Writes a file, after keeping what it says now.
    fn put(&self, file: &Path, text: Option<&str>) -> Result<()> {
        let now = read_text(file).ok();
        if now.as_deref() == text {
            return Ok(());
        }
        self.backup.keep(file)?;
        match text {
            Some(text) => write_atomic(file, text.as_bytes()),
            None => std::fs::remove_file(file).context("remove", file),
        }
    }
}

/// Makes the folder hold exactly this cut.
fn replace_base(base: &Path, cut: &[CutFile]) -> Result<()> {
    for path in files_below(base) {
        if cut.iter().all(|file| file.path != path) {
            let file = base.join(path);
            std::fs::remove_file(&file).context("remove", &file)?;
        }
    }
    for file in cut {
        let path = base.join(&file.path);
        if read_text(&path).ok().as_ref() != Some(&file.text) {
            write_atomic(&path, file.text.as_bytes())?;
        }
    }
    Ok(())
}

/// Every file below a folder, as a path from it with `/`.
fn files_below(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, top: &Path, files: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, top, files);
            } else {
                files.push(shown(&path, top));
            }
        }
    }
    let mut files = Vec::new();
    walk(folder, folder, &mut files);
    files
}
