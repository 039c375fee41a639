//! What opening a database found.

use std::fmt;
use std::path::PathBuf;

use ferrisdb_core::Timestamp;
use ferrisdb_engine as engine;
use ferrisdb_manifest as manifest;
use ferrisdb_wal::TornTail;

/// What opening a database found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// How many batches were in the log and not in tables yet.
    pub batches: u64,
    /// The timestamp of the newest batch; [`Timestamp::ZERO`] if there is none.
    pub last_timestamp: Timestamp,
    /// Unfinished writes that a crash had left at the end of the log.
    pub torn_tail: Option<TornTail>,
    /// An unfinished edit that a crash had left at the end of the manifest.
    pub torn_manifest: Option<manifest::TornTail>,
    /// How many tables there were.
    pub tables: usize,
    /// How many memtables were full after replaying the log, and are tables now.
    pub flushed: usize,
    /// The files that nothing needed and that were removed.
    pub removed: Vec<PathBuf>,
    /// The options that are other than the last time, a line each.
    pub changed_options: Vec<String>,
    summary: String,
}

impl Recovery {
    pub(crate) fn new(found: engine::Recovery, changed_options: Vec<String>) -> Self {
        let summary = found.to_string();
        let engine::Recovery {
            manifest,
            log,
            replayed,
            flushed,
            removed,
            ..
        } = found;
        Self {
            batches: replayed,
            last_timestamp: log.last_timestamp.max(manifest.version.last_timestamp()),
            torn_tail: log.torn_tail,
            torn_manifest: manifest.torn_tail,
            tables: manifest.version.tables().count(),
            flushed,
            removed,
            changed_options,
            summary,
        }
    }
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary)?;
        for change in &self.changed_options {
            write!(f, "; {change}")?;
        }
        Ok(())
    }
}
