//! Looks after what a learner should not have to think about: that the tests are the
//! course's, that the manifest is, and that no file is gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::course::Stage;
use crate::cut::{self, CutFile};
use crate::error::read_text;
use crate::fields::{Fields, Text};

use super::files::shown;
use super::git::Git;

/// The tests and snapshots of a stage that are not as the course hands them out.
///
/// With git that is a question to the last commit; without it, the fingerprint recorded
/// when the stage was first seen decides, and no file can be named.
pub(crate) fn changed_tests(stage: &Stage, recorded: Option<&str>) -> Vec<String> {
    let tests = stage.exercise_dir().join("tests");
    if let Some(git) = Git::at(stage.root()) {
        let path = tests.strip_prefix(stage.root()).unwrap_or(&tests);
        let mut changed = git.changed(&[path]).unwrap_or_default();
        // A test that is gone stops the build, which says so; a snapshot that is gone does not.
        changed.retain(|file| is_snapshot(file) || stage.root().join(file).exists());
        return changed;
    }
    match recorded {
        Some(recorded) if recorded != fingerprint(stage) => vec![shown(&tests, stage.root())],
        _ => Vec::new(),
    }
}

fn is_snapshot(file: &str) -> bool {
    Path::new(file)
        .extension()
        .is_some_and(|extension| extension == "snap")
}

/// A number that changes with any test or snapshot of the stage.
pub(crate) fn fingerprint(stage: &Stage) -> String {
    let mut files = Vec::new();
    list(&stage.exercise_dir().join("tests"), &mut files);
    files.sort();
    // FNV-1a: it guards against accidents, not against attackers.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut take = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for file in files {
        take(
            file.strip_prefix(stage.root())
                .unwrap_or(&file)
                .to_string_lossy()
                .as_bytes(),
        );
        take(&read_text(&file).map(String::into_bytes).unwrap_or_default());
    }
    format!("{hash:016x}")
}

fn list(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            list(&path, files);
        } else if path.extension().is_none_or(|extension| extension != "new") {
            files.push(path);
        }
    }
}

/// The dependencies and features that the exercise's manifest has more, or fewer, or other
/// than the course's: `serde`, `features.std`.
pub(crate) fn changed_manifest(stage: &Stage, cut: &[CutFile]) -> Vec<String> {
    let theirs = cut.iter().find(|file| file.path == "Cargo.toml");
    let yours = read_text(&stage.exercise_dir().join("Cargo.toml"));
    let (Some(theirs), Ok(yours)) = (theirs, yours) else {
        return Vec::new();
    };
    let path = Path::new("Cargo.toml");
    let fields = |text| Text { text, path }.fields();
    let (Ok(mut theirs), Ok(mut yours)) = (fields(&theirs.text), fields(&yours)) else {
        return Vec::new();
    };
    let mut changed = BTreeSet::new();
    for section in [
        "dependencies",
        "dev-dependencies",
        "build-dependencies",
        "features",
    ] {
        let of = |manifest: &mut Fields<'_>| {
            let table = manifest.opt_table(section).ok().flatten();
            table
                .map(|mut table| table.named_texts())
                .unwrap_or_default()
        };
        let (theirs, yours) = (of(&mut theirs), of(&mut yours));
        let names = theirs.keys().chain(yours.keys());
        changed.extend(
            names
                .filter(|name| theirs.get(*name) != yours.get(*name))
                .cloned(),
        );
    }
    changed.into_iter().collect()
}

/// The files of the exercise that are gone: sources, and tests that the manifest or they name.
pub(crate) fn missing(stage: &Stage, cut: &[CutFile]) -> Vec<PathBuf> {
    let directory = stage.exercise_dir();
    let sources = cut.iter().map(|file| file.path.clone());
    let manifest = cut.iter().find(|file| file.path == "Cargo.toml");
    let tests = manifest
        .map(|file| named_paths(&file.text))
        .unwrap_or_default();
    let mut missing: Vec<PathBuf> = sources
        .chain(tests)
        .chain(cut.iter().flat_map(|file| taken_in(&file.text)))
        .map(|path| directory.join(path))
        .filter(|path| !path.is_file())
        .collect();
    missing.sort();
    missing.dedup();
    missing
}

/// The `path` of each test and example of a manifest.
fn named_paths(manifest: &str) -> Vec<String> {
    let path = Path::new("Cargo.toml");
    let text = manifest;
    let Ok(mut fields) = (Text { text, path }).fields() else {
        return Vec::new();
    };
    let mut paths = Vec::new();
    for kind in ["test", "example"] {
        for mut target in fields.tables(kind).unwrap_or_default() {
            paths.extend(target.opt_string("path").ok().flatten());
        }
    }
    paths.into_iter().map(|path| path.value).collect()
}

/// The tests that a file of `src` takes in: `tests/a.rs` for `#[path = "../tests/a.rs"]`.
fn taken_in(text: &str) -> impl Iterator<Item = String> {
    text.match_indices("#[path = \"../")
        .filter_map(|(at, start)| {
            let rest = &text[at + start.len()..];
            Some(rest.split_once('"')?.0.to_owned())
        })
}

/// `path:line` of the first conflict marker in the exercise's sources.
pub(crate) fn conflict(stage: &Stage) -> Option<String> {
    let mut files = Vec::new();
    list(&stage.exercise_dir().join("src"), &mut files);
    files.push(stage.exercise_dir().join("Cargo.toml"));
    files.sort();
    files.iter().find_map(|file| {
        let line = super::merge::conflict_line(&read_text(file).ok()?)?;
        Some(format!("{}:{line}", shown(file, stage.root())))
    })
}

/// Everything worth a note about the files of a stage.
pub(crate) fn notices(stage: &Stage, recorded: Option<&str>) -> Vec<String> {
    let mut notices = Vec::new();
    let changed = changed_tests(stage, recorded);
    let folder = shown(&stage.exercise_dir(), stage.root());
    if let Some(first) = changed.first() {
        let first = first.strip_prefix(&format!("{folder}/")).unwrap_or(first);
        let more = match changed.len() {
            1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        notices.push(format!(
            "the course's tests were changed: {first}{more}. Green then proves less; \
             `git checkout HEAD -- {folder}/tests` puts them back."
        ));
    }
    let manifest = match cut::cut(stage) {
        Ok(cut) => changed_manifest(stage, &cut),
        Err(error) => {
            notices.push(format!(
                "the course's own files are damaged: {error}. `git status` shows what changed."
            ));
            Vec::new()
        }
    };
    if !manifest.is_empty() {
        notices.push(format!(
            "Cargo.toml of the exercise differs from the course's in: {}. It still runs here, but \
             your crate no longer fits in the place of ours; take the change out again.",
            manifest.join(", ")
        ));
    }
    notices
}
