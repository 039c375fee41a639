//! `lesson.toml`: what a stage asks of the learner, in the order in which it asks.
//!
//! ```toml
//! title = "The file format"
//! package = "ferrisdb-format"
//! chapter = "02-file-format.md"
//! drop = ["header::crc_of"]            # private items that the cut leaves out
//!
//! [[hole]]                             # in the order in which they are to be filled
//! item = "Header::encode"
//! todo = "lay the fields out as in the diagram"
//! minutes = 15
//! hints = ["vague", "closer", "nearly the code"]
//! tests = ["header::encode_matches_the_golden_bytes"]
//!
//! [[wrong]]                            # wrong/NAME.rs
//! name = "crc-covers-itself"
//! mistake = "The checksum covers its own four bytes."
//! reread = "The bytes"
//!
//! [lab]
//! kind = "page"
//! ```
//!
//! Invariant of a loaded [`Lesson`]: at least one hole, three hints a hole, no test under
//! two holes, no two wrong answers of one name. Whether the items exist is for the cutter to say.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Error, Result, read_text};

/// One stage's lesson.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The file it was read from.
    pub path: PathBuf,
    /// "The file format".
    pub title: String,
    /// The Cargo package of both the exercise and the solution.
    pub package: String,
    /// The chapter's file in `book/src`.
    pub chapter: String,
    /// Items that the exercise does not have.
    pub drop: Vec<Dropped>,
    /// What is to be filled, in order.
    pub holes: Vec<Hole>,
    /// Mistakes that the tests must notice.
    pub wrong: Vec<Wrong>,
    /// What draws the learner's structure, if anything does.
    pub lab: Option<Lab>,
}

/// An item that the cut leaves out.
#[derive(Debug, Clone)]
pub struct Dropped {
    /// Its path, or a unique suffix of it.
    pub item: String,
    /// Its line in the lesson.
    pub line: usize,
}

/// A function whose body the learner writes.
#[derive(Debug, Clone)]
pub struct Hole {
    /// Its path, or a unique suffix of it: `Header::encode`.
    pub item: String,
    /// The text of the `todo!`.
    pub todo: String,
    /// How long it takes, measured.
    pub minutes: u32,
    /// Three rungs: vague, closer, nearly the code.
    pub hints: [String; 3],
    /// The tests, `BINARY::function` or inside of the crate `module::function`, that are green once this hole and those before it are filled.
    pub tests: Vec<String>,
    /// What stands in the hole instead of `todo!("…")`, where that would not compile.
    pub body: Option<String>,
    /// The line of its `item` in the lesson.
    pub line: usize,
}

/// A mistake that people make, as code.
#[derive(Debug, Clone)]
pub struct Wrong {
    /// The stem of its file in `wrong/`.
    pub name: String,
    /// The mistake in words, for whoever makes it.
    pub mistake: String,
    /// The heading of the chapter to read again.
    pub reread: String,
    /// The full paths of the items it replaces, where their own names are ambiguous.
    pub items: Vec<String>,
    /// The line of its `name` in the lesson.
    pub line: usize,
}

/// What `cargo learn view` runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    /// A page of the book or a program in the terminal.
    pub kind: LabKind,
}

/// Where a lab shows what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LabKind {
    /// It prints a trace that a widget of the book plays.
    Page,
    /// It talks to the learner in the terminal.
    Terminal,
}

impl Lesson {
    /// Reads and checks a lesson file.
    pub fn load(path: &Path) -> Result<Self> {
        Self::parse(&read_text(path)?, path)
    }

    /// Reads a lesson from text; `path` is for messages.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let source = Source { text, path };
        let raw: raw::Lesson = toml::from_str(text).map_err(|error| {
            let at = error.span().unwrap_or(0..0);
            source.error(&at, error.message())
        })?;
        source.check(&raw)?;
        Ok(source.lesson(raw))
    }

    /// The number of the hole, counted from 0, that names this test.
    pub fn hole_of_test(&self, test: &str) -> Option<usize> {
        self.holes
            .iter()
            .position(|hole| hole.tests.iter().any(|name| name == test))
    }

    /// Every test of the stage, in the order of the holes.
    pub fn tests(&self) -> impl Iterator<Item = &str> {
        self.holes
            .iter()
            .flat_map(|hole| hole.tests.iter().map(String::as_str))
    }

    /// An error about one line of this lesson.
    pub fn error(&self, line: usize, message: impl Into<String>) -> Error {
        Error::Lesson {
            path: self.path.clone(),
            line,
            message: message.into(),
        }
    }
}

impl Hole {
    /// The item's name without its modules: `Header::encode`, `checksum`.
    pub fn short_name(&self) -> &str {
        let mut start = 0;
        for (at, _) in self.item.match_indices("::") {
            let is_module = self.item[start..at]
                .chars()
                .all(|c| c.is_lowercase() || c.is_ascii_digit() || c == '_');
            if is_module {
                start = at + 2;
            } else {
                break;
            }
        }
        &self.item[start..]
    }
}

/// The file as it is written, each value with its place.
mod raw {
    use super::{Deserialize, Lab, Spanned};

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Lesson {
        pub(super) title: String,
        pub(super) package: String,
        pub(super) chapter: String,
        #[serde(default)]
        pub(super) drop: Vec<Spanned<String>>,
        #[serde(default, rename = "hole")]
        pub(super) holes: Vec<Hole>,
        #[serde(default)]
        pub(super) wrong: Vec<Wrong>,
        pub(super) lab: Option<Lab>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Hole {
        pub(super) item: Spanned<String>,
        pub(super) todo: Spanned<String>,
        pub(super) minutes: u32,
        pub(super) hints: Spanned<Vec<String>>,
        pub(super) tests: Spanned<Vec<Spanned<String>>>,
        pub(super) body: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Wrong {
        pub(super) name: Spanned<String>,
        pub(super) mistake: String,
        pub(super) reread: String,
        #[serde(default)]
        pub(super) items: Vec<String>,
    }
}

/// The text being read, which turns places into line numbers.
struct Source<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Source<'_> {
    fn line(&self, at: &Range<usize>) -> usize {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        before.matches('\n').count() + 1
    }

    fn error(&self, at: &Range<usize>, message: impl Into<String>) -> Error {
        Error::Lesson {
            path: self.path.to_owned(),
            line: self.line(at),
            message: message.into(),
        }
    }

    fn check(&self, raw: &raw::Lesson) -> Result<()> {
        if raw.holes.is_empty() {
            return Err(self.error(&(0..0), "a lesson needs at least one [[hole]]"));
        }
        for hole in &raw.holes {
            self.check_hole(hole)?;
        }
        self.check_unique(raw.holes.iter().map(|hole| &hole.item), "the hole")?;
        let tests = raw.holes.iter().flat_map(|hole| hole.tests.get_ref());
        self.check_unique(tests, "the test")?;
        for wrong in &raw.wrong {
            self.check_name(&wrong.name)?;
        }
        self.check_unique(
            raw.wrong.iter().map(|wrong| &wrong.name),
            "the wrong answer",
        )
    }

    fn check_hole(&self, hole: &raw::Hole) -> Result<()> {
        let found = hole.hints.get_ref().len();
        if found != 3 {
            let message = format!("three hints are needed, vague to nearly-code; here are {found}");
            return Err(self.error(&hole.hints.span(), message));
        }
        if hole.todo.get_ref().contains('\n') {
            return Err(self.error(&hole.todo.span(), "the text of a `todo!` is one line"));
        }
        if hole.tests.get_ref().is_empty() {
            return Err(self.error(&hole.tests.span(), "a hole needs at least one test"));
        }
        for test in hole.tests.get_ref() {
            if !test.get_ref().contains("::") {
                let message = format!(
                    "`{}` should be BINARY::function, such as append::a_record_is_framed",
                    test.get_ref()
                );
                return Err(self.error(&test.span(), message));
            }
        }
        Ok(())
    }

    fn check_name(&self, name: &Spanned<String>) -> Result<()> {
        let plain = name
            .get_ref()
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if plain && !name.get_ref().is_empty() {
            return Ok(());
        }
        let message = format!(
            "`{}` names a file: lower-case letters, digits and hyphens only",
            name.get_ref()
        );
        Err(self.error(&name.span(), message))
    }

    fn check_unique<'s>(
        &self,
        names: impl Iterator<Item = &'s Spanned<String>>,
        what: &str,
    ) -> Result<()> {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for name in names {
            let line = self.line(&name.span());
            if let Some(first) = seen.insert(name.get_ref(), line) {
                let message = format!("{what} `{}` is already on line {first}", name.get_ref());
                return Err(self.error(&name.span(), message));
            }
        }
        Ok(())
    }

    fn lesson(&self, raw: raw::Lesson) -> Lesson {
        Lesson {
            path: self.path.to_owned(),
            title: raw.title,
            package: raw.package,
            chapter: raw.chapter,
            drop: raw
                .drop
                .into_iter()
                .map(|item| self.dropped(item))
                .collect(),
            holes: raw.holes.into_iter().map(|hole| self.hole(hole)).collect(),
            wrong: raw
                .wrong
                .into_iter()
                .map(|wrong| self.wrong(wrong))
                .collect(),
            lab: raw.lab,
        }
    }

    fn dropped(&self, item: Spanned<String>) -> Dropped {
        Dropped {
            line: self.line(&item.span()),
            item: item.into_inner(),
        }
    }

    fn hole(&self, hole: raw::Hole) -> Hole {
        let mut hints = hole.hints.into_inner().into_iter();
        Hole {
            line: self.line(&hole.item.span()),
            item: hole.item.into_inner(),
            todo: hole.todo.into_inner(),
            minutes: hole.minutes,
            hints: std::array::from_fn(|_| hints.next().unwrap_or_default()),
            tests: hole
                .tests
                .into_inner()
                .into_iter()
                .map(Spanned::into_inner)
                .collect(),
            body: hole.body,
        }
    }

    fn wrong(&self, wrong: raw::Wrong) -> Wrong {
        Wrong {
            line: self.line(&wrong.name.span()),
            name: wrong.name.into_inner(),
            mistake: wrong.mistake,
            reread: wrong.reread,
            items: wrong.items,
        }
    }
}
