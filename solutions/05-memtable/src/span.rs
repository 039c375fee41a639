//! The time that a table covers.

use std::sync::atomic::{AtomicU64, Ordering};

use ferrisdb_core::Timestamp;

/// The smallest and the largest timestamp written.
///
/// `Relaxed` is enough everywhere: each number stands for itself, and nothing is read on the
/// strength of it.
#[derive(Debug)]
pub(crate) struct Span {
    smallest: AtomicU64,
    largest: AtomicU64,
}

impl Span {
    /// Covers nothing: its smallest is larger than its largest.
    pub(crate) fn new() -> Self {
        Self {
            smallest: AtomicU64::new(u64::MAX),
            largest: AtomicU64::new(0),
        }
    }

    /// Covers `timestamp` from now on. Returns whether it is certainly larger than any before;
    /// of 0 nobody can tell.
    pub(crate) fn include(&self, timestamp: Timestamp) -> bool {
        self.smallest.fetch_min(timestamp.0, Ordering::Relaxed);
        self.largest.fetch_max(timestamp.0, Ordering::Relaxed) < timestamp.0
    }

    /// The smallest and the largest timestamp; `None` if there is none yet.
    pub(crate) fn ends(&self) -> Option<(Timestamp, Timestamp)> {
        let smallest = self.smallest.load(Ordering::Relaxed);
        let largest = self.largest.load(Ordering::Relaxed);
        (smallest <= largest).then_some((Timestamp(smallest), Timestamp(largest)))
    }
}
