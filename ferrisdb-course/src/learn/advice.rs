//! The last pass over a green stage: what clippy would say. Advice, never a verdict.

use crate::child::{Leash, capture};
use crate::course::{Course, Stage};
use crate::runner::cargo_command;

use super::ansi;

/// Clippy's warnings with their colours; empty if there are none, or no clippy.
pub fn advice(course: &Course, stage: &Stage, leash: Leash<'_>) -> String {
    let mut command = cargo_command();
    command
        .current_dir(course.exercises_dir())
        .args(["clippy", "--quiet", "--color", "always", "--all-targets"])
        .args(["--package", &stage.lesson.package])
        .args(["--", "-W", "unused", "-W", "clippy::all"]);
    match capture(command, leash) {
        Ok(captured) if captured.success() => without_summary(&captured.stderr),
        _ => String::new(),
    }
}

/// Without Cargo's own count at the end.
fn without_summary(warnings: &str) -> String {
    let is_summary = |line: &str| {
        let plain = ansi::strip(line);
        plain.starts_with("warning: `") && plain.contains(" generated ")
    };
    let lines: Vec<&str> = warnings.lines().filter(|line| !is_summary(line)).collect();
    lines.join("\n").trim().to_owned()
}
