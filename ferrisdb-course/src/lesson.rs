//! `lesson.toml`: what a stage asks of the learner, in the order in which it asks.
//!
//! ```toml
//! title = "The file format"
//! package = "ferrisdb-format"
//! chapter = "02-file-format.md"
//! drop = ["header::crc_of"]            # private items that the cut leaves out
//! chance = ["list::many_threads"]      # tests that meet a race only by chance
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
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, read_text};
use crate::fields::{At, Fields, Text};

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
    /// Tests that meet a race only by chance: what they say of a wrong answer is not recorded.
    pub chance: Vec<String>,
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
#[derive(Debug, Clone)]
pub struct Lab {
    /// A page of the book or a program in the terminal.
    pub kind: LabKind,
}

/// Where a lab shows what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
        let text = Text { text, path };
        let lesson = read(text)?;
        if lesson.holes.is_empty() {
            return Err(text.error(1, "a lesson needs at least one [[hole]]"));
        }
        let holes = lesson.holes.iter().map(|hole| (&hole.item, hole.line));
        check_unique(text, holes, "the hole")?;
        let wrong = lesson.wrong.iter().map(|wrong| (&wrong.name, wrong.line));
        check_unique(text, wrong, "the wrong answer")?;
        Ok(lesson)
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

/// Reads the fields; what they mean together is checked by [`Lesson::parse`].
fn read(text: Text<'_>) -> Result<Lesson> {
    let known = [
        "title", "package", "chapter", "drop", "chance", "hole", "wrong", "lab",
    ];
    let mut fields = text.fields()?.only(&known)?;
    let dropped = |item: At<String>| Dropped {
        item: item.value,
        line: item.line,
    };
    let chance = fields.opt_strings("chance")?;
    let chance = chance.map(|tests| tests.value).unwrap_or_default();
    let mut tests = Vec::new();
    let lesson = Lesson {
        path: text.path.to_owned(),
        title: fields.string("title")?.value,
        package: fields.string("package")?.value,
        chapter: fields.string("chapter")?.value,
        drop: fields
            .opt_strings("drop")?
            .map(|items| items.value.into_iter().map(dropped).collect())
            .unwrap_or_default(),
        chance: chance.iter().map(|test| test.value.clone()).collect(),
        holes: fields
            .tables("hole")?
            .into_iter()
            .map(|hole| read_hole(hole, &mut tests))
            .collect::<Result<_>>()?,
        wrong: fields
            .tables("wrong")?
            .into_iter()
            .map(read_wrong)
            .collect::<Result<_>>()?,
        lab: fields.opt_table("lab")?.map(read_lab).transpose()?,
    };
    let tests = tests.iter().map(|test| (&test.value, test.line));
    check_unique(text, tests, "the test")?;
    if let Some(test) = chance
        .iter()
        .find(|test| lesson.hole_of_test(&test.value).is_none())
    {
        let message = format!("no hole has the test `{}`", test.value);
        return Err(text.error(test.line, message));
    }
    Ok(lesson)
}

/// Reads a hole, and adds its tests to those of all holes.
fn read_hole(fields: Fields<'_>, all: &mut Vec<At<String>>) -> Result<Hole> {
    let known = ["item", "todo", "minutes", "hints", "tests", "body"];
    let mut fields = fields.only(&known)?;
    let item = fields.string("item")?;
    let todo = fields.string("todo")?;
    let minutes = fields.number("minutes")?.value;
    let hints = fields.strings("hints")?;
    let tests = fields.strings("tests")?;
    let body = fields.opt_string("body")?.map(|body| body.value);
    if todo.value.contains('\n') {
        return Err(fields.error(todo.line, "the text of a `todo!` is one line"));
    }
    let rungs: Vec<String> = hints.value.into_iter().map(|hint| hint.value).collect();
    let rungs: [String; 3] = rungs.try_into().map_err(|rungs: Vec<String>| {
        let found = rungs.len();
        let message = format!("three hints are needed, vague to nearly-code; here are {found}");
        fields.error(hints.line, message)
    })?;
    if tests.value.is_empty() {
        return Err(fields.error(tests.line, "a hole needs at least one test"));
    }
    if let Some(test) = tests.value.iter().find(|test| !test.value.contains("::")) {
        let message = format!(
            "`{}` should be BINARY::function, such as append::a_record_is_framed",
            test.value
        );
        return Err(fields.error(test.line, message));
    }
    all.extend(tests.value.iter().cloned());
    Ok(Hole {
        line: item.line,
        item: item.value,
        todo: todo.value,
        minutes,
        hints: rungs,
        tests: tests.value.into_iter().map(|test| test.value).collect(),
        body,
    })
}

fn read_wrong(fields: Fields<'_>) -> Result<Wrong> {
    let mut fields = fields.only(&["name", "mistake", "reread", "items"])?;
    let name = fields.string("name")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.value.is_empty() || !name.value.chars().all(plain) {
        let message = format!(
            "`{}` names a file: lower-case letters, digits and hyphens only",
            name.value
        );
        return Err(fields.error(name.line, message));
    }
    let items = fields.opt_strings("items")?;
    let wrong = Wrong {
        line: name.line,
        name: name.value,
        mistake: fields.string("mistake")?.value,
        reread: fields.string("reread")?.value,
        items: items
            .map(|items| items.value.into_iter().map(|item| item.value).collect())
            .unwrap_or_default(),
    };
    Ok(wrong)
}

fn read_lab(fields: Fields<'_>) -> Result<Lab> {
    let mut fields = fields.only(&["kind"])?;
    let kind = fields.string("kind")?;
    let lab = Lab {
        kind: match kind.value.as_str() {
            "page" => LabKind::Page,
            "terminal" => LabKind::Terminal,
            other => {
                let message = format!("a lab is a \"page\" or a \"terminal\", not {other:?}");
                return Err(fields.error(kind.line, message));
            }
        },
    };
    Ok(lab)
}

fn check_unique<'s>(
    text: Text<'_>,
    names: impl Iterator<Item = (&'s String, usize)>,
    what: &str,
) -> Result<()> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (name, line) in names {
        if let Some(first) = seen.insert(name, line) {
            let message = format!("{what} `{name}` is already on line {first}");
            return Err(text.error(line, message));
        }
    }
    Ok(())
}
