//! `cargo x traces`: what the book's widgets play is what the solutions do.
//!
//! A lab of kind "page" prints a trace. That of the solution is kept as `book/src/traces/NN.json`: the
//! page shows it to whoever has not written the stage yet, and it is a snapshot of the solution.

use std::path::PathBuf;

use super::program;
use super::report::{Findings, count, first_lines};
use ferrisdb_course::course::{Course, Stage};
use ferrisdb_course::error::{Result, read_text, write_text};
use ferrisdb_course::lesson::LabKind;

/// Runs the labs of the solutions; with `bless`, records their traces.
pub(super) fn check(course: &Course, stages: &[&Stage], bless: bool) -> Result<Findings> {
    let pages: Vec<_> = stages.iter().filter(|stage| has_page(stage)).collect();
    let mut findings = Findings::good(format!("{} as recorded", count(pages.len(), "trace")));
    for stage in pages {
        let example = format!("lab-{}", stage.number_text());
        let arguments = [
            "run",
            "-q",
            "-p",
            &stage.lesson.package,
            "--example",
            &example,
        ];
        let ran = program::cargo(&course.root, arguments, &[])?;
        if !ran.success() {
            findings.problem(format!(
                "`cargo {}` fails\n{}",
                arguments.join(" "),
                first_lines(&ran.stderr, 30)
            ));
            continue;
        }
        if let Err(error) = serde_json::from_str::<serde_json::Value>(&ran.stdout) {
            findings.problem(format!(
                "`cargo {}` prints no trace: {error}",
                arguments.join(" ")
            ));
            continue;
        }
        let path = path(course, stage);
        let name = format!("book/src/traces/{}.json", stage.number_text());
        if path.is_file() && read_text(&path)? == ran.stdout {
            continue;
        }
        if bless {
            write_text(&path, &ran.stdout)?;
            findings.notes.push(format!("{name} recorded"));
        } else {
            findings.problem(format!(
                "the lab of {} does not print what {name} shows; \
                 `cargo x traces --bless` records it",
                stage.name
            ));
        }
    }
    Ok(findings)
}

fn has_page(stage: &Stage) -> bool {
    stage
        .lesson
        .lab
        .as_ref()
        .is_some_and(|lab| lab.kind == LabKind::Page)
}

fn path(course: &Course, stage: &Stage) -> PathBuf {
    let name = format!("{}.json", stage.number_text());
    course
        .root
        .join("book")
        .join("src")
        .join("traces")
        .join(name)
}
