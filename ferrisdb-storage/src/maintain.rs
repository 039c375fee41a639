//! What is done to a database now and then: flushing, compacting, copying, checking.

use std::ops::{Bound, RangeBounds};
use std::path::Path;

use ferrisdb_compaction::{Request, Running, pick_range};

use crate::shared::lock;
use crate::{Db, Result};

impl Db {
    /// Writes everything that is in memory into tables, and returns when they are on the disk.
    ///
    /// The database does so by itself whenever a memtable is full. After this, what was written
    /// before survives a power cut whatever the [`SyncMode`](crate::SyncMode), and need not be replayed when the
    /// database is opened.
    pub fn flush(&self) -> Result<()> {
        let shared = self.shared();
        shared.check()?;
        shared.engine.freeze()?;
        while shared.flush_one()? {}
        Ok(())
    }

    /// Merges all tables that have keys of a range until each key lies in one place, in one
    /// version, without a tombstone, as far as snapshots allow. Returns when that is done.
    ///
    /// The database compacts by itself what it has to. This is of use after much was deleted, to
    /// get the space back now; it may read and write all tables of the range.
    pub fn compact_range<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>) -> Result<()> {
        self.flush()?;
        let shared = self.shared();
        let bound = |bound: Bound<&K>| bound.map(|key| key.as_ref().to_vec());
        let (start, end) = (bound(range.start_bound()), bound(range.end_bound()));
        let request = Request {
            keys: (
                start.as_ref().map(Vec::as_slice),
                end.as_ref().map(Vec::as_slice),
            ),
            number: shared.engine.next_number()?,
            timestamp: shared.engine.published(),
        };
        loop {
            let _one_at_a_time = lock(&shared.compacting);
            shared.check()?;
            let version = shared.engine.version();
            match pick_range(&version, &shared.strategy, &Running::default(), request) {
                Some(job) => shared.run_job(&version, &job)?,
                None => return Ok(()),
            }
        }
    }

    /// The same for all keys.
    pub fn compact_all(&self) -> Result<()> {
        self.compact_range::<&[u8]>(..)
    }

    /// Makes a copy of the database as it is now in another directory, which must not exist, or be
    /// empty. The copy can be opened like any other database, and is on the disk when this returns.
    ///
    /// Tables are not copied but get a second name (a hard link), so this takes little time and
    /// at first no space, whatever the size. Reads and writes go on meanwhile. The directory has to be on
    /// the same file system.
    pub fn checkpoint(&self, directory: impl AsRef<Path>) -> Result<()> {
        let shared = self.shared();
        shared.check()?;
        let directory = directory.as_ref();
        let _span = tracing::info_span!("checkpoint", path = %directory.display()).entered();
        shared.engine.checkpoint(directory)?;
        shared.note_backlog();
        Ok(())
    }
}
