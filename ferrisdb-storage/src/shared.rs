//! What the database and its background work share: the engine, and the policy around it.
//!
//! ```text
//!   a write ──▶ room? ──▶ engine.commit ──▶ memtable full ──▶ schedule a flush
//!                 │                                               │
//!                 │ no: slow down, or do the work oneself         ▼
//!                 │                         flush_one: memtable to table, log retired
//!                 │                                               │
//!                 └────────────────────── compact_one: pick, run, install ◀── schedule
//! ```
//!
//! Which thread may do what: any number commit and read. One at a time flushes, one at a time
//! compacts. A writer that has to wait for either does it itself if nobody else is at it. So
//! nothing ever waits for a thread that is not there, and where background work runs in steps a
//! whole history happens on one thread.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use ferrisdb_compaction::{Host, Job, Running, Strategy, pick, run};
use ferrisdb_core::{Background, Environment};
use ferrisdb_engine::Engine;
use ferrisdb_manifest::Version;
use ferrisdb_sstable as sstable;

use crate::metrics::Counters;
use crate::pace::Pace;
use crate::stall::{Backlog, Debt, Limits, Stall};
use crate::{Error, Result};

/// What the database and its background work share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) environment: Environment,
    pub(crate) tables: sstable::Options,
    pub(crate) strategy: Strategy,
    pub(crate) limits: Limits,
    pub(crate) pace: Pace,
    pub(crate) counters: Counters,
    pub(crate) flushes: Queue,
    pub(crate) compactions: Queue,
    /// Held by whoever flushes.
    pub(crate) flushing: Turn,
    /// Held by whoever compacts.
    pub(crate) compacting: Turn,
    /// How long a write is held up, in nanoseconds; [`FULL`] if it has to wait for a flush or a
    /// compaction.
    pub(crate) delay_ns: AtomicU64,
    /// Held by whoever looks how much work is behind, until `delay_ns` says so.
    pub(crate) noting: Mutex<()>,
    /// Delays that were not slept yet.
    pub(crate) debt: Debt,
    /// The database is being closed: background work ends as soon as it can.
    pub(crate) closing: AtomicBool,
    pub(crate) failure: Mutex<Failure>,
    /// Whether there is a failure.
    pub(crate) has_failed: AtomicBool,
}

/// A lock that is held for long, and given back only to be taken again. One of the standard library
/// would mostly go to the same thread. This one goes to whoever has waited longest once it was held for
/// a millisecond.
pub(crate) type Turn = parking_lot::Mutex<()>;

/// A value of `delay_ns` that is no time.
const FULL: u64 = u64::MAX;

/// A kind of background work, of which at most one job waits at a time.
#[derive(Debug)]
pub(crate) struct Queue {
    background: Arc<dyn Background>,
    is_waiting: Arc<AtomicBool>,
}

/// A job's place in the background, which the next may take once this is dropped.
struct Waiting(Arc<AtomicBool>);

impl Queue {
    pub(crate) fn new(background: Arc<dyn Background>) -> Self {
        Self {
            background,
            is_waiting: Arc::default(),
        }
    }

    /// A place for a job, unless one waits already.
    fn place(&self) -> Option<Waiting> {
        let is_free = !self.is_waiting.swap(true, Ordering::AcqRel);
        is_free.then(|| Waiting(Arc::clone(&self.is_waiting)))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// What went wrong in the background.
#[derive(Debug, Default)]
pub(crate) enum Failure {
    #[default]
    None,
    /// Whoever writes next is told.
    Untold(Error),
    /// Everybody else learns only that writes have stopped, and why in words.
    Told(Arc<str>),
}

impl Shared {
    /// Looks what there is to do, and from now on also whenever some files may go.
    pub(crate) fn begin(self: &Arc<Self>) {
        let weak = Arc::downgrade(self);
        self.engine.when_obsolete(move || {
            if let Some(shared) = weak.upgrade() {
                shared.schedule_compaction();
            }
        });
        self.note_backlog();
        self.schedule_compaction();
    }

    /// Waits until there is room for a write. Costs one load where nothing is behind.
    pub(crate) fn wait_for_room(self: &Arc<Self>) -> Result<()> {
        let delay = self.delay_ns.load(Ordering::Relaxed);
        if delay == 0 && !self.has_failed.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.stall()
    }

    /// Slows a writer down, or lets it do what has to be done first.
    #[cold]
    fn stall(self: &Arc<Self>) -> Result<()> {
        let clock = &self.environment.clock;
        let started = clock.elapsed();
        let mut has_waited = false;
        loop {
            self.check()?;
            let stall = self.stall_now();
            match stall {
                Stall::Go => {
                    // What was noted is not true any more.
                    self.note_backlog();
                    break;
                }
                Stall::Slow(delay) => {
                    if let Some(owed) = self.debt.add(delay) {
                        clock.sleep(owed);
                        has_waited = true;
                    }
                    break;
                }
                Stall::UntilFlushed => {
                    let turn = self.flushing.lock();
                    if self.stall_now() == stall {
                        let flushed = self.flush_with(turn);
                        if let Some(bytes) = flushed.inspect_err(|error| self.tell(error))? {
                            self.spend(bytes);
                        }
                    }
                }
                Stall::UntilCompacted => {
                    let turn = self.compacting.lock();
                    if self.stall_now() == stall {
                        let compacted = self.compact_with(turn);
                        if !compacted.inspect_err(|error| self.tell(error))? {
                            break;
                        }
                    }
                }
            }
            has_waited = true;
        }
        if has_waited {
            let waited = clock.elapsed().saturating_sub(started);
            self.counters.count_stall(waited);
        }
        Ok(())
    }

    /// What a writer has to do now before it may write.
    fn stall_now(&self) -> Stall {
        self.limits.stall(self.backlog())
    }

    /// How much background work is behind.
    fn backlog(&self) -> Backlog {
        Backlog {
            memtables: self.engine.frozen(),
            tables: self.strategy.level_zero(&self.engine.version()),
        }
    }

    /// Looks again how long writes have to wait. Whoever comes last has also looked last.
    pub(crate) fn note_backlog(&self) {
        let _one_at_a_time = lock(&self.noting);
        let delay = match self.stall_now() {
            Stall::Go => 0,
            Stall::Slow(time) => u64::try_from(time.as_nanos()).unwrap_or(FULL - 1),
            Stall::UntilFlushed | Stall::UntilCompacted => FULL,
        };
        self.delay_ns.store(delay, Ordering::Relaxed);
    }

    /// How long a write is held up now; `None` if it has to wait for something.
    pub(crate) fn delay(&self) -> Option<Duration> {
        match self.delay_ns.load(Ordering::Relaxed) {
            FULL => None,
            delay => Some(Duration::from_nanos(delay)),
        }
    }

    /// A memtable is full.
    pub(crate) fn schedule_flush(self: &Arc<Self>) {
        self.note_backlog();
        self.schedule(&self.flushes, |shared| {
            while let Some(bytes) = shared.flush_with(shared.flushing.lock())? {
                shared.spend(bytes);
            }
            Ok(())
        });
    }

    /// There may be something to compact, or files that nobody needs any more.
    pub(crate) fn schedule_compaction(self: &Arc<Self>) {
        self.schedule(&self.compactions, |shared| {
            while shared.compact_one()? {}
            Ok(())
        });
    }

    /// Hands a job to the background, unless one of its kind waits there. What comes up once
    /// this one has begun, or was dropped, takes another.
    fn schedule(
        self: &Arc<Self>,
        queue: &Queue,
        job: impl FnOnce(&Arc<Self>) -> Result<()> + Send + 'static,
    ) {
        let Some(waiting) = queue.place() else {
            return;
        };
        let weak: Weak<Self> = Arc::downgrade(self);
        queue.background.run(Box::new(move || {
            drop(waiting);
            let Some(shared) = weak.upgrade() else { return };
            if let Err(error) = job(&shared) {
                shared.fail(error);
            }
        }));
    }

    /// Writes everything out that has been written so far, and says how many bytes of tables that
    /// made. Waits for whoever flushes already, and not for what is written meanwhile.
    pub(crate) fn flush_all(self: &Arc<Self>) -> Result<u64> {
        let up_to = self.engine.published();
        self.engine.freeze()?;
        let mut bytes = 0;
        while self.engine.version().last_timestamp() < up_to {
            let Some(more) = self.flush_with(self.flushing.lock())? else {
                break;
            };
            bytes += more;
        }
        Ok(bytes)
    }

    /// Writes one frozen memtable out, for whoever holds `flushing`; says how large its table is.
    /// `None` if there is none.
    fn flush_with(self: &Arc<Self>, turn: parking_lot::MutexGuard<'_, ()>) -> Result<Option<u64>> {
        self.may_go_on()?;
        let flushed = self.flush_oldest()?;
        drop(turn);
        self.note_backlog();
        if flushed.is_some() {
            self.schedule_compaction();
        }
        Ok(flushed)
    }

    /// Writes the oldest frozen memtable out, if there is one; says how large its table is.
    fn flush_oldest(&self) -> Result<Option<u64>> {
        if self.engine.frozen() == 0 {
            return Ok(None);
        }
        let span = tracing::info_span!("flush", bytes = tracing::field::Empty);
        let _span = span.enter();
        let clock = &self.environment.clock;
        let started = clock.elapsed();
        let flushed = self.engine.flush_oldest()?;
        if let Some(bytes) = flushed {
            span.record("bytes", bytes);
            let took = clock.elapsed().saturating_sub(started);
            self.counters.count_flush(bytes, took);
        }
        Ok(flushed)
    }

    /// Waits as long as background work has to that has written so many bytes, or until the
    /// database is being closed.
    pub(crate) fn spend(&self, bytes: u64) {
        let go_on = || !self.closing.load(Ordering::Acquire);
        self.pace.spend(bytes, &go_on);
    }

    /// Does the most urgent compaction; `false` if there is none. Waits for whoever does one
    /// already.
    pub(crate) fn compact_one(self: &Arc<Self>) -> Result<bool> {
        self.compact_with(self.compacting.lock())
    }

    /// The same for whoever holds `compacting`.
    fn compact_with(&self, _turn: parking_lot::MutexGuard<'_, ()>) -> Result<bool> {
        self.may_go_on()?;
        let version = self.engine.version();
        let Some(job) = pick(&version, &self.strategy, &Running::default()) else {
            self.remove_obsolete();
            return Ok(false);
        };
        self.run_job(&version, &job)?;
        Ok(true)
    }

    /// Removes the files that nobody needs any more. One that cannot be removed does no harm, and
    /// is tried again the next time.
    fn remove_obsolete(&self) {
        if let Err(error) = self.engine.remove_obsolete() {
            tracing::warn!(%error, "a table that nobody needs could not be removed");
        }
    }

    /// Does a compaction and makes it count. The caller holds `compacting`.
    pub(crate) fn run_job(&self, version: &Version, job: &Job) -> Result<()> {
        let span = tracing::info_span!(
            "compaction",
            reason = ?job.reason,
            output_level = job.output_level,
            read = job.size(),
            written = tracing::field::Empty,
        );
        let _span = span.enter();
        let clock = &self.environment.clock;
        let started = clock.elapsed();
        let mut host = Host {
            environment: &self.environment,
            directory: self.engine.directory(),
            options: &self.tables,
            open: &|meta| Ok(self.engine.open_table(meta)?),
            number: &mut || Ok(self.engine.next_number()?),
            pace: &|bytes| {
                self.spend(bytes);
                self.may_go_on()
            },
        };
        let watermark = self.engine.watermark();
        let outcome = run(job, version, watermark, &mut host)?;
        self.engine.install(&outcome.edit)?;
        self.remove_obsolete();
        let written = outcome.tables.iter().map(|table| table.size).sum();
        let read = if job.trivial_move { 0 } else { job.size() };
        span.record("written", written);
        self.counters
            .count_compaction(read, written, clock.elapsed().saturating_sub(started));
        self.note_backlog();
        Ok(())
    }

    /// Refuses to go on if something failed in the background, or if the database is being closed.
    ///
    /// For callers from outside: one of them is told what failed, all others that writes have
    /// stopped.
    pub(crate) fn check(&self) -> Result<()> {
        let mut failure = lock(&self.failure);
        if let Failure::Untold(error) = &*failure {
            let told = Failure::Told(error.to_string().into());
            if let Failure::Untold(error) = mem::replace(&mut *failure, told) {
                return Err(error);
            }
        }
        drop(failure);
        self.may_go_on()
    }

    /// The same for background work, which tells nobody.
    fn may_go_on(&self) -> Result<()> {
        if self.closing.load(Ordering::Acquire) {
            return Err(Error::Closed);
        }
        let cause = match &*lock(&self.failure) {
            Failure::None => return Ok(()),
            Failure::Untold(error) => error.to_string().into(),
            Failure::Told(cause) => Arc::clone(cause),
        };
        Err(Error::WritesStopped { cause })
    }

    /// Background work has failed: no more writes.
    fn fail(&self, error: Error) {
        self.set_failure(&error.to_string(), |_| Failure::Untold(error));
    }

    /// Work has failed that a caller did for the background, and the caller knows.
    fn tell(&self, error: &Error) {
        self.set_failure(&error.to_string(), |cause| Failure::Told(cause.into()));
    }

    fn set_failure(&self, cause: &str, failure: impl FnOnce(&str) -> Failure) {
        if self.closing.load(Ordering::Acquire) {
            return;
        }
        let mut first = lock(&self.failure);
        if matches!(*first, Failure::None) {
            tracing::error!(
                cause,
                "background work failed; the database takes no more writes"
            );
            *first = failure(cause);
            self.has_failed.store(true, Ordering::Release);
        }
    }
}

/// A lock is poisoned when a thread panics while it holds it. Nothing under one of ours can panic
/// and leave things half done, so a poisoned one is as good as any.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::Db;

    #[test]
    fn a_turn_goes_to_who_has_waited_and_not_to_who_gave_it_back() {
        let (turn, taken, is_over) = (Turn::default(), AtomicU64::new(0), AtomicBool::new(false));
        let before = thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) && taken.load(Ordering::Relaxed) < 100 {
                    let _mine = turn.lock();
                    taken.fetch_add(1, Ordering::Relaxed);
                    thread::sleep(Duration::from_millis(5));
                }
            });
            while taken.load(Ordering::Relaxed) == 0 {
                thread::yield_now();
            }
            let _mine = turn.lock();
            is_over.store(true, Ordering::Relaxed);
            taken.load(Ordering::Relaxed)
        });
        assert!(before < 10, "the other one took it {before} times before");
    }

    #[test]
    fn what_was_noted_and_is_not_true_any_more_is_corrected() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let db = Db::open(directory.path()).expect("an empty directory");
        db.shared().delay_ns.store(FULL, Ordering::Relaxed);
        db.put("a", "1").expect("there is room");
        assert_eq!(db.shared().delay(), Some(Duration::ZERO));
        assert_eq!(db.metrics().stalls, 0, "nobody has waited");
    }
}
