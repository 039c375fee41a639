//! How much of a workload is done.

use std::ops::RangeInclusive;

use crate::Workload;

/// How much is done, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How many keys the database has.
    pub num: u64,
    /// How many reads, scans or YCSB operations are done; as many as there are keys by default.
    pub reads: Option<u64>,
    /// The size of a value, in bytes.
    pub value_size: usize,
    /// How many threads share the work.
    pub threads: usize,
    /// How many entries are written at once by the fills and by `Overwrite`.
    pub batch: usize,
    /// Whether every write is synced.
    pub sync: bool,
    /// How many entries `SeekRandom` reads each time.
    pub scan: u64,
    /// From which keys and values are drawn.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            num: 1_000_000,
            reads: None,
            value_size: 100,
            threads: 1,
            batch: 1,
            sync: false,
            scan: 10,
            seed: 1,
        }
    }
}

impl Settings {
    /// The largest value, and the largest batch of values, in bytes: each thread keeps one in memory.
    pub const VALUE_SIZE_MAX: u64 = 1 << 30;

    /// The least and the most that a number may be which is called so on a command line.
    #[must_use]
    pub fn limits(name: &str) -> RangeInclusive<u64> {
        match name {
            // More do not fit into the 16 digits of a key.
            "num" => 1..=9_999_999_999_999_999,
            // All of them are started before the first begins.
            "threads" => 1..=1_024,
            "batch" | "scan" | "rounds" | "reads" => 1..=u64::MAX,
            "value-size" => 0..=Self::VALUE_SIZE_MAX,
            _ => 0..=u64::MAX,
        }
    }

    /// How many operations a workload has.
    #[must_use]
    pub fn operations(&self, workload: Workload) -> u64 {
        match workload {
            Workload::FillSeq | Workload::FillRandom | Workload::Overwrite => self.num,
            Workload::FillSync => (self.num / 1_000).max(1_000).min(self.num),
            Workload::ReadSeq | Workload::ReadReverse => self.num * self.threads as u64,
            _ => self.reads.unwrap_or(self.num),
        }
    }
}
