//! *Given.* Taking in tables that somebody else has written.

use ferrisdb_core::Timestamp;
use ferrisdb_manifest::{Edit, TableMeta};

use crate::shared::lock;
use crate::super_version::SuperVersion;
use crate::{Engine, Result};

/// Writes tables into the engine's directory, all versions in them as of the timestamp, under
/// numbers that the second argument gives.
pub type MakeTables<'a> =
    dyn FnMut(Timestamp, &mut dyn FnMut() -> Result<u64>) -> Result<Vec<TableMeta>> + 'a;

impl Engine {
    /// Takes in tables as if all that they hold had been written as one batch, past the log and
    /// the memtable, and returns its timestamp. No two of the tables may have a key in common.
    ///
    /// Nobody writes while `make` is at work: everything older has to be in tables before, and
    /// everything newer has to come after. If it fails, nothing has happened; files that it has
    /// left are removed when the database is opened the next time.
    pub fn ingest(&self, make: &mut MakeTables<'_>) -> Result<Timestamp> {
        let _one_at_a_time = lock(&self.flushing);
        let mut log = self.queue.turn();
        self.check()?;
        self.freeze_with(&mut log)?;
        while let Some((memory, log_start)) = self.oldest_frozen() {
            self.flush_memory(&memory, log_start)?;
            self.retire(&mut log, log_start)?;
        }
        let timestamp = log.timestamp.next();
        let tables = make(timestamp, &mut || self.next_number())?;
        if tables.is_empty() {
            return Ok(log.timestamp);
        }
        let edit = Edit::new().last_timestamp(timestamp);
        let edit = tables
            .into_iter()
            .fold(edit, |edit, table| edit.add(0, table));
        self.commit_edit(&edit, SuperVersion::with_levels)?;
        log.timestamp = timestamp;
        self.shared.publish(timestamp);
        Ok(timestamp)
    }
}
