//! `attack`: known mistakes, recognised by the tests that fail, and the stage's own attack
//! program, such as a power cut after every step.

use std::fmt::Write as _;

use crate::child::{Leash, capture};
use crate::error::{Error, Result};

use super::ansi::{Paint, Tone};
use super::report::Report;
use super::view::Lab;

/// What came of it.
#[derive(Debug)]
pub struct Attacked {
    /// For a person.
    pub text: String,
    /// Whether the crate survived.
    pub survived: bool,
}

/// Attacks the learner's crate. `report` is that of a run just now.
pub fn attack(lab: &Lab, report: &Report, paint: Paint, leash: Leash<'_>) -> Result<Attacked> {
    let mut text = diagnosis(lab, report, paint);
    for notice in &report.notices {
        let notice = paint.tone(Tone::Warn, &format!("note: {notice}"));
        let _ = writeln!(text, "{notice}");
    }
    let mut survived = report.is_green();
    let program = lab.stage.exercise_dir().join("attack.rs");
    if program.is_file() {
        let captured =
            capture(lab.command("attack", false), leash).map_err(|source| Error::Program {
                program: "cargo run".to_owned(),
                message: source.to_string(),
            })?;
        if captured.status.is_none() {
            return Err(Error::Program {
                program: "attack".to_owned(),
                message: "it was ended".to_owned(),
            });
        }
        text.push('\n');
        text.push_str(&paint.keep(&captured.stdout));
        if captured.success() {
            text.push_str(&survival(report, paint));
        } else {
            survived = false;
            let words =
                hole(&captured.stderr).unwrap_or_else(|| paint.keep(captured.stderr.trim()));
            text.push_str(words.trim());
            text.push('\n');
            text.push_str(&paint.tone(Tone::Bad, "Your crate did not survive the attack."));
        }
        text.push('\n');
    }
    Ok(Attacked { text, survived })
}

/// The end of an attack that found nothing: good news only if the tests agree.
fn survival(report: &Report, paint: Paint) -> String {
    if report.is_green() {
        return paint.tone(Tone::Good, "Your crate survived the attack.");
    }
    let (green, all) = report.tests();
    let sentence = if report.failure.is_some() {
        "The attack found nothing, but the tests did"
    } else {
        "The attack found nothing, but the tests are not done"
    };
    let sentence = format!(
        "{sentence}: {green} of {all} are green. cargo learn test {} says what is next.",
        report.number
    );
    paint.tone(Tone::Bad, &sentence)
}

/// The empty hole that a program ran into, in words.
fn hole(stderr: &str) -> Option<String> {
    let plain = super::ansi::strip(stderr);
    let todo = plain
        .lines()
        .find_map(|line| line.strip_prefix("not yet implemented"))?;
    Some(format!(
        "It ran into a hole that is still empty: {}.",
        todo.trim_start_matches(':').trim()
    ))
}

fn diagnosis(lab: &Lab, report: &Report, paint: Paint) -> String {
    let known = lab.stage.lesson.wrong.len();
    if let Some(mistake) = &report.mistake {
        return format!(
            "{} {}\n  Read \"{}\" again in {}\n",
            paint.tone(Tone::Warn, mistake.heading()),
            mistake.mistake,
            mistake.reread,
            report.chapter
        );
    }
    if report.trouble.is_some() {
        return "It does not build, so there is nothing to attack yet.\n".to_owned();
    }
    if report.is_green() {
        return format!(
            "None of the {known} mistakes known for this stage is in your code: each fails a test, and yours pass.\n"
        );
    }
    if report.failure.is_some() {
        return format!(
            "Your failures are like none of the {known} mistakes known for this stage: \
             this one is new, or the tests were changed.\n"
        );
    }
    "No test fails but for holes that are still empty.\n".to_owned()
}
