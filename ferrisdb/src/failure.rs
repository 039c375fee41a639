//! How a command ends that does not end well.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// How a command ends that does not end well: a sentence, and an exit code.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The answer is no: there is no such key, or something is damaged. Exit code 1.
    No(String),
    /// It could not be done. Exit code 2.
    Could(String),
    /// The database could not be opened or read, or refused. Exit code 2.
    Database(String),
    /// Whoever read the output does not read any more, as `head` does. Exit code 0.
    Closed,
}

pub(crate) type Result<T = (), E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub(crate) fn could(error: impl Display) -> Self {
        Self::Could(error.to_string())
    }

    /// The same, with what was being done in front.
    pub(crate) fn within(self, what: &str) -> Self {
        match self {
            Self::No(sentence) => Self::No(format!("{what}: {sentence}")),
            Self::Could(sentence) => Self::Could(format!("{what}: {sentence}")),
            Self::Database(sentence) => Self::Database(format!("{what}: {sentence}")),
            Self::Closed => Self::Closed,
        }
    }

    /// Tells it, and returns the code with which the program ends.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::No(sentence) => {
                tell(sentence);
                ExitCode::from(1)
            }
            Self::Could(sentence) | Self::Database(sentence) => {
                tell(format_args!("error: {sentence}"));
                ExitCode::from(2)
            }
            Self::Closed => ExitCode::SUCCESS,
        }
    }
}

impl From<ferrisdb_storage::Error> for Failure {
    fn from(error: ferrisdb_storage::Error) -> Self {
        Self::Database(match &error {
            // The library also advises to share a `Db`, which is for programmers.
            ferrisdb_storage::Error::InUse { path, owner } => format!(
                "the database in {} is open already, by {}; close that one first",
                path.display(),
                owner.as_deref().unwrap_or("another process")
            ),
            _ => chain(&error),
        })
    }
}

/// The errors that come about by `?` are those of standard output; whoever works with a file names it.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Closed;
        }
        Self::Could(format!("cannot write to standard output: {error}"))
    }
}

/// Says a sentence on standard error. If that cannot be written to, there is nobody to tell, and
/// the exit code has to do.
pub(crate) fn tell(sentence: impl Display) {
    let _ = writeln!(io::stderr(), "{sentence}");
}

/// Something could not be done with a file.
pub(crate) fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::Could(format!("cannot {what} {}: {error}", path.display()))
}

/// An error and what caused it, without repeating what it says itself.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
