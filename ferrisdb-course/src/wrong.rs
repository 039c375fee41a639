//! Wrong answers: mistakes that people really make, each a few items that replace the solution's.
//!
//! `wrong/NAME.rs` is plain Rust. Its first comment says what the mistake is; each function in it
//! replaces the body of the solution's function of the same path, each constant or type the whole item.
//! They serve twice: the stage's tests must catch every one, and since it is recorded which tests
//! each one fails ([`Record`]), a learner who fails the same tests can be told the likely mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::course::Stage;
use crate::cut::{self, CutFile};
use crate::error::{Error, Result, read_text, write_text};
use crate::fields::Text;
use crate::items::{Found, Kind, SourceTree};
use crate::lesson::Wrong;

/// The file of a wrong answer.
pub fn path(stage: &Stage, wrong: &Wrong) -> PathBuf {
    stage.wrong_dir().join(format!("{}.rs", wrong.name))
}

/// The solution with a wrong answer in it.
pub fn apply(stage: &Stage, wrong: &Wrong) -> Result<Vec<CutFile>> {
    let path = path(stage, wrong);
    if !path.is_file() {
        let message = format!("there is no {} for the wrong answer", path.display());
        return Err(stage.lesson.error(wrong.line, message));
    }
    let source_dir = stage.solution_dir().join("src");
    let solution = SourceTree::load(&source_dir)?;
    let answer = SourceTree::parse(&read_text(&path)?, &path)?;
    let mut replacements = Vec::new();
    for item in answer.items() {
        if matches!(item.kind, Kind::Function | Kind::Definition) {
            let target = target(stage, wrong, &solution, item)?;
            replacements.push(replacement(&answer, item, target)?);
        }
    }
    if replacements.is_empty() {
        return Err(Error::Item {
            item: wrong.name.clone(),
            path,
            message: "a wrong answer replaces at least one item".into(),
        });
    }
    let mut files = cut::fill(stage, |_| true)?;
    for file in &mut files {
        let full = stage.solution_dir().join(&file.path);
        let edits: Vec<_> = replacements
            .iter()
            .filter(|(target, _)| target.file == full)
            .map(|(target, edit)| (edit.range(target), edit.text.clone()))
            .collect();
        if !edits.is_empty() {
            file.text = cut::replace(&file.text, &edits);
        }
    }
    Ok(files)
}

/// The files of a crate with several mistakes in them that sleep until `awake` says that its name
/// is that of the mistake: an expression, given the name in quotes. Each function of an answer
/// is put beside that of the crate; nothing else can be. So one program has them all.
pub fn asleep(
    source: &SourceTree,
    answers: &[(String, SourceTree)],
    awake: impl Fn(&str) -> String,
) -> Result<Vec<(PathBuf, String)>> {
    let mut bodies: BTreeMap<(PathBuf, usize, usize), String> = BTreeMap::new();
    for (name, answer) in answers {
        for item in answer.items() {
            if item.kind != Kind::Function {
                continue;
            }
            let target = source.find(&item.path)?;
            let (target, edit) = replacement(answer, item, target)?;
            let range = edit.range(target);
            let place = (target.file.clone(), range.start, range.end);
            let body = bodies
                .entry(place)
                .or_insert_with(|| source.text(&target.file)[range].to_owned());
            *body = format!("{{ if {} {} else {body} }}", awake(name), edit.text);
        }
    }
    let mut files: BTreeMap<PathBuf, Vec<_>> = BTreeMap::new();
    for ((path, start, end), body) in bodies {
        files.entry(path).or_default().push((start..end, body));
    }
    let changed = files.into_iter().map(|(path, edits)| {
        let text = cut::replace(source.text(&path), &edits);
        (path, text)
    });
    Ok(changed.collect())
}

/// What stands in an item's place.
struct Edit {
    whole: bool,
    text: String,
}

impl Edit {
    fn range(&self, target: &Found) -> std::ops::Range<usize> {
        match &target.body {
            Some(body) if !self.whole => body.clone(),
            _ => target.item.clone(),
        }
    }
}

/// The solution's item that an item of the answer replaces.
fn target<'t>(
    stage: &Stage,
    wrong: &Wrong,
    solution: &'t SourceTree,
    item: &Found,
) -> Result<&'t Found> {
    let full = wrong
        .items
        .iter()
        .find(|full| **full == item.path || full.ends_with(&format!("::{}", item.path)));
    let asked = full.unwrap_or(&item.path);
    solution.find(asked).map_err(|error| {
        let message = format!("{}: {error}", path(stage, wrong).display());
        stage.lesson.error(wrong.line, message)
    })
}

fn replacement<'t>(
    answer: &SourceTree,
    item: &Found,
    target: &'t Found,
) -> Result<(&'t Found, Edit)> {
    if item.kind == Kind::Definition {
        let text = answer.item_text(item).to_owned();
        return Ok((target, Edit { whole: true, text }));
    }
    let (Some(body), true) = (&item.body, item.signature == target.signature) else {
        return Err(Error::Item {
            item: item.path.clone(),
            path: item.file.clone(),
            message: format!(
                "its signature is not that of the solution's, in {}",
                target.file.display()
            ),
        });
    };
    let text = answer.text(&item.file)[body.clone()].to_owned();
    Ok((target, Edit { whole: false, text }))
}

/// Which tests each wrong answer of a stage fails, and with what words: `wrong/failures.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The tests, by the wrong answer's name.
    pub fails: BTreeMap<String, BTreeSet<String>>,
    /// The same, each test with the [`crate::gist`] of what it said; empty where that was not recorded.
    pub says: BTreeMap<String, BTreeMap<String, String>>,
}

impl Record {
    /// Where a stage's record is.
    pub fn path(stage: &Stage) -> PathBuf {
        stage.wrong_dir().join("failures.toml")
    }

    /// Reads a stage's record; one that was never written is empty.
    pub fn load(stage: &Stage) -> Result<Self> {
        let path = Self::path(stage);
        if !path.is_file() {
            return Ok(Self::default());
        }
        let text = read_text(&path)?;
        let text = Text {
            text: &text,
            path: &path,
        };
        let mut record = Self::default();
        for (name, fields) in text.fields()?.named_tables()? {
            let mut fields = fields.only(&["fails", "says"])?;
            let fails = fields.strings("fails")?.value;
            let fails: BTreeSet<String> = fails.into_iter().map(|test| test.value).collect();
            if let Some(says) = fields.opt_string("says")? {
                let says: Vec<&str> = says.value.split_whitespace().collect();
                // In the order of the tests; a record that was edited by hand says nothing.
                if says.len() == fails.len() {
                    let says = says.into_iter().map(str::to_owned);
                    let says = fails.iter().cloned().zip(says).collect();
                    record.says.insert(name.clone(), says);
                }
            }
            record.fails.insert(name, fails);
        }
        Ok(record)
    }

    /// Writes the record; says whether it changed.
    pub fn save(&self, stage: &Stage) -> Result<bool> {
        write_text(&Self::path(stage), &self.text(stage))
    }

    fn text(&self, stage: &Stage) -> String {
        let number = stage.number_text();
        let mut lines = vec![format!(
            "# Which tests each wrong answer fails; written by `cargo x wrong {number} --bless`."
        )];
        for (name, fails) in &self.fails {
            lines.push(format!("\n[{name}]\nfails = ["));
            lines.extend(fails.iter().map(|test| format!("    {test:?},")));
            lines.push("]".to_owned());
            let says = self.says.get(name).into_iter().flat_map(BTreeMap::values);
            let says: Vec<&str> = says.map(String::as_str).collect();
            if !says.is_empty() {
                lines.push(format!("says = \"{}\"", says.join(" ")));
            }
        }
        lines.join("\n") + "\n"
    }
}
