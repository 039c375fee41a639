//! What readers, snapshots and cursors share with the engine.
//!
//! Which thread may do what: any thread reads the parts and the published timestamp at any time,
//! without a lock. Whoever changes the parts holds the lock of `pins`; so does whoever pins
//! them, and therefore a version is never replaced between being found and being pinned. The
//! leader of a commit group alone publishes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use ferrisdb_core::Timestamp;
use ferrisdb_skiplist::{Guard, Slot, pin};

use crate::Result;
use crate::super_version::{Levels, SuperVersion, Value};

/// What readers, snapshots and cursors share with the engine.
#[derive(Debug)]
pub(crate) struct Shared {
    parts: Slot<Arc<SuperVersion>>,
    /// The newest timestamp that readers may see.
    published: AtomicU64,
    pins: Mutex<Pins>,
    /// The timestamps of the snapshots that there are, and how many of each.
    snapshots: Mutex<BTreeMap<Timestamp, usize>>,
    /// Called when a cursor was the last to need some files.
    notify: OnceLock<Notify>,
}

/// What is called when something has happened.
struct Notify(Box<dyn Fn() + Send + Sync>);

/// Which tables must stay.
#[derive(Debug, Default)]
struct Pins {
    /// The versions that cursors use, by their number, and how many cursors use each.
    held: BTreeMap<u64, (usize, Arc<Levels>)>,
    /// Tables that the current version has no more, but whose files are still there.
    dropped: BTreeSet<u64>,
}

/// The parts at one moment, whose files stay as long as this does.
#[derive(Debug)]
pub(crate) struct Pinned {
    shared: Arc<Shared>,
    pub(crate) parts: Arc<SuperVersion>,
    pub(crate) as_of: Timestamp,
}

impl Shared {
    pub(crate) fn new(parts: SuperVersion, published: Timestamp) -> Self {
        Self {
            parts: Slot::new(Arc::new(parts)),
            published: AtomicU64::new(published.0),
            pins: Mutex::default(),
            snapshots: Mutex::default(),
            notify: OnceLock::new(),
        }
    }

    /// Sets what is called when a cursor was the last to need some files, unless it is set.
    pub(crate) fn when_obsolete(&self, notify: Box<dyn Fn() + Send + Sync>) {
        let _ = self.notify.set(Notify(notify));
    }

    /// The parts as they are now. They stay as long as the guard does.
    pub(crate) fn parts<'g>(&'g self, guard: &'g Guard) -> &'g Arc<SuperVersion> {
        self.parts.load(guard)
    }

    /// As of when readers read.
    ///
    /// `Acquire`: whoever sees the timestamp sees all that was written up to it.
    pub(crate) fn published(&self) -> Timestamp {
        Timestamp(self.published.load(Ordering::Acquire))
    }

    /// Lets readers see everything up to a timestamp.
    pub(crate) fn publish(&self, timestamp: Timestamp) {
        self.published.store(timestamp.0, Ordering::Release);
    }

    /// As of when somebody reads who asks for `as_of`, or for now. Nobody sees what was not
    /// published.
    pub(crate) fn visible(&self, as_of: Option<Timestamp>) -> Timestamp {
        as_of.unwrap_or(Timestamp::MAX).min(self.published())
    }

    /// What is under a key, as of a timestamp, or now. `take` makes of the value what the caller
    /// wants to keep of it.
    ///
    /// The parts are loaded first and the timestamp second. In between, anything can happen. In
    /// this order the parts may lack the newest batches, which is a state that there was. In the
    /// other order a compaction may already have dropped, for the sake of newer versions, what
    /// a reader as of that timestamp has to see.
    ///
    /// The parts are asked from the newest to the oldest, and the first that knows anything
    /// decides, also if it is that the key was deleted.
    pub(crate) fn get<T>(
        &self,
        key: &[u8],
        as_of: Option<Timestamp>,
        take: impl FnOnce(Value<'_>) -> T,
    ) -> Result<Option<T>> {
        todo!("load the parts, then the timestamp, and ask the parts from the newest to the oldest")
    }

    /// Puts other parts in the place of those that there are.
    pub(crate) fn change(&self, make: impl FnOnce(&SuperVersion) -> SuperVersion) {
        let mut pins = lock(&self.pins);
        let guard = pin();
        let old = self.parts(&guard);
        let new = make(old);
        if new.levels.id() != old.levels.id() {
            let numbers = old.levels.all().map(|live| live.meta.number);
            let kept: BTreeSet<u64> = new.levels.all().map(|live| live.meta.number).collect();
            pins.dropped
                .extend(numbers.filter(|number| !kept.contains(number)));
        }
        self.parts.swap(Arc::new(new));
    }

    /// The parts for somebody who keeps them.
    pub(crate) fn hold(self: &Arc<Self>, as_of: Option<Timestamp>) -> Pinned {
        let mut pins = lock(&self.pins);
        let guard = pin();
        let parts = self.parts(&guard);
        let as_of = self.visible(as_of);
        let levels = &parts.levels;
        let held = pins.held.entry(levels.id());
        held.or_insert_with(|| (0, Arc::clone(levels))).0 += 1;
        Pinned {
            shared: Arc::clone(self),
            parts: Arc::clone(parts),
            as_of,
        }
    }

    /// Takes the numbers of all tables that nobody needs any more: the current version has them
    /// no more, and no version that a cursor uses has them. Their files are to be removed.
    pub(crate) fn take_obsolete(&self) -> Vec<u64> {
        todo!("of the tables that were dropped, take those that no version has that a cursor uses")
    }

    /// Gives back a table whose file could not be removed.
    pub(crate) fn give_back(&self, number: u64) {
        lock(&self.pins).dropped.insert(number);
    }

    /// Registers a snapshot of now, and returns its timestamp.
    ///
    /// The timestamp is read under the lock under which the watermark is computed: between the
    /// two nobody can find a watermark above it.
    pub(crate) fn register(&self) -> Timestamp {
        let mut snapshots = lock(&self.snapshots);
        let timestamp = self.published();
        *snapshots.entry(timestamp).or_default() += 1;
        timestamp
    }

    /// Forgets a snapshot.
    pub(crate) fn release(&self, timestamp: Timestamp) {
        let mut snapshots = lock(&self.snapshots);
        if let Some(count) = snapshots.get_mut(&timestamp) {
            *count -= 1;
            if *count == 0 {
                snapshots.remove(&timestamp);
            }
        }
    }

    /// Nobody reads as of a timestamp below this one any more: that of the oldest snapshot, or now.
    pub(crate) fn watermark(&self) -> Timestamp {
        todo!("the timestamp of the oldest snapshot, or now if there is none")
    }

    /// How many snapshots and cursors there are.
    pub(crate) fn users(&self) -> (usize, usize) {
        let snapshots = lock(&self.snapshots).values().sum();
        let cursors = lock(&self.pins).held.values().map(|held| held.0).sum();
        (snapshots, cursors)
    }
}

impl Pinned {
    /// The same once more, for somebody else who keeps it.
    pub(crate) fn again(&self) -> Self {
        let levels = &self.parts.levels;
        let mut pins = lock(&self.shared.pins);
        let held = pins.held.entry(levels.id());
        held.or_insert_with(|| (0, Arc::clone(levels))).0 += 1;
        Self {
            shared: Arc::clone(&self.shared),
            parts: Arc::clone(&self.parts),
            as_of: self.as_of,
        }
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        let id = self.parts.levels.id();
        let mut pins = lock(&self.shared.pins);
        let Some((count, _)) = pins.held.get_mut(&id) else {
            return;
        };
        *count -= 1;
        if *count > 0 {
            return;
        }
        pins.held.remove(&id);
        let mut dropped = pins.dropped.iter();
        let is_obsolete = dropped.any(|number| self.parts.levels.contains(*number));
        drop(pins);
        if let Some(Notify(notify)) = self.shared.notify.get().filter(|_| is_obsolete) {
            notify();
        }
    }
}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notify")
    }
}

/// A lock is poisoned when a thread panics while it holds it. Nothing under one of ours can panic
/// and leave things half done, so a poisoned one is as good as any.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
