//! A clock that a test sets.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use ferrisdb_core::Clock;

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub struct ManualClock {
    time: Mutex<Time>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Time {
    unix_us: u64,
    elapsed: Duration,
    tick: Duration,
}

impl ManualClock {
    /// A clock that shows this many microseconds since 1970.
    #[must_use]
    pub fn new(unix_us: u64) -> Self {
        Self::ticking(unix_us, Duration::ZERO)
    }

    /// A clock that moves by `tick` each time somebody looks at [`elapsed`](Clock::elapsed),
    /// so that everything measured takes exactly one tick.
    #[must_use]
    pub fn ticking(unix_us: u64, tick: Duration) -> Self {
        let elapsed = Duration::ZERO;
        Self {
            time: Mutex::new(Time {
                unix_us,
                elapsed,
                tick,
            }),
        }
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.with(|time| time.pass(by));
    }

    /// Sets the date, also to an earlier one, as an administrator might. What was measured
    /// with [`elapsed`](Clock::elapsed) does not change.
    pub fn set_unix_us(&self, unix_us: u64) {
        self.with(|time| time.unix_us = unix_us);
    }

    fn with<T>(&self, act: impl FnOnce(&mut Time) -> T) -> T {
        act(&mut self.time.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Time {
    fn pass(&mut self, by: Duration) {
        let us = u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
        self.unix_us = self.unix_us.saturating_add(us);
        self.elapsed = self.elapsed.saturating_add(by);
    }
}

impl Clock for ManualClock {
    fn unix_us(&self) -> u64 {
        self.with(|time| time.unix_us)
    }

    fn elapsed(&self) -> Duration {
        self.with(|time| {
            let elapsed = time.elapsed;
            time.pass(time.tick);
            elapsed
        })
    }

    fn sleep(&self, time: Duration) {
        self.advance(time);
    }
}
