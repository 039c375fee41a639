//! How long things take: limits for tests, times for reports.
//!
//! The engine takes its time from a `Clock`; the course machinery watches real processes, so this
//! module alone asks the operating system.

use std::time::{Duration, Instant};

/// A moment to come.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// The moment after this much time.
    pub fn after(limit: Duration) -> Self {
        Self(now() + limit)
    }

    /// Whether the moment has come.
    pub fn is_over(&self) -> bool {
        now() >= self.0
    }
}

/// Measures from its creation on.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        Self(now())
    }

    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        now() - self.0
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "real processes are timed, nothing is simulated"
)]
fn now() -> Instant {
    Instant::now()
}
