//! The database.

use std::fmt;
use std::ops::RangeBounds;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use ferrisdb_core::{Background, BackgroundThread, Batch, Job};
use ferrisdb_engine::Engine;
use ferrisdb_manifest::Version;
use ferrisdb_wal::SyncMode;

use crate::metrics::Counters;
use crate::pace::Pace;
use crate::shared::{Failure, Queue, Shared, Turn};
use crate::stall::Debt;
use crate::{Cursor, Error, Metrics, Options, Recovery, Result, Scan, Snapshot, owner, settings};

/// A database in a directory: an ordered map from keys to values that survives crashes.
///
/// Share it between threads by reference or in an `Arc`; every method takes `&self`. Only one
/// `Db` can have a directory open at a time, in this process or any other.
///
/// - A write that returned `Ok` is on the disk, unless [`Options::sync_mode`] says otherwise.
/// - A batch is visible and survives as a whole or not at all.
/// - Writes of several threads at the same time share one write and one sync of the log.
/// - Memtables are written out and tables are merged in the background. Where that falls behind,
///   writes are slowed down, and at last wait for it; [`Metrics`] tells.
/// - Each table is a file that stays open, with up to 64 MiB of keys and values where
///   [`compaction`](Options::compaction) does not say otherwise. The limit of open files
///   (`ulimit -n`) should be above that.
/// - After a write failed for a reason other than its size, or background work did, the database
///   takes no more writes until it is opened again. Reads go on. Whether the failed write
///   happened shows then.
///
/// Dropping a `Db` without [`close`](Self::close) loses nothing that a write promised: opening
/// copes with it as it does with a crash, and replays what was not in tables yet.
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
pub struct Db {
    /// `None` only while the database is being closed or dropped.
    shared: Option<Arc<Shared>>,
    /// Those that the database has started itself.
    threads: Vec<Arc<BackgroundThread>>,
    sync_mode: SyncMode,
    read_only: bool,
    recovery: Recovery,
}

/// A memtable with more bytes than this is written out when the database is closed. A smaller
/// one is replayed as fast as its table would be opened, and needs no compaction.
const REPLAY_BYTES_MAX: usize = 256 << 10;

impl Db {
    /// Opens the database in a directory, which is created if need be.
    ///
    /// Takes as long as it takes to replay what was written since the last memtable became a table,
    /// and to read the ends of all tables.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, Options::default())
    }

    /// Opens the database in a directory with other options than the default ones.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self> {
        let directory = path.as_ref();
        let _span = tracing::info_span!("open", path = %directory.display()).entered();
        let environment = options.environment.clone();
        let settings = options.settings();
        let changed_options = settings::check(&environment, directory, &settings)?;
        let (engine, found) = Engine::open(&environment, directory, options.engine())
            .map_err(|error| owner::named(error.into(), &environment))?;
        if !options.read_only {
            settings::write(&environment, directory, &settings)?;
        }
        let recovery = Recovery::new(found, changed_options);
        tracing::info!(%recovery, "opened");
        let mut threads = Vec::new();
        let [flushes, compactions] = match options.background {
            Some(background) => [Arc::clone(&background), background],
            None if options.read_only => [idle(), idle()],
            None => {
                let start = |name| {
                    let thread = BackgroundThread::start(name);
                    thread
                        .map(Arc::new)
                        .map_err(|source| Error::Thread { source })
                };
                threads = vec![start("ferrisdb-flush")?, start("ferrisdb-compact")?];
                [Arc::clone(&threads[0]) as _, Arc::clone(&threads[1]) as _]
            }
        };
        let shared = Arc::new(Shared {
            pace: Pace::new(
                Arc::clone(&environment.clock),
                options.background_bytes_per_second,
            ),
            engine,
            environment,
            tables: options.tables,
            strategy: options.compaction,
            limits: options.limits,
            counters: Counters::new(),
            flushes: Queue::new(flushes),
            compactions: Queue::new(compactions),
            flushing: Turn::default(),
            compacting: Turn::default(),
            delay_ns: AtomicU64::new(0),
            noting: Mutex::new(()),
            debt: Debt::default(),
            closing: AtomicBool::new(false),
            failure: Mutex::new(Failure::None),
            has_failed: AtomicBool::new(false),
        });
        if !options.read_only {
            shared.begin();
        }
        Ok(Self {
            shared: Some(shared),
            threads,
            sync_mode: options.sync_mode,
            read_only: options.read_only,
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
        self.write_with(batch, self.sync_mode)
    }

    /// The same with another [`SyncMode`] than the database's own, for this batch.
    ///
    /// A batch that is synced makes all earlier ones durable too.
    pub fn write_with(&self, batch: &Batch, sync_mode: SyncMode) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let shared = self.shared();
        shared.wait_for_room()?;
        if shared.engine.commit(batch, sync_mode)?.switched {
            shared.schedule_flush();
        }
        Ok(())
    }

    /// The value under a key. An empty value is a value.
    #[inline]
    pub fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<Vec<u8>>> {
        Ok(self.shared().engine.get(key, None)?)
    }

    /// The value under a key, without copying it where it lies in a table.
    ///
    /// It then keeps its whole block in memory, so this is for values that are used at once.
    pub fn get_pinned(&self, key: impl AsRef<[u8]>) -> Result<Option<Bytes>> {
        Ok(self.shared().engine.get_pinned(key, None)?)
    }

    /// The keys in a range with their values, in order; `rev()` walks backwards.
    ///
    /// Shows the database as it is now, whatever is written while it walks. A range that ends
    /// before it starts is empty. For everything there is [`scan_all`](Self::scan_all). Where the
    /// compiler cannot tell the type of the bounds, name it: `db.scan::<&str>(…)`.
    pub fn scan<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>) -> Scan {
        Scan::new(self.cursor(), &range)
    }

    /// All keys with their values, in order.
    pub fn scan_all(&self) -> Scan {
        self.scan::<&[u8]>(..)
    }

    /// A cursor over the database as it is now, at no key yet.
    pub fn cursor(&self) -> Cursor {
        Cursor::new(self.shared().engine.cursor(None))
    }

    /// The database as it is now, for as long as the snapshot is kept.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.shared().engine.snapshot())
    }

    /// Makes everything written so far durable. Of use with [`SyncMode::None`] only: with the
    /// other modes each write has done so already.
    pub fn sync(&self) -> Result<()> {
        let mode = match self.sync_mode {
            SyncMode::None => SyncMode::Data,
            mode => mode,
        };
        let shared = self.shared();
        shared.check()?;
        Ok(shared.engine.sync(mode)?)
    }

    /// Ends the database in good order: makes everything durable, and ends the log so that any
    /// later damage to it can be told from the traces of a crash. A memtable that would take
    /// long to replay is written into a table.
    ///
    /// Waits for the background work that is under way, also where it runs on somebody's own
    /// [`background`](Options::background); what has not begun is left for the next time.
    pub fn close(mut self) -> Result<()> {
        let shared = self.shared();
        let flushed = if self.read_only {
            Ok(())
        } else if shared.engine.metrics().memtable_bytes > REPLAY_BYTES_MAX {
            // Nobody waits for a rate to close a database.
            shared.check().and_then(|()| shared.flush_all().map(drop))
        } else {
            shared.check()
        };
        let Some(shared) = self.stop() else {
            return flushed;
        };
        let closed = alone(shared).engine.close();
        flushed?;
        Ok(closed?)
    }

    /// What opening the database found: how much was in its log, and whether a crash had left
    /// unfinished writes at its end.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// What the database has done since it was opened, and what it holds.
    ///
    /// Waits for its turn like a write, and so for an [`ingest`](Self::ingest) that is under way.
    pub fn metrics(&self) -> Metrics {
        let shared = self.shared();
        shared
            .counters
            .with(shared.engine.metrics(), shared.delay())
    }

    /// The tables that the database has now, by level, and what is known of each.
    pub fn version(&self) -> Arc<Version> {
        self.shared().engine.version()
    }

    /// Ends the background work, and takes what it shares.
    fn stop(&mut self) -> Option<Arc<Shared>> {
        let shared = self.shared.take()?;
        shared.closing.store(true, Ordering::Release);
        for thread in &self.threads {
            thread.stop();
        }
        Some(shared)
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        let shared = self.shared.as_ref();
        shared.expect("a database that is being closed is in nobody's hands")
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engine = self.shared.as_ref().map(|shared| &shared.engine);
        f.debug_struct("Db")
            .field("directory", &engine.map(Engine::directory))
            .field("published", &engine.map(Engine::published))
            .field("version", &engine.map(|engine| engine.version().number()))
            .finish_non_exhaustive()
    }
}

/// Waits until nobody else has it. A job may that runs on somebody's own background; it ends
/// soon, since the database is being closed.
fn alone(mut shared: Arc<Shared>) -> Shared {
    loop {
        match Arc::try_unwrap(shared) {
            Ok(shared) => return shared,
            Err(others) => shared = others,
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Background work where there is none.
fn idle() -> Arc<dyn Background> {
    #[derive(Debug)]
    struct Idle;
    impl Background for Idle {
        fn run(&self, _: Job) {}
    }
    Arc::new(Idle)
}
