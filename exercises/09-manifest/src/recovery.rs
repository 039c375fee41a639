//! What opening a manifest found.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::{Invalid, Version};

/// What opening a manifest found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// The version that was current.
    pub version: Arc<Version>,
    /// The manifest that said so; `None` if there was no database yet.
    pub manifest: Option<PathBuf>,
    /// How many edits it had behind its snapshot.
    pub edits: u64,
    /// What lay behind the last of them.
    pub torn_tail: Option<TornTail>,
}

/// The remains of an edit that a crash interrupted, and that nobody was promised.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TornTail {
    /// The manifest.
    pub path: PathBuf,
    /// Where the remains begin, in bytes from the start of the file.
    pub offset: u64,
    /// What is there instead of a record.
    pub reason: Invalid,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(manifest) = &self.manifest else {
            return f.write_str("there is no database yet");
        };
        let tables = match self.version.tables().count() {
            1 => "1 table".to_owned(),
            count => format!("{count} tables"),
        };
        let (number, path) = (self.version.number(), manifest.display());
        write!(f, "version {number} with {tables}, from {path}")?;
        match &self.torn_tail {
            Some(tail) => write!(f, "; {tail}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for TornTail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, offset) = (self.path.display(), self.offset);
        write!(f, "torn tail in {path} at offset {offset}: {}", self.reason)
    }
}
