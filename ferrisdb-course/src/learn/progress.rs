//! `.learn/progress.toml`: what `cargo learn` remembers between runs, for a person to read.
//!
//! ```toml
//! current = "02-file-format"
//!
//! [stage.01-kv-store]
//! green = ["Store::set", "Store::get"]
//! finished = true
//!
//! [stage.02-file-format]
//! use = "mine"
//! hints = { "Header::encode" = 2 }
//! ```
//!
//! It holds nothing that cannot be lost: what is green is worked out anew by the next test
//! run. So a file that cannot be read is put aside and a new one begun. Every change reads
//! the file again first, for a second `cargo learn` may run beside this one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::files::{Kept, write_atomic};
use crate::error::{IoContext, Result};

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The stage that `cargo learn` opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) current: Option<String>,
    /// By name, so that a stage keeps its state when the course is renumbered around it.
    #[serde(default, rename = "stage", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) stages: BTreeMap<String, StageProgress>,
}

/// One stage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct StageProgress {
    /// Whether later stages and the engine build on the learner's crate.
    #[serde(rename = "use", skip_serializing_if = "Choice::is_reference")]
    pub(crate) choice: Choice,
    /// Whether every test was green at the last run.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) finished: bool,
    /// The holes whose tests were all green at the last run.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) green: BTreeSet<String>,
    /// How many hints were shown for a hole.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) hints: BTreeMap<String, usize>,
    /// The fingerprint of the tests as they came with the course, where there is no git to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tests: Option<String>,
}

/// Which crate of a stage the others build on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Choice {
    /// The solution.
    #[default]
    Reference,
    /// The learner's.
    Mine,
}

impl Choice {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes a reference"
    )]
    fn is_reference(&self) -> bool {
        *self == Choice::Reference
    }
}

/// The file and where it lies.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    kept: Kept,
    /// What it says now.
    pub(crate) progress: Progress,
    /// Why it could not be written, said once.
    trouble: Option<String>,
}

const HEAD: &str = "# Written by `cargo learn`. It may be read, edited and deleted: what is green is\n\
                    # worked out anew by the next test run.\n\n";

impl Store {
    /// Reads the file. A damaged one is put aside; the sentence that says so comes back with it.
    pub(crate) fn open(kept: &Kept) -> (Store, Option<String>) {
        let mut store = Store {
            path: kept.path("progress.toml"),
            kept: kept.clone(),
            progress: Progress::default(),
            trouble: None,
        };
        let notice = store.read();
        (store, notice)
    }

    /// Changes one thing and writes the file. That it cannot be written stops nobody from
    /// learning: see [`Store::take_trouble`].
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Progress)) {
        self.read();
        let before = self.progress.clone();
        change(&mut self.progress);
        if self.progress == before {
            return;
        }
        if let Err(error) = self.write() {
            self.trouble = Some(format!("Your progress is not being saved: {error}."));
        }
    }

    /// Changes one thing of one stage.
    pub(crate) fn change_stage(&mut self, stage: &str, change: impl FnOnce(&mut StageProgress)) {
        self.change(|progress| change(progress.stages.entry(stage.to_owned()).or_default()));
    }

    /// What is known of a stage.
    pub(crate) fn stage(&self, stage: &str) -> StageProgress {
        self.progress.stages.get(stage).cloned().unwrap_or_default()
    }

    /// Why the last change could not be written, once.
    pub(crate) fn take_trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    fn read(&mut self) -> Option<String> {
        let text = match std::fs::read(&self.path) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|error| error.to_string()),
            // No file yet, or one that may not be read: what is in memory stays.
            Err(_) => return None,
        };
        match text
            .and_then(|text| toml::from_str(&text).map_err(|error| error.message().to_owned()))
        {
            Ok(progress) => {
                self.progress = progress;
                None
            }
            Err(reason) => Some(self.put_aside(&reason)),
        }
    }

    /// Keeps a damaged file under a name that is free.
    fn put_aside(&mut self, reason: &str) -> String {
        let free = (1..u16::MAX)
            .map(|number| self.kept.path(&format!("progress.damaged-{number}.toml")))
            .find(|path| !path.exists());
        let aside = free.unwrap_or_else(|| self.path.clone());
        let name = aside.file_name().unwrap_or_default().display().to_string();
        match std::fs::rename(&self.path, &aside).context("rename", &self.path) {
            Ok(()) => format!(
                "The progress file could not be read ({reason}). It is kept as .learn/{name}; \
                 what is green is worked out anew by the next test run."
            ),
            Err(error) => format!("The progress file could not be read ({reason}), and {error}."),
        }
    }

    fn write(&self) -> Result<()> {
        let text = toml::to_string(&self.progress).unwrap_or_default();
        write_atomic(&self.path, format!("{HEAD}{text}").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(text: Option<&str>) -> (tempfile::TempDir, Store, Option<String>) {
        let root = tempfile::tempdir().unwrap();
        let kept = Kept::new(root.path());
        if let Some(text) = text {
            write_atomic(&kept.path("progress.toml"), text.as_bytes()).unwrap();
        }
        let (store, notice) = Store::open(&kept);
        (root, store, notice)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let (root, mut store, _) = store(None);
        store.change(|progress| progress.current = Some("02-b".to_owned()));
        store.change_stage("02-b", |stage| {
            stage.choice = Choice::Mine;
            stage.hints.insert("Header::encode".to_owned(), 2);
        });
        let (again, notice) = Store::open(&Kept::new(root.path()));
        assert_eq!(notice, None);
        assert_eq!(again.progress, store.progress);
        insta::assert_snapshot!(std::fs::read_to_string(&again.path).unwrap(), @r#"
        # Written by `cargo learn`. It may be read, edited and deleted: what is green is
        # worked out anew by the next test run.

        current = "02-b"

        [stage.02-b]
        use = "mine"

        [stage.02-b.hints]
        "Header::encode" = 2
        "#);
    }

    #[test]
    fn a_damaged_file_is_kept_and_a_new_one_begun() {
        for damaged in ["current = [", "current = 3", "[stage.x]\nuse = \"theirs\""] {
            let (root, mut store, notice) = store(Some(damaged));
            assert!(notice.unwrap().contains("progress.damaged-1.toml"));
            store.change(|progress| progress.current = Some("01-a".to_owned()));
            let aside = root.path().join(".learn/progress.damaged-1.toml");
            assert_eq!(std::fs::read_to_string(aside).unwrap(), damaged);
            let (again, notice) = Store::open(&Kept::new(root.path()));
            assert_eq!((again.progress, notice), (store.progress, None));
        }
    }

    #[test]
    fn a_change_by_another_program_is_not_lost() {
        let (root, mut first, _) = store(None);
        let (mut second, _) = Store::open(&Kept::new(root.path()));
        first.change_stage("01-a", |stage| stage.finished = true);
        second.change(|progress| progress.current = Some("01-a".to_owned()));
        let (last, _) = Store::open(&Kept::new(root.path()));
        assert!(last.stage("01-a").finished);
        assert_eq!(last.progress.current.as_deref(), Some("01-a"));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said_and_survived() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(
            root.path().join(".learn"),
            "a file where the folder should be",
        )
        .unwrap();
        let (mut store, notice) = Store::open(&Kept::new(root.path()));
        assert_eq!(notice, None);
        store.change(|progress| progress.current = Some("01-a".to_owned()));
        assert!(
            store
                .take_trouble()
                .unwrap()
                .starts_with("Your progress is not being saved")
        );
        assert_eq!(store.progress.current.as_deref(), Some("01-a"));
    }
}
