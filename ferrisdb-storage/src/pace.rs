//! How fast background work may write.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ferrisdb_core::Clock;

/// Work may run ahead of its rate by as much as it writes in this time, and then has to wait.
/// Shorter waits would cost more than they give.
const AHEAD_MAX: Duration = Duration::from_millis(10);

/// Whoever waits looks so often whether there is still a reason to.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A rate in bytes a second that several threads share.
///
/// Whoever writes says how much, afterwards, and waits until as much time has passed as these
/// bytes may take. What was not used while nobody wrote is not saved up.
#[derive(Debug)]
pub(crate) struct Pace {
    clock: Arc<dyn Clock>,
    bytes_per_second: Option<u64>,
    /// When everything that was written so far may be done.
    done_at: Mutex<Duration>,
}

impl Pace {
    /// `None` is as fast as it can.
    pub(crate) fn new(clock: Arc<dyn Clock>, bytes_per_second: Option<u64>) -> Self {
        Self {
            clock,
            bytes_per_second,
            done_at: Mutex::new(Duration::ZERO),
        }
    }

    /// So many bytes were written. Returns when more may be, or when `go_on` says no.
    pub(crate) fn spend(&self, bytes: u64, go_on: &dyn Fn() -> bool) {
        let Some(rate) = self.bytes_per_second else {
            return;
        };
        let now = self.clock.elapsed();
        let takes = Duration::from_secs(1).mul_f64(to_float(bytes) / to_float(rate.max(1)));
        let done_at = {
            let mut done_at = self.done_at.lock().unwrap_or_else(PoisonError::into_inner);
            *done_at = (*done_at).max(now).saturating_add(takes);
            *done_at
        };
        let mut ahead = done_at.saturating_sub(now);
        if ahead <= AHEAD_MAX {
            return;
        }
        while !ahead.is_zero() && go_on() {
            self.clock.sleep(ahead.min(LOOK_EVERY));
            ahead = done_at.saturating_sub(self.clock.elapsed());
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a rate need not be right to the byte"
)]
fn to_float(bytes: u64) -> f64 {
    bytes as f64
}

#[cfg(test)]
mod tests {
    use ferrisdb_testkit::ManualClock;

    use super::*;

    fn time_for(rate: Option<u64>, writes: &[u64]) -> Duration {
        let clock = Arc::new(ManualClock::new(0));
        let pace = Pace::new(clock.clone(), rate);
        for bytes in writes {
            pace.spend(*bytes, &|| true);
        }
        clock.elapsed()
    }

    #[test]
    fn writes_take_as_long_as_their_rate_says() {
        assert_eq!(
            time_for(Some(1000), &[500, 500, 1000]),
            Duration::from_secs(2)
        );
        assert_eq!(
            time_for(Some(1_000_000), &[1; 1000]),
            Duration::ZERO,
            "a wait of a millisecond is not worth it"
        );
        assert_eq!(
            time_for(None, &[u64::MAX; 3]),
            Duration::ZERO,
            "no rate, no wait"
        );
    }

    #[test]
    fn nothing_is_saved_up_while_nobody_writes() {
        let clock = Arc::new(ManualClock::new(0));
        let pace = Pace::new(clock.clone(), Some(1000));
        clock.advance(Duration::from_secs(100));
        pace.spend(1000, &|| true);
        assert_eq!(clock.elapsed(), Duration::from_secs(101));
    }

    #[test]
    fn nobody_waits_without_a_reason() {
        let clock = Arc::new(ManualClock::new(0));
        let pace = Pace::new(clock.clone(), Some(1));
        let is_early = || clock.elapsed() < Duration::from_secs(1);
        pace.spend(1000, &is_early);
        assert_eq!(clock.elapsed(), Duration::from_secs(1));
    }
}
