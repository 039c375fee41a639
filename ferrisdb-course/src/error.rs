//! What can go wrong in the course machinery, said so that the next step is clear.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The result of anything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    Io {
        /// What was tried, as a verb: "read", "write".
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// No course in the directory or above it.
    NoCourse {
        /// Where the search began.
        start: PathBuf,
    },

    /// A stage that is not in the course.
    UnknownStage {
        /// The name given.
        asked: String,
        /// The names there are.
        known: Vec<String>,
    },

    /// A mistake in a `lesson.toml`, or in what it says about the solution.
    Lesson {
        /// The lesson file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },

    /// A Rust file that does not parse.
    Syntax {
        /// The source file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What the parser said.
        message: String,
    },

    /// `mod name;` without a file.
    ModuleMissing {
        /// The file with the declaration.
        path: PathBuf,
        /// The module's name.
        module: String,
        /// Where its file should be.
        expected: PathBuf,
    },

    /// A directory without a Rust crate in it.
    NoCrate {
        /// The source directory.
        path: PathBuf,
    },

    /// No item has that path.
    ItemMissing {
        /// The path asked for.
        asked: String,
        /// The source directory searched.
        place: PathBuf,
        /// Items with similar names, best first.
        candidates: Vec<String>,
    },

    /// More than one item ends in that path.
    ItemAmbiguous {
        /// The path asked for.
        asked: String,
        /// The source directory searched.
        place: PathBuf,
        /// The full path of each match.
        candidates: Vec<String>,
    },

    /// An item was found, but cannot be used in the way asked for.
    Item {
        /// The item's path.
        item: String,
        /// The file it is in.
        path: PathBuf,
        /// Why it cannot be used.
        message: String,
    },

    /// A program that the machinery needs could not be started or failed.
    Program {
        /// The command.
        program: String,
        /// What happened, and what to do.
        message: String,
    },
}

// Written out: a derive would cost a learner's first build three seconds.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io {
                action,
                path,
                source,
            } => write!(f, "cannot {action} {}: {source}", path.display()),
            Self::NoCourse { start } => write!(
                f,
                "no course here: neither {} nor a directory above it has exercises/*/lesson.toml; \
                 go to the directory that you cloned, then try again",
                start.display()
            ),
            Self::UnknownStage { asked, known } => {
                write!(
                    f,
                    "there is no stage {asked:?}; the stages are {}",
                    list(known)
                )
            }
            Self::Lesson {
                path,
                line,
                message,
            } => write!(f, "{}:{line}: {message}", path.display()),
            Self::Syntax {
                path,
                line,
                column,
                message,
            } => write!(
                f,
                "{}:{line}:{column}: not valid Rust: {message}",
                path.display()
            ),
            Self::ModuleMissing {
                path,
                module,
                expected,
            } => write!(
                f,
                "{} says `mod {module};`, but there is no {}",
                path.display(),
                expected.display()
            ),
            Self::NoCrate { path } => {
                write!(f, "{} has neither lib.rs nor main.rs", path.display())
            }
            Self::ItemMissing {
                asked,
                place,
                candidates,
            } => {
                let (place, near) = (place.display(), near(candidates));
                write!(f, "there is no item `{asked}` in {place}{near}")
            }
            Self::ItemAmbiguous {
                asked,
                place,
                candidates,
            } => write!(
                f,
                "`{asked}` could be any of {} in {}; write more of the path",
                list(candidates),
                place.display()
            ),
            Self::Item {
                item,
                path,
                message,
            } => write!(f, "`{item}` in {}: {message}", path.display()),
            Self::Program { program, message } => write!(f, "{program}: {message}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Adds to an [`io::Error`] what was tried and on which path.
pub trait IoContext<T> {
    /// Turns an I/O error into [`Error::Io`]: "cannot `action` `path`: …".
    fn context(self, action: &'static str, path: &Path) -> Result<T>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn context(self, action: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| Error::Io {
            action,
            path: path.to_owned(),
            source,
        })
    }
}

/// Reads a text file with `\n` line ends, whatever the checkout made of them.
pub fn read_text(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path).context("read", path)?;
    Ok(normalize(&text))
}

/// Writes a text file and the directories above it, unless it says that already: an
/// untouched file keeps its time stamp, and with it everything built from it.
pub fn write_text(path: &Path, text: &str) -> Result<bool> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).context("create", parent)?;
    }
    std::fs::write(path, text).context("write", path)?;
    Ok(true)
}

/// The text without a byte order mark and with `\n` line ends.
fn normalize(text: &str) -> String {
    text.strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n")
}

fn list(names: &[String]) -> String {
    names.join(", ")
}

fn near(candidates: &[String]) -> String {
    if candidates.is_empty() {
        String::new()
    } else {
        format!("; near it are {}", list(candidates))
    }
}
