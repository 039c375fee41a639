//! How long things took.

/// How many buckets there are between a number and its double: no bucket is wider than a 32nd
/// of what is in it.
const STEPS: u64 = 32;

/// Counts times in nanoseconds in buckets, each at most 3 % wide.
#[derive(Debug, Clone)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    largest: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            buckets: vec![0; bucket(u64::MAX) + 1],
            count: 0,
            largest: 0,
        }
    }
}

/// The bucket of a time: below 32 each has its own, and then every doubling has 32 of them.
fn bucket(ns: u64) -> usize {
    let shift = u64::from(ns.max(1).ilog2()).saturating_sub(u64::from(STEPS.ilog2()));
    // At most 59 × 32 + 63.
    usize::try_from(shift * STEPS + (ns >> shift)).expect("there are fewer than 2,000 buckets")
}

/// The largest time in a bucket.
fn end(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let shift = (bucket / STEPS).saturating_sub(1);
    let top = bucket - shift * STEPS;
    (top << shift) + ((1 << shift) - 1)
}

impl Histogram {
    /// Something took so many nanoseconds.
    pub fn record(&mut self, ns: u64) {
        self.buckets[bucket(ns)] += 1;
        self.count += 1;
        self.largest = self.largest.max(ns);
    }

    /// Takes in what another has counted.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.count += other.count;
        self.largest = self.largest.max(other.largest);
    }

    /// The time that `per_mille` of 1,000 did not exceed, to 3 %; 0 if there were none.
    #[must_use]
    pub fn at(&self, per_mille: u64) -> u64 {
        let wanted = (self.count * per_mille).div_ceil(1_000).max(1);
        let mut seen = 0;
        for (bucket, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return end(bucket).min(self.largest);
            }
        }
        0
    }

    /// The longest time.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_one_another_and_are_narrow() {
        let mut before = 0;
        for ns in (0..5_000).chain([1 << 20, (1 << 20) + 1, 1 << 40, u64::MAX]) {
            let here = bucket(ns);
            assert!(here >= before && end(here) >= ns, "{ns}");
            assert!(
                end(here) - ns <= ns / 32,
                "{ns} is in a bucket to {}",
                end(here)
            );
            assert!(here == 0 || end(here - 1) < ns, "{ns}");
            before = here;
        }
    }

    #[test]
    fn percentiles_are_those_of_what_was_recorded() {
        let (mut low, mut high) = (Histogram::default(), Histogram::default());
        assert_eq!(low.at(500), 0, "nothing was recorded");
        (1..=900).for_each(|_| low.record(10));
        (1..=100).for_each(|_| high.record(1_000_000));
        low.add(&high);
        assert_eq!((low.at(500), low.at(900)), (10, 10));
        assert_eq!((low.at(901), low.at(999)), (1_000_000, 1_000_000));
        assert_eq!(low.largest(), 1_000_000);
    }
}
