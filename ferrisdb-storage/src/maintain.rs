//! What is done to a database now and then: flushing, compacting, copying, checking.

use std::ops::{Bound, RangeBounds};
use std::path::Path;

use ferrisdb_compaction::{Request, Running, pick_range};
use ferrisdb_engine::Engine;
use ferrisdb_manifest::TableMeta;
use ferrisdb_sstable::{Part, Piece};

use crate::verify::pinned;
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
        let bytes = shared.flush_all()?;
        shared.spend(bytes);
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
            let _one_at_a_time = shared.compacting.lock();
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
        let directory = directory.as_ref();
        let _span = tracing::info_span!("checkpoint", path = %directory.display()).entered();
        self.flush()?;
        let copied = shared.engine.checkpoint(directory);
        // What was written meanwhile was flushed as well.
        shared.note_backlog();
        shared.schedule_compaction();
        copied?;
        Ok(())
    }

    /// About how many bytes of tables the keys of a range take, as they lie on the disk: compressed,
    /// with versions that nobody can see any more. What is still in memory does not count.
    ///
    /// Reads the indexes of the tables that lie in the range in part, and no data.
    pub fn approximate_size<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>) -> Result<u64> {
        let engine = &self.shared().engine;
        let (start, end) = (range.start_bound(), range.end_bound());
        let mut size = 0;
        let (version, _pin) = pinned(engine);
        for (_, meta) in version.tables() {
            let place = |bound: Bound<&K>, open: u64| match bound {
                Bound::Included(key) | Bound::Excluded(key) => offset(engine, meta, key.as_ref()),
                Bound::Unbounded => Ok(open),
            };
            let (from, to) = (place(start, 0)?, place(end, meta.size)?);
            size += to.saturating_sub(from);
        }
        Ok(size)
    }
}

/// About where in a table a key would lie, in bytes from its beginning.
fn offset(engine: &Engine, meta: &TableMeta, key: &[u8]) -> Result<u64> {
    if key <= &*meta.smallest.user_key {
        return Ok(0);
    }
    if key > &*meta.largest.user_key {
        return Ok(meta.size);
    }
    let pieces = engine.open_table(meta)?.pieces()?;
    let may_hold = |piece: &&Piece| {
        let separator = piece.separator.as_ref();
        piece.part == Part::Data && separator.is_some_and(|last| &*last.user_key >= key)
    };
    let block = pieces.iter().find(may_hold);
    Ok(block.map_or(meta.size, |block| block.handle.offset))
}
