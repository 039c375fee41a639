//! Cargo's `paths` override: later stages and the engine built on the learner's crates.
//!
//! Inside `exercises/` every crate of a stage has the same package name as the reference, so
//! `--config 'paths=[…]'` puts the one in the place of the other. Cargo only warns when an
//! override does not take; [`verify`] looks.

use std::ffi::OsString;
use std::path::Path;

use crate::course::{Course, Stage};
use crate::fields;
use crate::runner::cargo_command;

use crate::child::{Leash, capture};

/// Whether the engine is built on this stage. Stage 01 is a warm-up outside of it.
pub fn is_in_engine(stage: &Stage) -> bool {
    stage.number > 1
}

/// The arguments that put these crates in the place of the reference's.
pub fn arguments(stages: &[Stage]) -> Vec<OsString> {
    if stages.is_empty() {
        return Vec::new();
    }
    let paths: Vec<String> = stages
        .iter()
        .map(|stage| quoted(&stage.exercise_dir()))
        .collect();
    vec![
        "--config".into(),
        format!("paths=[{}]", paths.join(",")).into(),
    ]
}

/// A path as a TOML string.
fn quoted(path: &Path) -> String {
    fields::quoted(&path.display().to_string())
}

/// Looks at what Cargo resolves for `package`: a crate that it depends on and that should
/// have been swapped must have version 0.0.0, which only exercises have.
pub fn verify(
    course: &Course,
    package: &str,
    stages: &[Stage],
    leash: Leash<'_>,
) -> Result<Vec<String>, String> {
    if stages.is_empty() {
        return Ok(Vec::new());
    }
    let mut command = cargo_command();
    command
        .current_dir(course.exercises_dir())
        .args([
            "tree",
            "--quiet",
            "--prefix",
            "none",
            "--edges",
            "normal,dev",
            "--format",
            "{p}",
        ])
        .args(["--package", package])
        .args(arguments(stages));
    let tree = capture(command, leash).map_err(|error| format!("cargo tree: {error}"))?;
    if !tree.success() {
        return Err(tree.stderr.trim().to_owned());
    }
    swapped(&tree.stdout, stages)
}

/// The packages of `stages` that stand in a tree, if each of them is the learner's.
fn swapped(tree: &str, stages: &[Stage]) -> Result<Vec<String>, String> {
    let mut swapped = Vec::new();
    for stage in stages {
        let package = &stage.lesson.package;
        let mut versions = tree.lines().filter_map(|line| {
            let (name, rest) = line.split_once(' ')?;
            (name == package).then(|| rest.split(' ').next().unwrap_or_default())
        });
        match versions.find(|version| *version != "v0.0.0") {
            Some(version) => {
                return Err(format!(
                    "Cargo would build {package} {version} instead of yours in {}. A dependency or \
                     feature in its Cargo.toml that the course's does not have is the usual reason.",
                    stage.exercise_dir().display()
                ));
            }
            None if tree
                .lines()
                .any(|line| line.starts_with(&format!("{package} "))) =>
            {
                swapped.push(package.clone());
            }
            None => {}
        }
    }
    Ok(swapped)
}
