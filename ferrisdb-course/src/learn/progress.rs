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
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::files::{Kept, write_atomic};
use crate::error::{IoContext, Result};
use crate::fields::{Fields, Text, quoted};

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The stage that `cargo learn` opens.
    pub current: Option<String>,
    /// By name, so that a stage keeps its state when the course is renumbered around it.
    pub stages: BTreeMap<String, StageProgress>,
}

/// One stage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StageProgress {
    /// Whether later stages and the engine build on the learner's crate.
    pub choice: Choice,
    /// Whether every test was green at the last run.
    pub finished: bool,
    /// The holes whose tests were all green at the last run.
    pub green: BTreeSet<String>,
    /// How many hints were shown for a hole.
    pub hints: BTreeMap<String, usize>,
    /// The fingerprint of the tests as they came with the course, where there is no git to ask.
    pub tests: Option<String>,
}

/// Which crate of a stage the others build on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Choice {
    /// The solution.
    #[default]
    Reference,
    /// The learner's.
    Mine,
}

impl Progress {
    /// Reads the text of the file. Fields that are not known are those of a newer version.
    fn parse(text: &str) -> Result<Progress> {
        let path = Path::new("progress.toml");
        let mut fields = Text { text, path }.fields()?;
        let mut progress = Progress {
            current: fields.opt_string("current")?.map(|name| name.value),
            stages: BTreeMap::new(),
        };
        if let Some(mut stages) = fields.opt_table("stage")? {
            for (name, fields) in stages.named_tables()? {
                progress.stages.insert(name, StageProgress::read(fields)?);
            }
        }
        Ok(progress)
    }

    /// The text of the file; what is as it was at the beginning is left out.
    fn text(&self) -> String {
        let mut text = String::new();
        if let Some(current) = &self.current {
            let _ = writeln!(text, "current = {}", quoted(current));
        }
        for (name, stage) in &self.stages {
            let gap = if text.is_empty() { "" } else { "\n" };
            let name = key(name);
            let _ = writeln!(text, "{gap}[stage.{name}]");
            stage.write(&name, &mut text);
        }
        text
    }
}

impl StageProgress {
    fn read(mut fields: Fields<'_>) -> Result<StageProgress> {
        let choice = match fields.opt_string("use")? {
            None => Choice::Reference,
            Some(choice) if choice.value == "reference" => Choice::Reference,
            Some(choice) if choice.value == "mine" => Choice::Mine,
            Some(choice) => {
                let message = format!("`use` is \"mine\" or \"reference\", not {:?}", choice.value);
                return Err(fields.error(choice.line, message));
            }
        };
        let green = fields.opt_strings("green")?.map(|holes| holes.value);
        let hints = match fields.opt_table("hints")? {
            Some(mut hints) => hints.named_numbers()?,
            None => Vec::new(),
        };
        Ok(StageProgress {
            choice,
            finished: fields.flag("finished")?,
            green: green
                .unwrap_or_default()
                .into_iter()
                .map(|hole| hole.value)
                .collect(),
            hints: hints
                .into_iter()
                .map(|(hole, shown)| (hole, shown as usize))
                .collect(),
            tests: fields.opt_string("tests")?.map(|tests| tests.value),
        })
    }

    fn write(&self, name: &str, text: &mut String) {
        if self.choice == Choice::Mine {
            text.push_str("use = \"mine\"\n");
        }
        if self.finished {
            text.push_str("finished = true\n");
        }
        if !self.green.is_empty() {
            let holes: Vec<String> = self.green.iter().map(|hole| quoted(hole)).collect();
            let _ = writeln!(text, "green = [{}]", holes.join(", "));
        }
        if let Some(tests) = &self.tests {
            let _ = writeln!(text, "tests = {}", quoted(tests));
        }
        if !self.hints.is_empty() {
            let _ = writeln!(text, "\n[stage.{name}.hints]");
        }
        for (hole, shown) in &self.hints {
            let _ = writeln!(text, "{} = {shown}", key(hole));
        }
    }
}

/// A name as it stands left of a `=` or in a `[table]`: bare where that is allowed.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// The file and where it lies.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    kept: Kept,
    /// What it says now.
    pub progress: Progress,
    /// Why it could not be written, said once.
    trouble: Option<String>,
}

const HEAD: &str = "# Written by `cargo learn`. It may be read, edited and deleted: what is green is\n\
                    # worked out anew by the next test run.\n\n";

impl Store {
    /// Reads the file. A damaged one is put aside; the sentence that says so comes back with it.
    pub fn open(kept: &Kept) -> (Store, Option<String>) {
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
    pub fn change(&mut self, change: impl FnOnce(&mut Progress)) {
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
    pub fn change_stage(&mut self, stage: &str, change: impl FnOnce(&mut StageProgress)) {
        self.change(|progress| change(progress.stages.entry(stage.to_owned()).or_default()));
    }

    /// What is known of a stage.
    pub fn stage(&self, stage: &str) -> StageProgress {
        self.progress.stages.get(stage).cloned().unwrap_or_default()
    }

    /// Why the last change could not be written, once.
    pub fn take_trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    fn read(&mut self) -> Option<String> {
        let text = match std::fs::read(&self.path) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|error| error.to_string()),
            // No file yet, or one that may not be read: what is in memory stays.
            Err(_) => return None,
        };
        let parse = |text: String| Progress::parse(&text).map_err(|error| error.to_string());
        match text.and_then(parse) {
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
        let text = self.progress.text();
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
