//! Runs the foreign snippets of the chapters and compares what they print.
//!
//! `book/snippets/NN/NAME.py` and its friends have their expected output beside them, in
//! `NAME.py.out`, or in `NAME.out` where several languages print the same.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{AtPath, Error, Result};

/// A language, the ending of its files, and the programs that may run one, with arguments.
struct Language {
    name: &'static str,
    extension: &'static str,
    programs: &'static [&'static [&'static str]],
}

const LANGUAGES: [Language; 4] = [
    Language {
        name: "Python",
        extension: "py",
        programs: &[&["python3"], &["python"]],
    },
    Language {
        name: "JavaScript",
        extension: "js",
        programs: &[&["node"]],
    },
    Language {
        name: "Java",
        extension: "java",
        programs: &[&["java"]],
    },
    Language {
        name: "Go",
        extension: "go",
        programs: &[&["go", "run"]],
    },
];

/// The language of files with this ending.
pub(crate) fn language(extension: &str) -> Option<&'static str> {
    LANGUAGES
        .iter()
        .find(|language| language.extension == extension)
        .map(|language| language.name)
}

/// The file with a snippet's expected output.
pub(crate) fn expected_output(snippet: &Path) -> Option<PathBuf> {
    let mut own = OsString::from(snippet);
    own.push(".out");
    [PathBuf::from(own), snippet.with_extension("out")]
        .into_iter()
        .find(|path| path.is_file())
}

/// Runs every snippet whose language is installed. `say` gets a line for each.
pub fn run(root: &Path, say: &mut dyn FnMut(String)) -> Result<()> {
    let mut problems = Vec::new();
    let mut snippets = Vec::new();
    collect(&root.join("book/snippets"), &mut snippets)?;
    for snippet in snippets {
        let name = snippet
            .strip_prefix(root)
            .unwrap_or(&snippet)
            .display()
            .to_string();
        match check(&snippet)? {
            Outcome::Same => say(format!("ok      {name}")),
            Outcome::NoInterpreter(language) => {
                say(format!("skipped {name}: {language} is not installed"));
            }
            Outcome::Different(reason) => {
                say(format!("FAILED  {name}"));
                problems.push(format!("{name}: {reason}"));
            }
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Check { problems })
    }
}

enum Outcome {
    Same,
    NoInterpreter(&'static str),
    Different(String),
}

fn collect(directory: &Path, snippets: &mut Vec<PathBuf>) -> Result<()> {
    if !directory.is_dir() {
        return Ok(());
    }
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(directory).at(directory)? {
        entries.push(entry.at(directory)?.path());
    }
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, snippets)?;
        } else if path
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|e| language(e).is_some())
        {
            snippets.push(path);
        }
    }
    Ok(())
}

fn check(snippet: &Path) -> Result<Outcome> {
    let Some(expected) = expected_output(snippet) else {
        return Ok(Outcome::Different("its expected output is missing".into()));
    };
    let expected = std::fs::read_to_string(&expected).at(&expected)?;
    let extension = snippet
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or("");
    let Some(language) = LANGUAGES
        .iter()
        .find(|language| language.extension == extension)
    else {
        return Ok(Outcome::Different("no language is known for it".into()));
    };
    for program in language.programs {
        let mut command = Command::new(program[0]);
        command
            .args(&program[1..])
            .arg(snippet)
            .stdin(Stdio::null());
        match command.output() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Ok(Outcome::Different(format!("{}: {error}", program[0]))),
            Ok(output) => {
                let printed = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
                return Ok(
                    if printed.trim_end() == expected.replace("\r\n", "\n").trim_end() {
                        Outcome::Same
                    } else {
                        let complaint = String::from_utf8_lossy(&output.stderr);
                        Outcome::Different(format!(
                            "expected\n{expected}\nbut it printed\n{printed}{complaint}"
                        ))
                    },
                );
            }
        }
    }
    Ok(Outcome::NoInterpreter(language.name))
}
