//! *Given.* How long something takes, as a distribution in a few hundred bytes.

use std::fmt;

/// Counts durations in microseconds in buckets that double in width.
///
/// Bucket `n` counts durations of `n` significant bits: bucket 0 is 0 µs, bucket 1 is 1 µs,
/// bucket 2 is 2 to 3 µs, bucket 3 is 4 to 7 µs. A quantile is right to within a factor of two.
#[derive(Clone, PartialEq, Eq)]
pub struct Histogram {
    buckets: [u64; 65],
}

impl Histogram {
    /// Counts one duration.
    pub fn record(&mut self, us: u64) {
        self.buckets[(u64::BITS - us.leading_zeros()) as usize] += 1;
    }

    /// How many durations were counted.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// The longest duration, in microseconds, that the bucket with the given share of all
    /// durations at or below it can hold: `quantile(0.5)` for the median. 0 if nothing was
    /// counted.
    pub fn quantile(&self, share: f64) -> u64 {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank that is off by one in 2^53 changes nothing"
        )]
        let rank = (self.count() as f64 * share.clamp(0.0, 1.0))
            .ceil()
            .max(1.0) as u64;
        let mut seen = 0;
        for (bits, &n) in self.buckets.iter().enumerate() {
            seen += n;
            if seen >= rank {
                return u64::MAX
                    .checked_shr(64 - u32::try_from(bits).unwrap_or(64))
                    .unwrap_or(0);
            }
        }
        0
    }
}

impl fmt::Debug for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Histogram")
            .field("count", &self.count())
            .field("p50", &self.quantile(0.5))
            .field("p99", &self.quantile(0.99))
            .field("max", &self.quantile(1.0))
            .finish()
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: [0; 65] }
    }
}
