//! `cargo x runs`: the command output that the book shows is that of a real run.
//!
//! `book/runs/NAME.txt` starts with `$ COMMAND ARGUMENTS…`; the rest is what the command prints, its
//! standard output first, and `[exit N]` at the end unless it exits with 0. The command runs in the
//! root of the repository, split at spaces, without a shell.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::program;
use super::report::{Findings, count, first_lines};
use ferrisdb_course::course::Course;
use ferrisdb_course::error::{IoContext, Result, read_text, write_text};
use ferrisdb_course::runner::cargo_command;

/// Runs every recorded command again; with `bless`, records what it prints now.
pub(super) fn check(course: &Course, bless: bool, say: &dyn Fn(&str)) -> Result<Findings> {
    let files = recorded(&course.root.join("book").join("runs"))?;
    let mut findings = Findings::good(format!("{} as recorded", count(files.len(), "run")));
    for path in files {
        let old = read_text(&path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let Some(line) = command_line(&old) else {
            findings.problem(format!(
                "book/runs/{name}.txt does not start with `$ COMMAND`"
            ));
            continue;
        };
        say(&format!("{name}: {line}"));
        let new = record(line, &course.root)?;
        if new == old {
            continue;
        }
        if bless {
            write_text(&path, &new)?;
            findings
                .notes
                .push(format!("book/runs/{name}.txt recorded"));
        } else {
            findings.problem(format!(
                "`{line}` does not print what book/runs/{name}.txt shows; \
                 `cargo x runs --bless` records it\n{}",
                first_lines(&diffy::create_patch(&old, &new).to_string(), 30)
            ));
        }
    }
    Ok(findings)
}

fn recorded(directory: &Path) -> Result<Vec<PathBuf>> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory)
        .context("list", directory)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    Ok(files)
}

fn command_line(text: &str) -> Option<&str> {
    let line = text.lines().next()?.strip_prefix("$ ")?.trim();
    (!line.is_empty()).then_some(line)
}

/// Runs a command and writes down what it printed.
fn record(line: &str, root: &Path) -> Result<String> {
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    let program = words.next().unwrap_or_default();
    let mut command = if program == "cargo" {
        cargo_command()
    } else {
        Command::new(program)
    };
    command.args(words);
    let ran = program::run(command, root)?;
    let mut text = format!("$ {line}\n{}", ran.text());
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let end = match ran.code {
        Some(0) => String::new(),
        Some(code) => format!("[exit {code}]\n"),
        None => "[killed]\n".to_owned(),
    };
    Ok(text + &end)
}
