//! *Given.* Writers that wait, and whose turn it is.
//!
//! ```text
//!   writers ──▶ [ D  C  B ]  ──▶ A leads: takes D C B with it, and tells them how it went
//!                  queue             holds the log
//! ```
//!
//! Whoever has the log may write to it: that is the leader, and there is one at a time. All
//! others put their batch into the queue and go to sleep. The leader takes what is in the queue,
//! does their work together with its own, and wakes each with its own outcome. So any number of
//! writers share one write and one sync.
//!
//! Nobody sleeps for ever: who finds the log taken has put its batch into the queue before it
//! looked, and who gives the log back looks into the queue afterwards.

use std::any::Any;
use std::collections::VecDeque;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, Thread};

use ferrisdb_core::{Batch, Timestamp};
use ferrisdb_wal::{SyncMode, Writer};

use crate::shared::lock;
use crate::{Committed, Error, Result, View};

/// A group ends with the batch that makes it this large, in bytes.
const GROUP_SIZE_MAX: usize = 1 << 20;

/// How often a writer looks again before it goes to sleep: a group without a sync is done sooner
/// than a thread is woken.
const LOOKS: usize = 200;

/// Decides whether a batch may still be written, when its turn has come.
pub type Validate = Box<dyn FnOnce(&View<'_>) -> Result<bool> + Send>;

/// What became of a batch; `Err` is the panic of its validation.
type Outcome = thread::Result<Result<Committed>>;

/// What writers take turns with.
#[derive(Debug)]
pub(crate) struct Log {
    /// `None` where nothing may be written.
    pub(crate) writer: Option<Writer>,
    /// Of the newest batch.
    pub(crate) timestamp: Timestamp,
    /// How many groups were written.
    pub(crate) groups: u64,
}

/// The log, and who waits for it.
#[derive(Debug)]
pub(crate) struct Queue {
    log: Mutex<Log>,
    waiting: Mutex<VecDeque<Arc<Member>>>,
}

/// The log in the hands of the one whose turn it is. When it is given back, the first in the
/// queue is woken.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    queue: &'a Queue,
    /// `None` only while being dropped.
    log: Option<MutexGuard<'a, Log>>,
}

/// A writer's place in the queue.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    queue: &'a Queue,
    member: Arc<Member>,
}

/// A writer that waits, with what it wants.
pub(crate) struct Member {
    pub(crate) batch: Batch,
    pub(crate) sync: SyncMode,
    validate: Mutex<Option<Validate>>,
    /// Whether there was an outcome.
    done: AtomicBool,
    outcome: Mutex<Option<Outcome>>,
    thread: Thread,
}

/// The writers whose batches are written together. Whoever has no outcome when the group ends is
/// told that writes have stopped, so that no panic lets anybody sleep for ever.
#[derive(Debug)]
pub(crate) struct Group(Vec<Arc<Member>>);

impl Queue {
    pub(crate) fn new(log: Log) -> Self {
        Self {
            log: Mutex::new(log),
            waiting: Mutex::default(),
        }
    }

    /// Waits until it is this thread's turn.
    pub(crate) fn turn(&self) -> Turn<'_> {
        self.turn_with(lock(&self.log))
    }

    /// The log, if it is nobody else's turn.
    pub(crate) fn try_turn(&self) -> Option<Turn<'_>> {
        match self.log.try_lock() {
            Ok(log) => Some(self.turn_with(log)),
            Err(TryLockError::Poisoned(poisoned)) => Some(self.turn_with(poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn turn_with<'a>(&'a self, log: MutexGuard<'a, Log>) -> Turn<'a> {
        Turn {
            queue: self,
            log: Some(log),
        }
    }

    /// How many writers wait.
    pub(crate) fn waiting(&self) -> usize {
        lock(&self.waiting).len()
    }

    /// Puts a writer into the queue. It stays there until a leader takes it, or until what this
    /// returns is dropped, should its thread panic.
    pub(crate) fn push(&self, member: &Arc<Member>) -> Place<'_> {
        lock(&self.waiting).push_back(Arc::clone(member));
        Place {
            queue: self,
            member: Arc::clone(member),
        }
    }

    /// Wakes the first who waits, so that it looks whether it is its turn.
    fn wake_first(&self) {
        if let Some(first) = lock(&self.waiting).front() {
            first.thread.unpark();
        }
    }

    /// Takes the writers that have waited longest: all of them, up to a number of bytes.
    pub(crate) fn take_group(&self) -> Group {
        let mut waiting = lock(&self.waiting);
        let mut size = 0;
        let fits = |member: &&Arc<Member>| {
            let is_full = size >= GROUP_SIZE_MAX;
            size += member.batch.size();
            !is_full
        };
        let count = waiting.iter().take_while(fits).count();
        Group(waiting.drain(..count).collect())
    }

    /// The log when nobody else can have it any more.
    pub(crate) fn into_log(self) -> Log {
        self.log
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    /// The log's writer.
    pub(crate) fn writer(&mut self) -> Result<&mut Writer> {
        self.writer.as_mut().ok_or(Error::ReadOnly)
    }
}

impl Deref for Turn<'_> {
    type Target = Log;

    fn deref(&self) -> &Log {
        self.log.as_ref().expect("it is there until it is dropped")
    }
}

impl DerefMut for Turn<'_> {
    fn deref_mut(&mut self) -> &mut Log {
        self.log.as_mut().expect("it is there until it is dropped")
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // In this order: see the module's documentation.
        drop(self.log.take());
        self.queue.wake_first();
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let is_other = |member: &Arc<Member>| !Arc::ptr_eq(member, &self.member);
            lock(&self.queue.waiting).retain(is_other);
            self.queue.wake_first();
        }
    }
}

impl Member {
    /// A batch of this thread. `validate` decides about it when its turn has come.
    pub(crate) fn new(batch: Batch, sync: SyncMode, validate: Option<Validate>) -> Arc<Self> {
        Arc::new(Self {
            batch,
            sync,
            validate: Mutex::new(validate),
            done: AtomicBool::new(false),
            outcome: Mutex::default(),
            thread: thread::current(),
        })
    }

    /// The validation, for the leader.
    pub(crate) fn take_validation(&self) -> Option<Validate> {
        lock(&self.validate).take()
    }

    /// Tells the writer what became of its batch, and wakes it.
    pub(crate) fn finish(&self, outcome: Outcome) {
        *lock(&self.outcome) = Some(outcome);
        self.done.store(true, Ordering::Release);
        self.thread.unpark();
    }

    /// What became of the batch, once.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        if !self.done.load(Ordering::Acquire) {
            return None;
        }
        lock(&self.outcome).take()
    }

    /// Waits a while for an outcome, or for the turn. May return early.
    pub(crate) fn wait(&self) {
        for _ in 0..LOOKS {
            if self.done.load(Ordering::Acquire) {
                return;
            }
            std::hint::spin_loop();
        }
        thread::park();
    }
}

impl Deref for Group {
    type Target = [Arc<Member>];

    fn deref(&self) -> &[Arc<Member>] {
        &self.0
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for member in mem::take(&mut self.0) {
            if !member.done.load(Ordering::Acquire) {
                let cause = "the group ended without telling this writer".into();
                member.finish(Ok(Err(Error::WritesStopped { cause })));
            }
        }
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Member")
            .field("batch", &self.batch)
            .field("sync", &self.sync)
            .finish_non_exhaustive()
    }
}

/// The panic of a validation, in the form in which threads hand it on.
pub(crate) type Panic = Box<dyn Any + Send>;
