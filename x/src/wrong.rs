//! `cargo x wrong`: that the tests catch every wrong answer and tell it from the others.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::report::{Findings, count};
use super::scratch::{Scratch, ScratchError};
use ferrisdb_course::course::{Course, Stage};
use ferrisdb_course::gist::gist;
use ferrisdb_course::runner::{BuildError, Limits, Verdict};
use ferrisdb_course::wrong::{self, Record};

/// What a test may take of the machine: a wrong answer may never end, or ask for all memory.
const MEMORY_MAX: u64 = 4 << 30;

/// How long the tests of one binary may take, unless the command line says otherwise.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// Runs the tests of one stage on each of its wrong answers; with `bless`, records which fail.
pub(super) fn check(
    course: &Course,
    stage: &Stage,
    bless: bool,
    limit: Duration,
    say: &dyn Fn(&str),
) -> Result<Findings, ScratchError> {
    let mut findings = Findings::default();
    let mut scratch = Scratch::open(course, stage)?;
    let limits = Limits {
        binary: limit,
        // A test that is merely slow on a busy machine must not be recorded as one that hangs.
        test: limit * 3,
        memory_max: Some(MEMORY_MAX),
    };
    let mut record = Record::default();
    for answer in &stage.lesson.wrong {
        say(&format!("{}: {}", stage.name, answer.name));
        let files = match wrong::apply(stage, answer) {
            Ok(files) => files,
            Err(error) => {
                findings.problem(error.to_string());
                continue;
            }
        };
        let says: BTreeMap<String, String> = match scratch.test(&files, &limits) {
            Ok(verdicts) => verdicts
                .into_iter()
                .filter(|verdict| !stage.lesson.chance.contains(&verdict.test))
                .filter_map(|Verdict { test, outcome }| Some((gist(&test, &outcome)?, test)))
                .map(|(gist, test)| (test, gist))
                .collect(),
            Err(ScratchError::Build(BuildError::Compile { rendered })) => {
                findings.problem(format!(
                    "the wrong answer {}/{} does not compile\n{rendered}",
                    stage.name, answer.name
                ));
                continue;
            }
            Err(error) => return Err(error),
        };
        let fails = says.keys().cloned().collect();
        record.fails.insert(answer.name.clone(), fails);
        record.says.insert(answer.name.clone(), says);
    }
    unnoticed(stage, &record, &mut findings);
    look_alikes(stage, &record, &mut findings);
    strays(stage, &mut findings);
    if bless {
        record.save(stage)?;
    } else {
        compare(stage, &record, &mut findings)?;
    }
    findings.summary = format!(
        "{}: {} caught and told apart",
        stage.name,
        count(record.fails.len(), "wrong answer")
    );
    Ok(findings)
}

/// Wrong answers that pass every test.
fn unnoticed(stage: &Stage, record: &Record, findings: &mut Findings) {
    for (name, fails) in &record.fails {
        if fails.is_empty() {
            findings.problem(format!(
                "no test of {} notices the wrong answer {name}; add one, listed under its hole",
                stage.name
            ));
        }
    }
}

/// Wrong answers that fail the same tests.
fn look_alikes(stage: &Stage, record: &Record, findings: &mut Findings) {
    let mut by_fails: BTreeMap<&BTreeSet<String>, &str> = BTreeMap::new();
    for (name, fails) in record.fails.iter().filter(|(_, fails)| !fails.is_empty()) {
        if let Some(other) = by_fails.insert(fails, name) {
            findings.problem(format!(
                "the wrong answers {other} and {name} of {} fail the same tests, so nothing tells \
                 them apart:\n{}",
                stage.name,
                fails.iter().cloned().collect::<Vec<_>>().join("\n")
            ));
        }
    }
}

/// Files in `wrong/` that the lesson does not mention.
fn strays(stage: &Stage, findings: &mut Findings) {
    let Ok(entries) = std::fs::read_dir(stage.wrong_dir()) else {
        return;
    };
    let mut names: Vec<_> = entries
        .flatten()
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".rs")?.to_owned()))
        .collect();
    names.sort();
    for name in names {
        if stage.lesson.wrong.iter().all(|wrong| wrong.name != name) {
            findings.problem(format!(
                "exercises/{}/wrong/{name}.rs has no [[wrong]] in the lesson",
                stage.name
            ));
        }
    }
}

/// Differences between what happened and what is recorded.
fn compare(stage: &Stage, found: &Record, findings: &mut Findings) -> Result<(), ScratchError> {
    let recorded = Record::load(stage)?;
    let names: BTreeSet<&String> = recorded.fails.keys().chain(found.fails.keys()).collect();
    let none = BTreeSet::new();
    for name in names {
        let before = recorded.fails.get(name).unwrap_or(&none);
        let now = found.fails.get(name).unwrap_or(&none);
        if before == now {
            continue;
        }
        let lost = before.difference(now).map(|test| format!("\n- {test}"));
        let new = now.difference(before).map(|test| format!("\n+ {test}"));
        findings.problem(format!(
            "the wrong answer {}/{name} does not fail the tests that are recorded; \
             `cargo x wrong {} --bless` records what it fails now{}",
            stage.name,
            stage.number_text(),
            lost.chain(new).collect::<String>()
        ));
    }
    let drifted = found.says.iter().filter(|(name, says)| {
        let recorded_fails = recorded.fails.get(*name);
        recorded_fails == found.fails.get(*name) && recorded.says.get(*name) != Some(*says)
    });
    let drifted: Vec<&str> = drifted.map(|(name, _)| name.as_str()).collect();
    if !drifted.is_empty() {
        // No problem: other systems may say it in other words, and a learner is told "perhaps" then.
        findings.notes.push(format!(
            "{} of {} fail their tests with other words than recorded; \
             `cargo x wrong {} --bless` records these: {}",
            count(drifted.len(), "wrong answer"),
            stage.name,
            stage.number_text(),
            drifted.join(", ")
        ));
    }
    Ok(())
}
