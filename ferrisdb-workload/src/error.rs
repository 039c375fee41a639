//! What can go wrong while a store is measured.

use std::io;
use std::path::PathBuf;

/// The result of anything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong while a store is measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store said no.
    #[error("{engine} failed: {source}")]
    Target {
        /// Which store.
        engine: &'static str,
        /// What it said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The store gave a wrong answer, so its speed is of no interest.
    #[error("{engine} gave a wrong answer: {what}")]
    WrongAnswer {
        /// Which store.
        engine: &'static str,
        /// What is wrong with it.
        what: String,
    },

    /// The workload needs keys, and the store has none.
    #[error("{workload} needs a database with keys in it: run fillseq or fillrandom before it")]
    Empty {
        /// Which workload.
        workload: &'static str,
    },

    /// A batch would not fit into memory.
    #[error(
        "a batch of {batch} values of {value_size} bytes has more than {} bytes: make one of \
         the two numbers smaller",
        crate::Settings::VALUE_SIZE_MAX
    )]
    BatchTooLarge {
        /// How many values a batch has.
        batch: usize,
        /// The size of each, in bytes.
        value_size: usize,
    },

    /// The operating system refused.
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// What was to be done.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl Error {
    /// What a store said.
    pub fn target(
        engine: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        let source = source.into();
        Self::Target { engine, source }
    }
}
