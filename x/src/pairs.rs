//! `cargo x pairs`: that both workspaces and both sides of each stage agree.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::checked::list;
use super::report::{Findings, count};
use super::scratch::read_table;
use ferrisdb_course::course::{Course, Stage};
use ferrisdb_course::cut;
use ferrisdb_course::error::{Result, read_text};
use ferrisdb_course::items::SourceTree;
use ferrisdb_course::wrong;

/// How many holes a stage has, at least and at most.
const HOLES: std::ops::RangeInclusive<usize> = 3..=8;

/// How many wrong answers a stage has at least.
const WRONG_ANSWERS_MIN: usize = 6;

/// How much code a tutorial has at most.
const TUTORIAL_LINES_MAX: usize = 300;

/// How much code a solution has at most, without the files that are given; more is more than one
/// stage.
const SOLUTION_LINES_MAX: usize = 1200;

/// Checks the workspaces and the stages.
pub(super) fn check(course: &Course, stages: &[&Stage]) -> Result<Findings> {
    let mut findings = Findings::good(format!("{} agree", count(stages.len(), "pair")));
    dependencies(course, &mut findings)?;
    lock_files(course, &mut findings)?;
    for stage in stages {
        manifests(stage, &mut findings)?;
        numbers(stage, &mut findings);
        texts(stage, &mut findings)?;
        sizes(stage, &mut findings)?;
        sources(stage, &mut findings)?;
    }
    Ok(findings)
}

/// What both workspaces take from a registry, they take alike.
fn dependencies(course: &Course, findings: &mut Findings) -> Result<()> {
    let root = workspace_dependencies(&read_table(&course.root.join("Cargo.toml"))?);
    let exercises = read_table(&course.exercises_dir().join("Cargo.toml"))?;
    for (name, wanted) in workspace_dependencies(&exercises) {
        let is_path = wanted.get("path").is_some();
        if !is_path && root.get(&name) != Some(&wanted) {
            findings.problem(format!(
                "exercises/Cargo.toml wants {name} = {wanted}, but the root Cargo.toml wants {}",
                root.get(&name).map_or("none".to_owned(), Value::to_string)
            ));
        }
    }
    Ok(())
}

fn workspace_dependencies(manifest: &Table) -> Table {
    manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"))
        .and_then(Value::as_table)
        .cloned()
        .unwrap_or_default()
}

/// A version that only one workspace uses would be built beside the other's, again and again.
fn lock_files(course: &Course, findings: &mut Findings) -> Result<()> {
    let root = locked(&read_table(&course.root.join("Cargo.lock"))?);
    let exercises = locked(&read_table(&course.exercises_dir().join("Cargo.lock"))?);
    for (name, versions) in exercises {
        let known = root.get(&name).cloned().unwrap_or_default();
        for version in versions.difference(&known) {
            findings.problem(format!(
                "exercises/Cargo.lock has {name} {version}, but the root Cargo.lock has {}\n\
                 `cd exercises && cargo update -p {name} --precise VERSION` sets it",
                known.iter().cloned().collect::<Vec<_>>().join(" and ")
            ));
        }
    }
    Ok(())
}

/// The versions of each package that comes from a registry.
fn locked(lock: &Table) -> BTreeMap<String, BTreeSet<String>> {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let packages = lock.get("package").and_then(Value::as_array);
    for package in packages.into_iter().flatten() {
        let text = |key| package.get(key).and_then(Value::as_str).map(str::to_owned);
        if let (Some(name), Some(version), Some(_)) =
            (text("name"), text("version"), text("source"))
        {
            versions.entry(name).or_default().insert(version);
        }
    }
    versions
}

/// The exercise's manifest is the solution's, but for the place of the shared files.
fn manifests(stage: &Stage, findings: &mut Findings) -> Result<()> {
    let path = stage.exercise_dir().join("Cargo.toml");
    let cut = cut::cut(stage)?;
    let wanted = cut.iter().find(|file| file.path == "Cargo.toml");
    let found = if path.is_file() {
        read_text(&path)?
    } else {
        String::new()
    };
    if wanted.is_some_and(|wanted| wanted.text != found) {
        findings.problem(format!(
            "exercises/{0}/Cargo.toml is not that of solutions/{0}; `cargo x cut {1}` writes it",
            stage.name,
            stage.number_text()
        ));
    }
    Ok(())
}

/// As many holes and wrong answers as a stage should have.
fn numbers(stage: &Stage, findings: &mut Findings) {
    let lesson = &stage.lesson;
    if !HOLES.contains(&lesson.holes.len()) {
        let message = format!("{}; a stage has 3 to 8", count(lesson.holes.len(), "hole"));
        findings.problem(lesson.error(1, message).to_string());
    }
    if lesson.wrong.len() < WRONG_ANSWERS_MIN {
        let found = count(lesson.wrong.len(), "wrong answer");
        let message = format!("{found}; a stage has at least {WRONG_ANSWERS_MIN}");
        findings.problem(lesson.error(1, message).to_string());
    }
}

/// Small enough to be read: the tutorial's code and the solution's, without comments and tests.
pub(super) fn sizes(stage: &Stage, findings: &mut Findings) -> Result<()> {
    for (room, directory, lines_max) in [
        ("tutorials", stage.tutorial_dir(), TUTORIAL_LINES_MAX),
        ("solutions", stage.solution_dir(), SOLUTION_LINES_MAX),
    ] {
        let source = directory.join("src");
        if !source.is_dir() {
            findings.problem(format!("there is no {room}/{}/src", stage.name));
            continue;
        }
        let tree = SourceTree::load(&source)?;
        let lines: usize = tree
            .files()
            .iter()
            .filter(|file| file.path.starts_with(&directory) && !is_given(&file.text))
            .map(|file| code_lines(&file.text))
            .sum();
        if lines > lines_max {
            findings.problem(format!(
                "{room}/{} has {lines} lines of code; {lines_max} are the most",
                stage.name
            ));
        }
        if room == "solutions" {
            holes_in_given(stage, &tree, findings);
        }
    }
    Ok(())
}

/// Whether a file is of the sort that a learner may leave unread: the first line of its
/// documentation begins with `Given`.
fn is_given(text: &str) -> bool {
    let first = text.strip_prefix("//! ");
    first.is_some_and(|first| first.trim_start_matches('*').starts_with("Given"))
}

/// What a learner may leave unread has nothing to fill in.
fn holes_in_given(stage: &Stage, solution: &SourceTree, findings: &mut Findings) {
    for hole in &stage.lesson.holes {
        if let Ok(found) = solution.find(&hole.item)
            && is_given(solution.text(&found.file))
        {
            let message = format!("`{}` lies in a file that says that it is given", hole.item);
            findings.problem(stage.lesson.error(hole.line, message).to_string());
        }
    }
}

/// Only sources are cut. A snapshot of a test inside of the crate, say, would not reach a learner:
/// such tests are taken in with `#[path]` from the exercise, and insta writes beside them.
pub(super) fn sources(stage: &Stage, findings: &mut Findings) -> Result<()> {
    let mut files = BTreeSet::new();
    list(&stage.solution_dir().join("src"), &mut files)?;
    for path in files {
        if path.extension().is_none_or(|extension| extension != "rs") {
            findings.problem(format!(
                "{} is no Rust source, so the exercise does not get it; what tests compare with \
                 belongs into exercises/{}/tests",
                path.display(),
                stage.name
            ));
        }
    }
    Ok(())
}

/// The lines that are neither empty nor comments, up to the tests at the end.
fn code_lines(text: &str) -> usize {
    text.lines()
        .map(str::trim)
        .take_while(|line| *line != "#[cfg(test)]")
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

/// What the lesson refers to in words is there.
fn texts(stage: &Stage, findings: &mut Findings) -> Result<()> {
    let lesson = &stage.lesson;
    let chapter_path = stage.chapter_path();
    if !chapter_path.is_file() {
        let message = format!("there is no chapter {}", chapter_path.display());
        findings.problem(lesson.error(1, message).to_string());
        return Ok(());
    }
    let chapter = read_text(&chapter_path)?;
    let headings: BTreeSet<String> = headings(&chapter).collect();
    for answer in &lesson.wrong {
        if !headings.contains(&plain(&answer.reread)) {
            let message = format!(
                "`{}` is to be reread, but {} has no such heading",
                answer.reread, lesson.chapter
            );
            findings.problem(lesson.error(answer.line, message).to_string());
        }
        let path = wrong::path(stage, answer);
        if path.is_file() && !read_text(&path)?.trim_start().starts_with("//") {
            findings.problem(format!(
                "{}:1: the first comment of a wrong answer says what the mistake is",
                path.display()
            ));
        }
    }
    for hole in lesson.holes.iter().filter(|hole| hole.minutes == 0) {
        findings.problem(
            lesson
                .error(hole.line, "a hole takes some minutes")
                .to_string(),
        );
    }
    Ok(())
}

/// The headings of a chapter, code blocks left out.
fn headings(chapter: &str) -> impl Iterator<Item = String> {
    let mut in_code = false;
    chapter.lines().filter_map(move |line| {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        let title = line.trim_start_matches('#');
        (!in_code && title.len() < line.len()).then(|| plain(title))
    })
}

/// A heading in words alone, without its number, its `{#anchor}` and its marks.
fn plain(title: &str) -> String {
    let title = title.split(" {#").next().unwrap_or(title);
    let title = title
        .trim_start()
        .trim_start_matches(|c: char| c.is_ascii_digit());
    let title = title.strip_prefix(". ").unwrap_or(title);
    title.trim().replace(['`', '*'], "")
}
