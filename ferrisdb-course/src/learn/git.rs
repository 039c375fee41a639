//! The few questions put to git. All of them have an answer for a course without it (an
//! unpacked archive): `None`.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::failure::slashes;

/// A clone of the course.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Git<'a> {
    root: &'a Path,
}

impl<'a> Git<'a> {
    /// The clone at `root`, if it is one and git is installed.
    pub(crate) fn at(root: &'a Path) -> Option<Git<'a>> {
        let git = Git { root };
        let top = git.run(&["rev-parse", "--show-toplevel"]).ok()?;
        let top = std::fs::canonicalize(top.trim()).ok()?;
        (std::fs::canonicalize(root).ok()? == top).then_some(git)
    }

    /// The files under `paths` that differ from the last commit (changed or deleted, not new).
    pub(crate) fn changed(self, paths: &[&Path]) -> Option<Vec<String>> {
        let paths: Vec<String> = paths.iter().map(|path| slashes(path)).collect();
        let mut args = vec!["diff", "--name-only", "-z", "--no-renames"];
        // A new file that was staged is not in the last commit, so it cannot be put back from there.
        args.extend(["--diff-filter=a", "HEAD", "--"]);
        args.extend(paths.iter().map(String::as_str));
        let listed = self.run(&args).ok()?;
        Some(
            listed
                .split('\0')
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Puts files back as they are in the last commit.
    pub(crate) fn restore(self, files: &[String]) -> Result<(), String> {
        if files.is_empty() {
            return Ok(());
        }
        let mut args = vec!["checkout", "-q", "HEAD", "--"];
        args.extend(files.iter().map(String::as_str));
        self.run(&args).map(drop)
    }

    /// Fetches the course's new version. Only ever forwards: it never merges.
    pub(crate) fn pull(self) -> Result<String, String> {
        self.run(&["pull", "--ff-only"])
    }

    /// Runs git; what it wrote to standard error is the error.
    fn run(self, args: &[&str]) -> Result<String, String> {
        let output: Output = Command::new("git")
            .arg("-C")
            .arg(self.root)
            .args(args)
            // Messages are shown as they are, but nothing may wait for an answer.
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("git could not be started: {error}"))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }
}
