//! Numbers about a database.
//!
//! The same numbers in two forms: [`Metrics`], to be asked for, and the `metrics` crate, for
//! whoever collects them from a whole program. A recorder has to be installed before a database
//! is opened to hear of it.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ferrisdb_wal as wal;

/// What the database has done since it was opened, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// What its log has done.
    pub log: wal::Metrics,
    /// In how many groups the batches were written: writers that come at the same time share one.
    pub groups: u64,
    /// How many versions of keys the memtables hold, those that readers cannot see any more among
    /// them.
    pub memtable_versions: usize,
    /// How much memory these versions take, in bytes.
    pub memtable_bytes: usize,
    /// How many full memtables wait to be written out.
    pub memtables_waiting: usize,
    /// How many tables there are.
    pub tables: usize,
    /// The size of their files, in bytes.
    pub table_bytes: u64,
    /// The same for each level: how many tables, and how many bytes.
    pub levels: Vec<(usize, u64)>,
    /// How many snapshots there are.
    pub snapshots: usize,
    /// How many scans and cursors there are.
    pub cursors: usize,
    /// How often a block of a table was asked for and lay in the cache.
    pub cache_hits: u64,
    /// How often it did not.
    pub cache_misses: u64,
    /// How much memory the blocks in the cache take, in bytes.
    pub cache_bytes: u64,
    /// How many memtables were written out.
    pub flushes: u64,
    /// How many bytes of tables that made.
    pub flushed_bytes: u64,
    /// How many compactions were done.
    pub compactions: u64,
    /// How many bytes of tables they have read.
    pub compaction_read_bytes: u64,
    /// How many bytes of tables they have written.
    pub compaction_written_bytes: u64,
    /// How many writes were slowed down or had to wait for background work.
    pub stalls: u64,
    /// For how long altogether.
    pub stalled: Duration,
    /// How long a write is held up at the moment, on average: less than a millisecond is not
    /// waited for at once, but added up. `None` if it has to wait until a flush or a compaction
    /// is done.
    pub write_delay: Option<Duration>,
}

impl Metrics {
    /// How many bytes were written to the disk for each byte of batches that was written to the
    /// log: the log itself, flushes and compactions. `None` before the first write.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a ratio for people need not be right to the last digit"
    )]
    pub fn write_amplification(&self) -> Option<f64> {
        let written = self.log.bytes + self.flushed_bytes + self.compaction_written_bytes;
        (self.log.bytes > 0).then(|| written as f64 / self.log.bytes as f64)
    }
}

/// What is counted while the database works.
pub(crate) struct Counters {
    flushes: Counter,
    flushed_bytes: Counter,
    compactions: Counter,
    read_bytes: Counter,
    written_bytes: Counter,
    stalls: Counter,
    stalled_ns: AtomicU64,
    flush_seconds: metrics::Histogram,
    compaction_seconds: metrics::Histogram,
    stall_seconds: metrics::Histogram,
}

/// A number that only grows, known here and to the program's recorder.
struct Counter {
    here: AtomicU64,
    there: metrics::Counter,
}

impl Counter {
    fn new(there: metrics::Counter) -> Self {
        Self {
            here: AtomicU64::new(0),
            there,
        }
    }

    fn add(&self, count: u64) {
        // A number for people: nothing else is ordered by it.
        self.here.fetch_add(count, Ordering::Relaxed);
        self.there.increment(count);
    }

    fn get(&self) -> u64 {
        self.here.load(Ordering::Relaxed)
    }
}

impl Counters {
    pub(crate) fn new() -> Self {
        describe();
        Self {
            flushes: Counter::new(metrics::counter!("ferrisdb_flushes_total")),
            flushed_bytes: Counter::new(metrics::counter!("ferrisdb_flushed_bytes_total")),
            compactions: Counter::new(metrics::counter!("ferrisdb_compactions_total")),
            read_bytes: Counter::new(metrics::counter!("ferrisdb_compaction_read_bytes_total")),
            written_bytes: Counter::new(metrics::counter!(
                "ferrisdb_compaction_written_bytes_total"
            )),
            stalls: Counter::new(metrics::counter!("ferrisdb_write_stalls_total")),
            stalled_ns: AtomicU64::new(0),
            flush_seconds: metrics::histogram!("ferrisdb_flush_seconds"),
            compaction_seconds: metrics::histogram!("ferrisdb_compaction_seconds"),
            stall_seconds: metrics::histogram!("ferrisdb_write_stall_seconds"),
        }
    }

    pub(crate) fn count_flush(&self, bytes: u64, took: Duration) {
        self.flushes.add(1);
        self.flushed_bytes.add(bytes);
        self.flush_seconds.record(took);
    }

    pub(crate) fn count_compaction(&self, read: u64, written: u64, took: Duration) {
        self.compactions.add(1);
        self.read_bytes.add(read);
        self.written_bytes.add(written);
        self.compaction_seconds.record(took);
    }

    pub(crate) fn count_stall(&self, waited: Duration) {
        self.stalls.add(1);
        let ns = u64::try_from(waited.as_nanos()).unwrap_or(u64::MAX);
        self.stalled_ns.fetch_add(ns, Ordering::Relaxed);
        self.stall_seconds.record(waited);
    }

    /// Together with what the engine knows of itself.
    pub(crate) fn with(
        &self,
        engine: ferrisdb_engine::Metrics,
        write_delay: Option<Duration>,
    ) -> Metrics {
        gauges(&engine);
        Metrics {
            log: engine.log,
            groups: engine.groups,
            memtable_versions: engine.memtable_versions,
            memtable_bytes: engine.memtable_bytes,
            memtables_waiting: engine.frozen,
            tables: engine.levels.iter().map(|level| level.0).sum(),
            table_bytes: engine.levels.iter().map(|level| level.1).sum(),
            levels: engine.levels,
            snapshots: engine.snapshots,
            cursors: engine.cursors,
            cache_hits: engine.cache_hits,
            cache_misses: engine.cache_misses,
            cache_bytes: engine.cache_bytes,
            flushes: self.flushes.get(),
            flushed_bytes: self.flushed_bytes.get(),
            compactions: self.compactions.get(),
            compaction_read_bytes: self.read_bytes.get(),
            compaction_written_bytes: self.written_bytes.get(),
            stalls: self.stalls.get(),
            stalled: Duration::from_nanos(self.stalled_ns.load(Ordering::Relaxed)),
            write_delay,
        }
    }
}

/// Tells the program's recorder what the engine holds now.
#[expect(
    clippy::cast_precision_loss,
    reason = "gauges are floating-point numbers, for people"
)]
fn gauges(engine: &ferrisdb_engine::Metrics) {
    metrics::gauge!("ferrisdb_memtable_bytes").set(engine.memtable_bytes as f64);
    metrics::gauge!("ferrisdb_memtables_waiting").set(engine.frozen as f64);
    metrics::gauge!("ferrisdb_cache_bytes").set(engine.cache_bytes as f64);
    for (level, (tables, bytes)) in engine.levels.iter().enumerate() {
        let level = level.to_string();
        metrics::gauge!("ferrisdb_level_tables", "level" => level.clone()).set(*tables as f64);
        metrics::gauge!("ferrisdb_level_bytes", "level" => level).set(*bytes as f64);
    }
}

/// What the names mean, and their units.
fn describe() {
    use metrics::Unit::{Bytes, Count, Seconds};
    metrics::describe_counter!("ferrisdb_flushes_total", Count, "memtables written out");
    metrics::describe_counter!(
        "ferrisdb_flushed_bytes_total",
        Bytes,
        "tables made of memtables"
    );
    metrics::describe_counter!("ferrisdb_compactions_total", Count, "compactions done");
    metrics::describe_counter!(
        "ferrisdb_compaction_read_bytes_total",
        Bytes,
        "tables read by compactions"
    );
    metrics::describe_counter!(
        "ferrisdb_compaction_written_bytes_total",
        Bytes,
        "tables written by compactions"
    );
    metrics::describe_counter!(
        "ferrisdb_write_stalls_total",
        Count,
        "writes that were slowed down or had to wait"
    );
    metrics::describe_histogram!("ferrisdb_flush_seconds", Seconds, "a flush");
    metrics::describe_histogram!("ferrisdb_compaction_seconds", Seconds, "a compaction");
    metrics::describe_histogram!("ferrisdb_write_stall_seconds", Seconds, "a write's wait");
    metrics::describe_gauge!("ferrisdb_memtable_bytes", Bytes, "memory of all memtables");
    metrics::describe_gauge!(
        "ferrisdb_memtables_waiting",
        Count,
        "memtables to be flushed"
    );
    metrics::describe_gauge!("ferrisdb_cache_bytes", Bytes, "memory of cached blocks");
    metrics::describe_gauge!("ferrisdb_level_tables", Count, "tables of a level");
    metrics::describe_gauge!("ferrisdb_level_bytes", Bytes, "bytes of a level's tables");
}

impl fmt::Debug for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counters")
            .field("flushes", &self.flushes.get())
            .field("compactions", &self.compactions.get())
            .field("stalls", &self.stalls.get())
            .finish_non_exhaustive()
    }
}
