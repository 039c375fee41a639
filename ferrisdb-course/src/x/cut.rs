//! `cargo x cut`: writes the exercises, or says how they differ from their solutions.

use std::path::Path;

use super::report::{Findings, count};
use crate::course::Stage;
use crate::cut::{self, HoleState};
use crate::error::{IoContext, Result, read_text, write_text};

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

/// The holes that are no longer as cut; of an exercise without sources yet, none.
fn started_holes(stage: &Stage) -> Result<Vec<String>> {
    let states = cut::hole_states(stage)?;
    let lesson = &stage.lesson;
    let mut started = Vec::new();
    for (hole, state) in lesson.holes.iter().zip(states) {
        if state == HoleState::Started && is_there(stage, hole)? && !is_older_cut(stage, hole)? {
            started.push(hole.item.clone());
        }
    }
    Ok(started)
}

/// Whether the exercise has the hole's item at all: before the first cut it does not.
fn is_there(stage: &Stage, hole: &crate::lesson::Hole) -> Result<bool> {
    Ok(body(stage, hole)?.is_some())
}

/// Whether a body is nothing but a `todo!`, cut when the lesson's text was another.
fn is_older_cut(stage: &Stage, hole: &crate::lesson::Hole) -> Result<bool> {
    let Some(body) = body(stage, hole)? else {
        return Ok(false);
    };
    let inner = body.trim_start_matches('{').trim();
    Ok(
        inner.starts_with("todo!(")
            && inner.matches(';').count() == 0
            && inner.lines().count() <= 4,
    )
}

fn body(stage: &Stage, hole: &crate::lesson::Hole) -> Result<Option<String>> {
    let (file, item) = cut::hole_place(stage, hole)?;
    let path = stage.exercise_dir().join(file);
    if !path.is_file() {
        return Ok(None);
    }
    let text = read_text(&path)?;
    let tree = crate::items::SourceTree::parse(&text, &path)?;
    let body = tree.find(&item).ok().and_then(|found| found.body.clone());
    Ok(body.map(|body| text[body].to_owned()))
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
