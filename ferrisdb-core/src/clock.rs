//! What time it is.

use std::fmt::Debug;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// Tells the time. Injected, so that a test decides what time it is.
pub trait Clock: Debug + Send + Sync {
    /// Microseconds since 1970-01-01 00:00:00 UTC. May jump when the machine's clock is set.
    fn unix_us(&self) -> u64;

    /// Time since some fixed moment; never goes back. For measuring how long something takes.
    fn elapsed(&self) -> Duration;

    /// Waits. The caller's thread sleeps, unless time is something else here: a clock that stands
    /// still moves on by as much instead.
    fn sleep(&self, time: Duration);
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[expect(
    clippy::disallowed_methods,
    reason = "this is where the time is injected from"
)]
impl Clock for SystemClock {
    fn unix_us(&self) -> u64 {
        let since = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    }

    fn elapsed(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }
}
