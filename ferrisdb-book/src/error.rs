//! What can go wrong while the book is built, checked or served.

use std::io;
use std::path::{Path, PathBuf};

/// A `Result` whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or a directory could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },

    /// The folder of the repository was not found.
    #[error("no `book/book.toml` in {start} or above it: run this inside the repository", start = start.display())]
    NoBook {
        /// Where the search began.
        start: PathBuf,
    },

    /// Directives that could not be expanded, one a line.
    #[error("{}", lines(problems))]
    Directives {
        /// One message each, with chapter, line and directive.
        problems: Vec<String>,
    },

    /// A directive that could not be expanded; the caller adds where it stands.
    #[error("{0}")]
    Directive(String),

    /// mdBook could not build the book.
    #[error("{0}")]
    MdBook(String),

    /// The built book is wrong in places.
    #[error("{}", lines(problems))]
    Check {
        /// One message each, with the page.
        problems: Vec<String>,
    },

    /// The book could not be served.
    #[error("cannot serve the book on 127.0.0.1:{port}: {reason}")]
    Serve {
        /// The port that was asked for.
        port: u16,
        /// What the operating system said.
        reason: String,
    },

    /// The browser did not do what the check asked of it.
    #[error("the browser: {0}")]
    Browser(String),
}

fn lines(problems: &[String]) -> String {
    problems.join("\n")
}

/// Adds the path to an I/O error.
pub(crate) trait AtPath<T> {
    /// Says which file or directory the error is about.
    fn at(self, path: &Path) -> Result<T>;
}

impl<T> AtPath<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|source| Error::Io {
            path: path.to_path_buf(),
            source,
        })
    }
}
