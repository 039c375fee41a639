//! `cargo x bless`: the one place where changed snapshots are accepted.
//!
//! Everywhere else `INSTA_UPDATE` is `no`, so that a test run never rewrites what it is compared with.
//! Snapshots are written from the root workspace, for their `source:` lines name the writer.

use super::program;
use super::report::{Findings, count, first_lines};
use ferrisdb_course::course::Course;
use ferrisdb_course::error::Result;

/// Runs the tests of a package, or of all, and accepts every snapshot that changed.
pub(super) fn accept(course: &Course, package: Option<&str>) -> Result<Findings> {
    let mut arguments = vec!["test", "-q", "--no-fail-fast", "--tests"];
    match package {
        Some(package) => arguments.extend(["-p", package]),
        None => arguments.push("--workspace"),
    }
    let before = changed_snapshots(course)?;
    let ran = program::cargo(&course.root, arguments, &[("INSTA_UPDATE", "always")])?;
    let after = changed_snapshots(course)?;
    let mut findings = Findings::good(if after.is_empty() {
        "no snapshot differs from the last commit".to_owned()
    } else {
        format!(
            "{} not as in the last commit; read them before you commit",
            count(after.len(), "snapshot")
        )
    });
    for line in after {
        let new = if before.contains(&line) {
            ""
        } else {
            " (just now)"
        };
        findings.notes.push(format!("{line}{new}"));
    }
    if !ran.success() {
        findings.problem(format!(
            "some tests fail for another reason than their snapshots\n{}",
            first_lines(&ran.text(), 60)
        ));
    }
    Ok(findings)
}

/// The snapshots that differ from the last commit, as Git lists them.
fn changed_snapshots(course: &Course) -> Result<Vec<String>> {
    let mut git = std::process::Command::new("git");
    git.args(["status", "--short", "-uall", "--", "*.snap"]);
    let ran = program::run(git, &course.root)?;
    Ok(ran.stdout.lines().map(str::to_owned).collect())
}
