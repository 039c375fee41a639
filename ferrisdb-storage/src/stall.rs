//! Slowing writers down before they have to be stopped.
//!
//! Writers can fill memtables faster than they can be written out, and make tables faster than
//! they can be merged. Something has to give: memory, the speed of reads, or the speed of writes.
//! It is the speed of writes, and gradually, so that no write waits long:
//!
//! ```text
//!   tables in level 0     0 ──── slow_from ───────────── stop_at
//!   a write waits         0      a little   more and more   until one is gone
//! ```

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The longest that a write is held up while it is only slowed down.
const DELAY_MAX: Duration = Duration::from_millis(2);

/// A delay is not slept before so much is owed: operating systems let a thread sleep for some
/// fifty microseconds longer than it asked for.
const SLEEP_MIN: Duration = Duration::from_millis(1);

/// How much background work is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backlog {
    /// Memtables that are full and not in a table yet.
    pub(crate) memtables: usize,
    /// Tables in level 0, each of which a read may have to ask.
    pub(crate) tables: usize,
}

/// How much is too much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// With so many frozen memtables, writers wait.
    pub(crate) memtables_stop: usize,
    /// From so many tables in level 0 on, writers are slowed down.
    pub(crate) tables_slow: usize,
    /// With so many, they wait.
    pub(crate) tables_stop: usize,
}

/// What a writer has to do before it may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stall {
    /// Nothing.
    Go,
    /// Wait for so long.
    Slow(Duration),
    /// Wait until a memtable is in a table.
    UntilFlushed,
    /// Wait until tables were merged.
    UntilCompacted,
}

impl Limits {
    /// What a writer has to do at this backlog.
    pub(crate) fn stall(self, backlog: Backlog) -> Stall {
        let Backlog { memtables, tables } = backlog;
        if memtables >= self.memtables_stop {
            return Stall::UntilFlushed;
        }
        if tables >= self.tables_stop {
            return Stall::UntilCompacted;
        }
        let Some(over) = tables.checked_sub(self.tables_slow) else {
            return Stall::Go;
        };
        // Each table more doubles the wait; the last one before the stop has the longest.
        let left = self.tables_stop - self.tables_slow - 1 - over;
        let halvings = u32::try_from(left).unwrap_or(u32::MAX);
        let delay = DELAY_MAX.as_nanos().checked_shr(halvings).unwrap_or(0);
        Stall::Slow(Duration::from_nanos(u64::try_from(delay).unwrap_or(0)))
    }
}

/// Delays that writers have not slept yet, because each is too short for that.
#[derive(Debug, Default)]
pub(crate) struct Debt(AtomicU64);

impl Debt {
    /// One more delay. How long to sleep for it and all that is still owed, if that is long enough
    /// by now.
    pub(crate) fn add(&self, delay: Duration) -> Option<Duration> {
        let delay = u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX);
        let owed = self.0.fetch_add(delay, Ordering::Relaxed);
        let owed = Duration::from_nanos(owed.saturating_add(delay));
        if owed < SLEEP_MIN {
            return None;
        }
        // Whoever comes between the two sleeps the rest.
        let owed = self.0.swap(0, Ordering::Relaxed);
        Some(Duration::from_nanos(owed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        memtables_stop: 2,
        tables_slow: 4,
        tables_stop: 8,
    };

    fn at(memtables: usize, tables: usize) -> Stall {
        LIMITS.stall(Backlog { memtables, tables })
    }

    #[test]
    fn writers_are_slowed_down_more_and_more_and_then_stopped() {
        let us = |us| Stall::Slow(Duration::from_micros(us));
        let seen: Vec<_> = (3..=9).map(|tables| at(1, tables)).collect();
        let stopped = Stall::UntilCompacted;
        let expected = [
            Stall::Go,
            us(250),
            us(500),
            us(1000),
            us(2000),
            stopped,
            stopped,
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn short_delays_are_slept_together() {
        let debt = Debt::default();
        let ms = Duration::from_millis;
        let us = |us| debt.add(us_of(us));
        assert_eq!((us(400), us(400), us(400)), (None, None, Some(us_of(1200))));
        assert_eq!(us(999), None, "nothing is slept twice");
        assert_eq!(debt.add(ms(2)), Some(us_of(2999)));
        assert_eq!(debt.add(ms(2)), Some(ms(2)));
    }

    fn us_of(us: u64) -> Duration {
        Duration::from_micros(us)
    }

    #[test]
    fn memory_comes_first() {
        assert_eq!(at(2, 0), Stall::UntilFlushed);
        assert_eq!(at(3, 100), Stall::UntilFlushed);
    }
}
