//! The database.
//!
//! Which thread may do what: writers take turns under the log's lock, from the append to the end
//! of the change in memory, so that the log and the memtable see all batches in the same order. The
//! last thing a writer does is to publish its timestamp. Readers take no lock: they look first
//! at which timestamp was published, then at which parts there are, and read those as of that
//! timestamp. In that order, because a batch is in one of the parts before its timestamp is out.

use std::ops::RangeBounds;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ferrisdb_core::{Batch, Timestamp};
use ferrisdb_wal::{self as wal, Recovery, SyncMode, Writer};

use crate::store::Store;
use crate::tables::Tables;
use crate::{Error, Options, Result, Scan};

/// A database in a directory: an ordered map from keys to values that survives crashes.
///
/// Share it between threads by reference or in an `Arc`; every method takes `&self`. Only one
/// `Db` can have a directory open at a time, in this process or any other.
///
/// - A write that returned `Ok` is on the disk, unless [`Options::sync_mode`] says otherwise.
/// - A batch is visible and survives as a whole or not at all.
/// - After a write failed for a reason other than its size, the database takes no more writes
///   until it is opened again. Reads go on. Whether the failed write happened shows then.
///
/// Dropping a `Db` without [`close`](Self::close) loses nothing that a write promised: opening
/// copes with it as it does with a crash, and takes as long either way.
///
/// ```
/// use ferrisdb_storage::{Batch, Db};
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("shop");
/// let db = Db::open(&path)?;
/// db.put("apple", "red")?;
/// db.put("banana", "yellow")?;
/// assert_eq!(db.get("apple")?, Some(b"red".to_vec()));
///
/// let mut batch = Batch::new();
/// batch.put("cherry", "dark red");
/// batch.delete("banana");
/// db.write(&batch)?;
///
/// let keys = db.scan("a".."d").map(|pair| Ok(pair?.0)).collect::<Result<Vec<_>, ferrisdb_storage::Error>>()?;
/// assert_eq!(keys, [b"apple".to_vec(), b"cherry".to_vec()]);
/// db.close()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Db {
    log: Mutex<Log>,
    store: Store,
    /// The newest timestamp that readers may see.
    published: AtomicU64,
    sync_mode: SyncMode,
    recovery: Recovery,
}

/// What writers take turns with.
#[derive(Debug)]
struct Log {
    writer: Writer,
    /// Of the newest batch.
    timestamp: Timestamp,
    /// A batch is in the log that readers will not see before the database is opened again.
    stopped: bool,
}

/// What the database has done since it was opened, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// What its log has done.
    pub log: wal::Metrics,
    /// How many versions of keys the memtables hold, those that readers cannot see any more among
    /// them.
    pub memtable_versions: usize,
    /// How much memory these versions take, in bytes.
    pub memtable_bytes: usize,
    /// How many tables there are.
    pub tables: usize,
    /// The size of their files, in bytes.
    pub table_bytes: u64,
    /// How often a block of a table was asked for and lay in the cache.
    pub cache_hits: u64,
    /// How often it did not.
    pub cache_misses: u64,
    /// How much memory the blocks in the cache take, in bytes.
    pub cache_bytes: u64,
}

impl Db {
    /// Opens the database in a directory, which is created if need be.
    ///
    /// Reads the whole log, so it takes the longer the more was ever written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, Options::default())
    }

    /// Opens the database in a directory with other options than the default ones.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self> {
        let Options {
            sync_mode,
            log,
            memtable_size,
            cache_size,
            tables,
            environment,
        } = options;
        let directory = path.as_ref();
        let seed = environment.clock.unix_us();
        let tables = Tables::new(environment.clone(), directory.into(), tables, cache_size);
        let store = Store::new(tables, memtable_size, seed);
        let mut rebuilt = None;
        let mut replay = |timestamp, batch: &Batch| {
            // Only now is it certain that nobody else has the directory.
            let so_far = rebuilt.get_or_insert_with(|| store.clear());
            if so_far.is_ok() {
                *so_far = store.apply(timestamp, batch).and_then(|()| store.flush());
            }
        };
        let (writer, recovery) = Writer::open(&environment, directory, log, &mut replay)
            .map_err(|error| Error::while_opening(error, directory))?;
        rebuilt.unwrap_or_else(|| store.clear())?;
        let timestamp = recovery.last_timestamp;
        Ok(Self {
            log: Mutex::new(Log {
                writer,
                timestamp,
                stopped: false,
            }),
            store,
            published: AtomicU64::new(timestamp.0),
            sync_mode,
            recovery,
        })
    }

    /// Puts a value under a key, in place of any other.
    pub fn put(&self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Result<()> {
        let mut batch = Batch::new();
        batch.put(key, value);
        self.write(&batch)
    }

    /// Removes a key; fine if it is not there.
    pub fn delete(&self, key: impl AsRef<[u8]>) -> Result<()> {
        let mut batch = Batch::new();
        batch.delete(key);
        self.write(&batch)
    }

    /// Does all writes of a batch, or none of them. An empty batch does nothing.
    pub fn write(&self, batch: &Batch) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut log = self.log();
        if log.stopped {
            return Err(Error::WritesStopped);
        }
        let flushed = self.store.flush();
        log.stopped = flushed.is_err();
        flushed?;
        let timestamp = log.timestamp.next();
        log.writer.append(timestamp, batch)?;
        log.timestamp = timestamp;
        log.writer.sync(self.sync_mode)?;
        let applied = self.store.apply(timestamp, batch);
        log.stopped = applied.is_err();
        applied?;
        self.published.store(timestamp.0, Ordering::Release);
        Ok(())
    }

    /// The value under a key. An empty value is a value.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<Vec<u8>>> {
        let as_of = self.published();
        self.store.get(key.as_ref(), as_of)
    }

    /// The keys in a range with their values, in order; `rev()` walks backwards.
    ///
    /// Shows the database as it is now, whatever is written while it walks. A range that ends
    /// before it starts is empty. For everything there is [`scan_all`](Self::scan_all). Where the
    /// compiler cannot tell the type of the bounds, name it: `db.scan::<&str>(…)`.
    pub fn scan<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>) -> Scan {
        let start = range.start_bound().map(AsRef::as_ref);
        let end = range.end_bound().map(AsRef::as_ref);
        let as_of = self.published();
        Scan::over(self.store.collect(start, end, as_of))
    }

    /// All keys with their values, in order.
    pub fn scan_all(&self) -> Scan {
        self.scan::<&[u8]>(..)
    }

    /// Makes everything written so far durable. Of use with [`SyncMode::None`] only: with the
    /// other modes each write has done so already.
    pub fn sync(&self) -> Result<()> {
        let mode = match self.sync_mode {
            SyncMode::None => SyncMode::Data,
            mode => mode,
        };
        let mut log = self.log();
        if log.stopped {
            return Err(Error::WritesStopped);
        }
        Ok(log.writer.sync(mode)?)
    }

    /// Makes everything durable and ends the log in good order, so that any later damage to it
    /// can be told from the traces of a crash.
    pub fn close(self) -> Result<()> {
        let log = self.log.into_inner();
        Ok(log.unwrap_or_else(PoisonError::into_inner).writer.close()?)
    }

    /// What opening the database found: how much was in its log, and whether a crash had left
    /// unfinished writes at its end.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// What the database has done since it was opened.
    pub fn metrics(&self) -> Metrics {
        let log = self.log().writer.metrics().clone();
        self.store.metrics(log)
    }

    /// A lock is poisoned when a thread panics while it holds it. Nothing under this one can panic
    /// and leave things half done, so a poisoned one is as good as any.
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As of when readers read.
    fn published(&self) -> Timestamp {
        Timestamp(self.published.load(Ordering::Acquire))
    }
}
