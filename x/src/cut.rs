//! `cargo x cut`: writes the exercises, or says how they differ from their solutions.

use std::path::Path;

use super::report::{Findings, count};
use ferrisdb_course::course::Stage;
use ferrisdb_course::cut::{self, HoleState};
use ferrisdb_course::error::{IoContext, Result, read_text, write_text};
use ferrisdb_course::items::SourceTree;

/// Writes the cut of each stage. A stage that someone has started to fill is left alone unless
/// `force` is set; then its files are kept in `backup`.
pub(super) fn write(stages: &[&Stage], force: bool, backup: &Path) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut changed = Vec::new();
    for stage in stages {
        let started = started_holes(stage)?;
        if !started.is_empty() && !force {
            findings.problem(format!(
                "{} has holes that someone has filled or changed: {}\n\
                 `cargo x cut {} --force` cuts it all the same and keeps a copy in {}",
                stage.name,
                started.join(", "),
                stage.number_text(),
                backup.display()
            ));
            continue;
        }
        if !started.is_empty() {
            keep(stage, backup)?;
        }
        let files = cut::write(stage)?;
        changed.extend(
            files
                .iter()
                .map(|file| format!("exercises/{}/{file}", stage.name)),
        );
    }
    findings.summary = format!("{} written", count(changed.len(), "file"));
    findings.notes = changed;
    Ok(findings)
}

/// Reports every difference between the exercises and their cuts.
pub(super) fn check(stages: &[&Stage]) -> Result<Findings> {
    let mut findings = Findings::good(format!("{} as cut", count(stages.len(), "exercise")));
    for stage in stages {
        for difference in cut::check(stage)? {
            findings.problem(format!(
                "exercises/{}/{}\n`cargo x cut {}` writes it anew",
                stage.name,
                difference.describe(),
                stage.number_text()
            ));
        }
        for file in cut::cut(stage)? {
            if let Some(problem) = super::format::unformatted(stage, &file)? {
                findings.problem(problem);
            }
        }
    }
    Ok(findings)
}

/// The holes that hold somebody's work: neither a `todo!`, of this cut or of an older one, nor the
/// solution's own body, which stands there before the item becomes a hole.
fn started_holes(stage: &Stage) -> Result<Vec<String>> {
    let states = cut::hole_states(stage)?;
    let solution = cut::fill(stage, |_| true)?;
    let mut started = Vec::new();
    for (hole, state) in stage.lesson.holes.iter().zip(states) {
        if state == HoleState::Untouched {
            continue;
        }
        let (file, item) = cut::hole_place(stage, hole)?;
        let path = stage.exercise_dir().join(&file);
        if !path.is_file() {
            continue;
        }
        let given = solution.iter().find(|cut| cut.path == file);
        let given = given.and_then(|given| body(&given.text, &item));
        let found = body(&read_text(&path)?, &item);
        if found.is_some_and(|found| !is_older_cut(&found) && Some(found) != given) {
            started.push(hole.item.clone());
        }
    }
    Ok(started)
}

/// Whether a body is nothing but a `todo!`, cut when the lesson's text was another.
fn is_older_cut(body: &str) -> bool {
    let inner = body.trim_start_matches('{').trim_start();
    inner.starts_with("todo!(") && !inner.contains(';') && inner.lines().count() <= 4
}

/// The body of an item of a file; none if it is not there or the file does not parse.
fn body(text: &str, item: &str) -> Option<String> {
    let tree = SourceTree::parse(text, Path::new("")).ok()?;
    let body = tree.find(item).ok()?.body.clone()?;
    Some(text[body].to_owned())
}

/// Copies a stage's sources aside.
fn keep(stage: &Stage, backup: &Path) -> Result<()> {
    let directory = backup.join(&stage.name);
    if directory.exists() {
        std::fs::remove_dir_all(&directory).context("remove", &directory)?;
    }
    for file in cut::cut(stage)? {
        let path = stage.exercise_dir().join(&file.path);
        if path.is_file() {
            write_text(&directory.join(&file.path), &read_text(&path)?)?;
        }
    }
    Ok(())
}
