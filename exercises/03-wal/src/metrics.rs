//! What the log has done since it was opened.

use std::time::Duration;

use crate::{Histogram, SEGMENT_HEADER_SIZE};

/// What the log has done since it was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Batches appended.
    pub appends: u64,
    /// Bytes appended, frames and segment headers included.
    pub bytes: u64,
    /// Syncs that reached the disk; a sync with nothing new to sync is not counted.
    pub syncs: u64,
    /// Segments begun.
    pub segments: u64,
    /// How long a sync took, in microseconds.
    pub sync_latency_us: Histogram,
}

impl Metrics {
    /// Counts a segment that was begun.
    pub(crate) fn count_segment(&mut self) {
        self.segments += 1;
        self.bytes += SEGMENT_HEADER_SIZE;
    }

    /// Counts a sync and how long it took.
    pub(crate) fn count_sync(&mut self, took: Duration) {
        self.syncs += 1;
        self.sync_latency_us
            .record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }
}
