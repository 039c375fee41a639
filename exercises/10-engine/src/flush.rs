//! How memtables become tables, and how the set of tables changes.
//!
//! ```text
//!   frozen memtable ──▶ table synced ──▶ its name synced ──▶ edit synced ──▶ log retired
//!                       a crash here leaves a file that nobody knows         what the log held
//!                       and everything in the log                            is in the table
//! ```

use std::io;
use std::sync::Arc;

use ferrisdb_core::IoContext;
use ferrisdb_manifest::{self as manifest, Edit};
use ferrisdb_skiplist::pin;
use ferrisdb_wal::Position;

use crate::queue::Log;
use crate::shared::lock;
use crate::super_version::{Levels, Memory, SuperVersion};
use crate::{Engine, Error, Result};

impl Engine {
    /// Ends the memtable: it waits for [`flush_step`](Self::flush_step), and a new one takes the
    /// writes. One without writes stays as it is, and that is `false`.
    pub fn freeze(&self) -> Result<bool> {
        let mut log = self.queue.turn();
        self.check()?;
        self.freeze_with(&mut log)
    }

    /// The same for whoever has the log. An empty memtable stays: it would make a table without
    /// entries, which begins and ends nowhere.
    pub(crate) fn freeze_with(&self, log: &mut Log) -> Result<bool> {
        let log_start = log.writer()?.end();
        if self.shared.parts(&pin()).memory.table.is_empty() {
            return Ok(false);
        }
        let memory = Memory::new(&self.options, log_start);
        self.shared.change(|parts| parts.with_memory(memory));
        Ok(true)
    }

    /// Writes the oldest frozen memtable into a table of level 0, and lets go of the part of the log
    /// that only it needed. `false` if there is none.
    ///
    /// If the table could not be written, the memtable stays, and this can be tried again.
    pub fn flush_step(&self) -> Result<bool> {
        Ok(self.flush_oldest()?.is_some())
    }

    /// The same; says how many bytes the table has. `None` if there was nothing to write.
    pub fn flush_oldest(&self) -> Result<Option<u64>> {
        let _one_at_a_time = lock(&self.flushing);
        self.check()?;
        let Some((memory, log_start)) = self.oldest_frozen() else {
            return Ok(None);
        };
        let before = self.tables.written();
        self.flush_memory(&memory, log_start)?;
        self.retire(&mut self.queue.turn(), log_start)?;
        Ok(Some(self.tables.written() - before))
    }

    /// Puts a table in the place of the oldest frozen memtable: writes it, makes it one of the
    /// database's with an edit, and lets readers use it. From now on the log is needed from
    /// `log_start` on.
    ///
    /// The order decides what a crash leaves: the table and its name are on the disk before the
    /// edit names it. The log goes later, when this has returned.
    pub(crate) fn flush_memory(&self, memory: &Memory, log_start: Position) -> Result<()> {
        todo!("write the table, and commit the edit that adds it and moves the log's start")
    }

    /// The frozen memtable to flush next, and from where on the log is needed once it is in a
    /// table: from where the memtable after it begins.
    pub(crate) fn oldest_frozen(&self) -> Option<(Arc<Memory>, Position)> {
        let guard = pin();
        let parts = self.shared.parts(&guard);
        let (oldest, newer) = parts.frozen.split_last()?;
        let next = newer.last().unwrap_or(&parts.memory);
        Some((Arc::clone(oldest), next.log_start))
    }

    /// Lets go of the log before a position.
    pub(crate) fn retire(&self, log: &mut Log, needed_from: Position) -> Result<()> {
        let retired = log.writer()?.retire(needed_from).map_err(Error::from);
        self.stop_if(&retired);
        retired
    }

    /// Changes which tables there are, as a compaction has found it useful: those that the edit
    /// adds are there already, under numbers from [`next_number`](Self::next_number). When this
    /// returns the change is durable, and readers use it.
    ///
    /// The tables that go are removed by [`remove_obsolete`](Self::remove_obsolete). An edit
    /// that makes no sense is refused, and changes nothing.
    pub fn install(&self, edit: &Edit) -> Result<()> {
        self.check()?;
        self.commit_edit(edit, SuperVersion::with_levels)
    }

    /// Makes an edit durable, and then lets readers see it.
    ///
    /// What can be refused is tried first: tables are opened before they are named.
    pub(crate) fn commit_edit(
        &self,
        edit: &Edit,
        change: impl FnOnce(&SuperVersion, Levels) -> SuperVersion,
    ) -> Result<()> {
        let mut writable = lock(&self.manifest);
        let manifest = writable.as_mut().ok_or(Error::ReadOnly)?;
        let next = manifest.current().apply(edit);
        let next = Arc::new(next.map_err(manifest::Error::from)?);
        let open = self.shared.parts(&pin()).levels.open();
        let mut levels = Levels::new(next, &open, |meta| self.tables.open(meta))?;
        let committed = manifest.commit(edit).map_err(Error::from);
        self.stop_if(&committed);
        levels.version = committed?;
        self.shared.change(|parts| change(parts, levels));
        Ok(())
    }

    /// A number for a new table. It is never given out again, whatever happens.
    pub fn next_number(&self) -> Result<u64> {
        self.check()?;
        let mut writable = lock(&self.manifest);
        let manifest = writable.as_mut().ok_or(Error::ReadOnly)?;
        let number = manifest.next_number().map_err(Error::from);
        self.stop_if(&number);
        number
    }

    /// Removes the files of tables that the database has no more and that no cursor needs; says
    /// how many.
    pub fn remove_obsolete(&self) -> Result<usize> {
        self.check()?;
        let mut removed = 0;
        let mut failed = None;
        for number in self.shared.take_obsolete() {
            let path = self.tables.path(number);
            match self.tables.environment.fs.remove(&path) {
                Ok(()) => removed += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    self.shared.give_back(number);
                    failed = failed.or(Some(Err(error).context("remove", &path)));
                }
            }
        }
        if removed > 0 {
            // Super-versions of the past may have these files open, and so keep their space. Each
            // step lets memory go that nobody can see since the step before the last.
            for _ in 0..2 {
                pin().flush();
            }
        }
        failed.unwrap_or(Ok(()))?;
        Ok(removed)
    }
}
