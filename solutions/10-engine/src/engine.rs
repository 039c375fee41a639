//! The engine: what it consists of, and reading.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;
use ferrisdb_core::Timestamp;
use ferrisdb_manifest::{self as manifest, Manifest, TableMeta, Version};
use ferrisdb_skiplist::pin;
use ferrisdb_sstable::Table;

use crate::queue::Queue;
use crate::shared::Shared;
use crate::super_version::{copied, pinned};
use crate::tables::Tables;
use crate::{Cursor, Error, Options, Result, Snapshot};

/// A database in a directory, without a will of its own: it does what it is told, when it is told,
/// on the thread that tells it.
///
/// Every method takes `&self`; share it between threads in an `Arc`. Only one engine can have a
/// directory open for writing.
///
/// ```
/// use std::path::Path;
///
/// use ferrisdb_core::{Batch, Environment};
/// use ferrisdb_engine::{Engine, Options};
/// use ferrisdb_wal::SyncMode;
///
/// # let directory = tempfile::tempdir()?;
/// # let directory = directory.path();
/// let (engine, _) = Engine::open(&Environment::system(), directory, Options::default())?;
/// let mut batch = Batch::new();
/// batch.put("apple", "green");
/// engine.commit(&batch, SyncMode::Data)?;
///
/// let before = engine.snapshot();
/// batch.put("apple", "red");
/// engine.commit(&batch, SyncMode::Data)?;
///
/// assert_eq!(engine.get("apple", None)?, Some(b"red".to_vec()));
/// assert_eq!(before.get("apple")?, Some(b"green".to_vec()));
///
/// engine.freeze()?;
/// while engine.flush_step()? {}
/// assert_eq!(engine.version().level(0).len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
    pub(crate) queue: Queue,
    /// Held while a version is replaced, from the edit to the change of what readers see.
    /// `None` where nothing may be written.
    pub(crate) manifest: Mutex<Option<Manifest>>,
    /// Held while a memtable is written out: one at a time, oldest first.
    pub(crate) flushing: Mutex<()>,
    pub(crate) tables: Tables,
    pub(crate) options: Options,
    /// Why nothing is written any more.
    pub(crate) stopped: OnceLock<Arc<str>>,
}

impl Engine {
    /// The value under a key, as of a timestamp, or now.
    ///
    /// Never waits for a writer or a flush. Finding the parts takes no lock and changes no shared
    /// counter; a block from the cache takes the lock of one of its shards for a moment.
    ///
    /// A timestamp has to be that of a [`Snapshot`] that there still is: below the
    /// [watermark](Self::watermark), compactions may have dropped what it would show.
    pub fn get(&self, key: impl AsRef<[u8]>, as_of: Option<Timestamp>) -> Result<Option<Vec<u8>>> {
        self.shared.get(key.as_ref(), as_of, copied)
    }

    /// Like [`get`](Self::get), without copying where the value lies in a table: it then keeps
    /// the whole block in memory that it lies in.
    pub fn get_pinned(
        &self,
        key: impl AsRef<[u8]>,
        as_of: Option<Timestamp>,
    ) -> Result<Option<Bytes>> {
        self.shared.get(key.as_ref(), as_of, pinned)
    }

    /// The database as it is now, for as long as the snapshot is kept.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(&self.shared)
    }

    /// A cursor over the keys that have a value as of a timestamp, or now; at none yet. As to the
    /// timestamp see [`get`](Self::get).
    ///
    /// It keeps the files that it may read until it is dropped.
    pub fn cursor(&self, as_of: Option<Timestamp>) -> Cursor {
        Cursor::new(&self.shared, as_of)
    }

    /// The newest timestamp that readers see.
    pub fn published(&self) -> Timestamp {
        self.shared.published()
    }

    /// The timestamp below which nobody reads: that of the oldest snapshot, or now. Of the versions
    /// of a key that are not above it, only the newest is still needed.
    pub fn watermark(&self) -> Timestamp {
        self.shared.watermark()
    }

    /// The tables that there are, and from where on the log is needed.
    pub fn version(&self) -> Arc<Version> {
        Arc::clone(&self.shared.parts(&pin()).levels.version)
    }

    /// Calls `notify` whenever a cursor is dropped that was the last to need some files, so that
    /// [`remove_obsolete`](Self::remove_obsolete) finds something to do. Only the first call counts.
    pub fn when_obsolete(&self, notify: impl Fn() + Send + Sync + 'static) {
        self.shared.when_obsolete(Box::new(notify));
    }

    /// How many memtables wait to be flushed.
    pub fn frozen(&self) -> usize {
        self.shared.parts(&pin()).frozen.len()
    }

    /// A table, for whoever wants to read it as a whole: the one that readers use, if it belongs
    /// to the current version, and else opened anew.
    pub fn open_table(&self, meta: &TableMeta) -> Result<Arc<Table>> {
        let guard = pin();
        let levels = &self.shared.parts(&guard).levels;
        match levels.all().find(|live| live.meta.number == meta.number) {
            Some(live) => Ok(Arc::clone(&live.table)),
            None => self.tables.open(meta),
        }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.tables.directory
    }

    /// Makes everything durable and ends the log in good order, so that any later damage to it
    /// can be told from the traces of a crash.
    pub fn close(self) -> Result<()> {
        let check = self.check();
        match self.queue.into_log().writer {
            Some(writer) => {
                check?;
                Ok(writer.close()?)
            }
            None => Ok(()),
        }
    }

    /// Refuses to write where that is not allowed, or not any more.
    pub(crate) fn check(&self) -> Result<()> {
        if self.options.read_only {
            return Err(Error::ReadOnly);
        }
        match self.stopped.get() {
            None => Ok(()),
            Some(_) => Err(self.stopped_error()),
        }
    }

    /// Stops all writing if something failed that leaves the files in an unknown state.
    ///
    /// A write that failed may have happened in part; after a sync that failed, the operating
    /// system may have dropped the bytes, and the next sync would succeed without them. Only opening
    /// the files again tells what is there. What was refused was not even tried.
    pub(crate) fn stop_if<T>(&self, result: &Result<T>) {
        use Error::{Manifest, WritesStopped};
        if let Err(error) = result
            && !matches!(
                error,
                WritesStopped { .. } | Manifest(manifest::Error::Refused(_))
            )
        {
            // Who was first has said why.
            let _ = self.stopped.set(error.to_string().into());
        }
    }

    /// That writes have stopped, and why.
    pub(crate) fn stopped_error(&self) -> Error {
        let cause = self.stopped.get().cloned();
        Error::WritesStopped {
            cause: cause.unwrap_or_else(|| "it is not known why".into()),
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("directory", &self.directory())
            .field("published", &self.published())
            .field("frozen", &self.frozen())
            .field("version", &self.version().number())
            .field("stopped", &self.stopped.get())
            .finish_non_exhaustive()
    }
}
