//! The course on disk: which stages there are and where their rooms lie.
//!
//! ```text
//!   root ─┬─ tutorials/03-wal    the simplest thing that could work
//!         ├─ exercises/03-wal    the learner's: cut sources, tests, lesson.toml, wrong/
//!         ├─ solutions/03-wal    the complete crate
//!         └─ book/src/03-wal.md  the chapter
//! ```
//!
//! A directory of `exercises/` with a `lesson.toml` is a stage; its name starts with its number.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, IoContext, Result};
use crate::lesson::Lesson;

/// Every stage of one clone.
#[derive(Debug, Clone)]
pub struct Course {
    /// The directory of the root `Cargo.toml`.
    pub root: PathBuf,
    /// By number.
    pub stages: Vec<Stage>,
    target_dir: PathBuf,
}

/// One row of rooms.
#[derive(Debug, Clone)]
pub struct Stage {
    /// 3
    pub number: u8,
    /// "03-wal"
    pub name: String,
    /// What it asks of the learner.
    pub lesson: Lesson,
    root: PathBuf,
}

impl Course {
    /// Finds the course that `start` lies in and loads it.
    pub fn find(start: &Path) -> Result<Self> {
        for directory in start.ancestors() {
            if !lesson_files(&directory.join("exercises")).is_empty() {
                return Self::load(directory);
            }
        }
        Err(Error::NoCourse {
            start: start.to_owned(),
        })
    }

    /// Loads the course whose root is known.
    pub fn load(root: &Path) -> Result<Self> {
        let root = std::path::absolute(root).context("find", root)?;
        let mut stages = Vec::new();
        for (number, name) in lesson_files(&root.join("exercises")) {
            let path = root.join("exercises").join(&name).join("lesson.toml");
            stages.push(Stage {
                number,
                name,
                lesson: Lesson::load(&path)?,
                root: root.clone(),
            });
        }
        stages.sort_by_key(|stage| stage.number);
        let target_dir = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(path) if !path.is_empty() => root.join(path),
            _ => root.join("target"),
        };
        Ok(Self {
            root,
            stages,
            target_dir,
        })
    }

    /// The stage called "03", "3", "wal", "03-wal" or "ferrisdb-wal".
    pub fn stage(&self, asked: &str) -> Result<&Stage> {
        self.stages
            .iter()
            .find(|stage| stage.is_called(asked))
            .ok_or_else(|| Error::UnknownStage {
                asked: asked.to_owned(),
                known: self.stages.iter().map(|stage| stage.name.clone()).collect(),
            })
    }

    /// The learner's workspace.
    pub fn exercises_dir(&self) -> PathBuf {
        self.root.join("exercises")
    }

    /// Where both workspaces build: `CARGO_TARGET_DIR` if set, else `target`.
    pub fn target_dir(&self) -> &Path {
        &self.target_dir
    }

    /// The same course, built somewhere else.
    #[must_use]
    pub fn building_in(mut self, target_dir: PathBuf) -> Self {
        self.target_dir = target_dir;
        self
    }
}

impl Stage {
    /// `exercises/03-wal`
    pub fn exercise_dir(&self) -> PathBuf {
        self.root.join("exercises").join(&self.name)
    }

    /// `solutions/03-wal`
    pub fn solution_dir(&self) -> PathBuf {
        self.root.join("solutions").join(&self.name)
    }

    /// `tutorials/03-wal`
    pub fn tutorial_dir(&self) -> PathBuf {
        self.root.join("tutorials").join(&self.name)
    }

    /// `exercises/03-wal/wrong`
    pub fn wrong_dir(&self) -> PathBuf {
        self.exercise_dir().join("wrong")
    }

    /// `book/src/03-wal.md`
    pub fn chapter_path(&self) -> PathBuf {
        self.root
            .join("book")
            .join("src")
            .join(&self.lesson.chapter)
    }

    /// The directory of the root `Cargo.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// "03", as it stands in names and commands.
    pub fn number_text(&self) -> String {
        format!("{:02}", self.number)
    }

    /// "wal": the name without the number.
    pub fn slug(&self) -> &str {
        self.name
            .split_once('-')
            .map_or(self.name.as_str(), |(_, slug)| slug)
    }

    fn is_called(&self, asked: &str) -> bool {
        asked == self.name
            || asked == self.slug()
            || asked == self.lesson.package
            || asked.parse() == Ok(self.number)
    }
}

/// The number and name of each directory that holds a lesson.
fn lesson_files(exercises: &Path) -> Vec<(u8, String)> {
    let Ok(entries) = fs::read_dir(exercises) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.path().join("lesson.toml").is_file())
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.split_once('-')?.0.parse().ok()?;
            Some((number, name))
        })
        .collect()
}
