//! `reset`: a hole, or a whole stage, back to its beginning. A copy is kept.

use std::path::PathBuf;

use crate::course::Stage;
use crate::cut;
use crate::error::{Error, Result};

use super::files::{Kept, shown, write_atomic};
use super::git::Git;
use super::guard;

/// What was done.
#[derive(Debug)]
pub struct Done {
    /// The files written, from the course's root.
    pub files: Vec<String>,
    /// Where the copies are, if there was anything to copy.
    pub backup: Option<String>,
    /// Files that could not be put back, and how to get them.
    pub trouble: Option<String>,
}

impl Done {
    /// In one or two sentences.
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        if self.files.is_empty() && self.trouble.is_none() {
            parts.push("It was already as at the beginning; nothing was changed.".to_owned());
        } else if !self.files.is_empty() {
            parts.push(format!("Put back: {}.", self.files.join(", ")));
        }
        if let Some(backup) = &self.backup {
            parts.push(format!("Your version is in {backup}."));
        }
        parts.extend(self.trouble.clone());
        parts.join(" ")
    }
}

/// Puts one hole back; the rest of its file stays as it is.
pub fn hole(kept: &Kept, stage: &Stage, hole: usize) -> Result<Done> {
    let file = cut::reset_text(stage, &stage.lesson.holes[hole]).map_err(|error| match error {
        // Without its braces in order no hole can be found in a file.
        Error::Syntax { .. } => Error::Program {
            program: "cargo learn reset".to_owned(),
            message: format!(
                "{error}. Mend that first, or put the whole stage back: cargo learn reset {}",
                stage.number_text()
            ),
        },
        other => other,
    })?;
    let path = stage.exercise_dir().join(&file.path);
    write(kept, stage, vec![(path, file.text)])
}

/// Puts every source file of a stage back, and files that are missing.
pub fn stage(kept: &Kept, stage: &Stage) -> Result<Done> {
    let files = cut::cut(stage)?;
    let directory = stage.exercise_dir();
    let files = files
        .into_iter()
        .map(|file| (directory.join(file.path), file.text));
    let mut done = write(kept, stage, files.collect())?;
    restore_tests(stage, &mut done)?;
    Ok(done)
}

/// Puts back only what is missing.
pub fn missing(kept: &Kept, stage: &Stage) -> Result<Done> {
    let directory = stage.exercise_dir();
    let files = cut::cut(stage)?;
    let gone = files
        .into_iter()
        .map(|file| (directory.join(file.path), file.text))
        .filter(|(path, _)| !path.exists());
    let mut done = write(kept, stage, gone.collect())?;
    restore_tests(stage, &mut done)?;
    Ok(done)
}

fn write(kept: &Kept, stage: &Stage, files: Vec<(PathBuf, String)>) -> Result<Done> {
    let backup = kept.backup("reset");
    let mut written = Vec::new();
    for (path, text) in files {
        if crate::error::read_text(&path).is_ok_and(|now| now == text) {
            continue;
        }
        backup.keep(&path)?;
        write_atomic(&path, text.as_bytes())?;
        written.push(shown(&path, stage.root()));
    }
    Ok(Done {
        files: written,
        backup: backup.dir.exists().then(|| backup.shown()),
        trouble: None,
    })
}

/// Tests and labs are not cut from anything; git has them.
fn restore_tests(stage: &Stage, done: &mut Done) -> Result<()> {
    let missing = guard::missing(stage, &cut::cut(stage)?);
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = missing
        .iter()
        .map(|path| shown(path, stage.root()))
        .collect();
    let restored = Git::at(stage.root()).map(|git| git.restore(&names));
    if let Some(Ok(())) = restored {
        done.files.extend(names);
    } else {
        done.trouble = Some(format!(
            "Still missing: {}. They come with the course; copy them from a fresh download.",
            names.join(", ")
        ));
    }
    Ok(())
}
