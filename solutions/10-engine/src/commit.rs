//! How a batch gets in.
//!
//! ```text
//!   timestamps ──▶ log, one write ──▶ sync, if anybody asked ──▶ memtable ──▶ published
//!                  a crash keeps it   a power cut keeps it                    readers see it
//! ```

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use ferrisdb_core::{Batch, Timestamp};
use ferrisdb_skiplist::pin;
use ferrisdb_wal::{Position, SyncMode};

use crate::queue::{Log, Member, Panic, Validate};
use crate::{Engine, Error, Result, View};

/// A batch that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// Its timestamp: a reader as of this one sees it.
    pub timestamp: Timestamp,
    /// Whether a memtable was full, so that there is one more to flush.
    pub switched: bool,
}

impl Engine {
    /// Does all writes of a batch, or none of them. An empty batch does nothing.
    ///
    /// When this returns, everybody sees the batch, and it is as safe as `sync` says. Threads
    /// that write at the same time share the work: one of them writes and syncs for all.
    ///
    /// After a write or sync that failed, nothing more is written until the engine is opened
    /// again. Whether the failed batch was written shows then.
    pub fn commit(&self, batch: &Batch, sync: SyncMode) -> Result<Committed> {
        batch.check()?;
        if batch.is_empty() {
            let timestamp = self.published();
            let switched = false;
            return Ok(Committed {
                timestamp,
                switched,
            });
        }
        if self.queue.waiting() == 0
            && let Some(mut log) = self.queue.try_turn()
        {
            // Nobody else is there: no need to copy the batch for another thread.
            return self.write(&mut log, &[batch], sync);
        }
        self.check()?;
        self.join(&Member::new(batch.clone(), sync, None))
    }

    /// Like [`commit`](Self::commit), if `validate` agrees: it is asked when the turn of the batch
    /// has come, and shown the database with everything that was written before. Between its
    /// answer and the batch nothing else is written.
    ///
    /// It may run on another thread, and holds all writers up. If it says `false`, that is
    /// [`Error::Refused`]; its error or panic is the caller's alone. It must use nothing of the
    /// engine but what it is shown: it would wait for itself. A batch that is empty is validated
    /// too.
    pub fn commit_with(
        &self,
        batch: Batch,
        sync: SyncMode,
        validate: Validate,
    ) -> Result<Committed> {
        batch.check()?;
        self.check()?;
        self.join(&Member::new(batch, sync, Some(validate)))
    }

    /// Waits in the queue until some leader, perhaps this thread, has done the work.
    fn join(&self, member: &Arc<Member>) -> Result<Committed> {
        let _place = self.queue.push(member);
        loop {
            if let Some(outcome) = member.outcome() {
                return outcome.unwrap_or_else(|panic| panic::resume_unwind(panic));
            }
            match self.queue.try_turn() {
                Some(mut log) => self.lead(&mut log),
                None => member.wait(),
            }
        }
    }

    /// Does the work of those who wait: validates each in turn, writes those that passed as one
    /// group, and tells everybody what became of their batch.
    ///
    /// A validation that says no, fails or panics concerns its own batch alone. A write that
    /// fails concerns all. The strongest sync that anybody asked for is done for all.
    pub(crate) fn lead(&self, log: &mut Log) {
        let group = self.queue.take_group();
        let mut accepted: Vec<Arc<Member>> = Vec::with_capacity(group.len());
        let mut timestamps = Vec::with_capacity(group.len());
        let mut last = log.timestamp;
        for member in &*group {
            let next = if member.batch.is_empty() {
                last
            } else {
                last.next()
            };
            match self.validate(member, &accepted, next) {
                Ok(Ok(true)) => {
                    accepted.push(Arc::clone(member));
                    timestamps.push(next);
                    last = next;
                }
                Ok(Ok(false)) => member.finish(Ok(Err(Error::Refused))),
                Ok(Err(error)) => member.finish(Ok(Err(error))),
                Err(panic) => member.finish(Err(panic)),
            }
        }
        let batches = accepted.iter().map(|member| &member.batch);
        let batches: Vec<_> = batches.filter(|batch| !batch.is_empty()).collect();
        let sync = strongest(accepted.iter().map(|member| member.sync));
        let mut written = self.write(log, &batches, sync);
        for (member, timestamp) in accepted.iter().zip(timestamps) {
            let outcome = match &mut written {
                Ok(group) => Ok(Committed {
                    timestamp,
                    ..*group
                }),
                // The first gets the error itself, the others hear of it.
                Err(error) => Err(std::mem::replace(error, self.stopped_error())),
            };
            member.finish(Ok(outcome));
        }
    }

    /// Asks the validation of a member, if it has one. A panic in it is caught.
    fn validate(
        &self,
        member: &Member,
        ahead: &[Arc<Member>],
        timestamp: Timestamp,
    ) -> Result<Result<bool>, Panic> {
        let Some(validate) = member.take_validation() else {
            return Ok(Ok(true));
        };
        let view = View::new(&self.shared, ahead, timestamp);
        panic::catch_unwind(AssertUnwindSafe(|| validate(&view)))
    }

    /// Writes a group, and lets readers see it. If anything fails, this was the last.
    fn write(&self, log: &mut Log, batches: &[&Batch], sync: SyncMode) -> Result<Committed> {
        self.check()?;
        if batches.is_empty() {
            self.sync_log(log, sync)?;
            return Ok(Committed {
                timestamp: log.timestamp,
                switched: false,
            });
        }
        let write = AssertUnwindSafe(|| self.write_group(log, batches, sync));
        let written = panic::catch_unwind(write).unwrap_or_else(|panic| {
            // The log may have the group, and the next one would get the same timestamps.
            let _ = self.stopped.set("a write panicked".into());
            panic::resume_unwind(panic)
        });
        self.stop_if(&written);
        written
    }

    /// Gives each batch the next timestamp, writes all of them to the log with one write, syncs
    /// it, puts them into the memtable, and then lets readers see them: all at once.
    fn write_group(&self, log: &mut Log, batches: &[&Batch], sync: SyncMode) -> Result<Committed> {
        let first = log.timestamp.next();
        let stamped = || (first.0..).map(Timestamp).zip(batches.iter().copied());
        let writer = log.writer()?;
        let log_start = writer.end();
        writer.append_group(stamped())?;
        writer.sync(sync)?;
        let mut switched = false;
        for (timestamp, batch) in stamped() {
            switched |= self.apply(timestamp, batch, log_start)?;
            log.timestamp = timestamp;
        }
        log.groups += 1;
        self.shared.publish(log.timestamp);
        Ok(Committed {
            timestamp: log.timestamp,
            switched,
        })
    }

    /// Puts a batch into the memtable; says whether it needed a new one. The batch does not lie
    /// in the log before `log_start`.
    fn apply(&self, timestamp: Timestamp, batch: &Batch, log_start: Position) -> Result<bool> {
        let guard = pin();
        let memory = &self.shared.parts(&guard).memory;
        let next = memory.write(timestamp, batch, log_start, &self.options)?;
        let switched = next.is_some();
        if let Some(next) = next {
            self.shared.change(|parts| parts.with_memory(next));
        }
        Ok(switched)
    }

    /// Makes everything that was committed durable.
    pub fn sync(&self, mode: SyncMode) -> Result<()> {
        let mut log = self.queue.turn();
        self.check()?;
        self.sync_log(&mut log, mode)
    }

    /// The same for whoever has the log.
    fn sync_log(&self, log: &mut Log, mode: SyncMode) -> Result<()> {
        let synced = log.writer()?.sync(mode).map_err(Error::from);
        self.stop_if(&synced);
        synced
    }

    /// How many writers wait for their turn.
    pub fn waiting(&self) -> usize {
        self.queue.waiting()
    }
}

/// The strongest of some ways to sync.
fn strongest(modes: impl Iterator<Item = SyncMode>) -> SyncMode {
    let strength = |mode: &SyncMode| match mode {
        SyncMode::None => 0,
        SyncMode::Data => 1,
        SyncMode::Full => 2,
    };
    modes.max_by_key(strength).unwrap_or(SyncMode::None)
}
