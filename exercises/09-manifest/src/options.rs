//! *Given.* What can be chosen about a manifest.

/// What can be chosen about a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// A manifest is begun anew when its edits have this many bytes together, and as many as its
    /// snapshot. So opening reads at most twice the size of a snapshot, or a little more than
    /// this, and writing costs at most twice what the edits alone would.
    pub edits_size_max: u64,
}

impl Options {
    /// Sets [`edits_size_max`](Self::edits_size_max), in bytes.
    #[must_use]
    pub fn edits_size_max(mut self, bytes: u64) -> Self {
        self.edits_size_max = bytes;
        self
    }
}

impl Default for Options {
    /// 1 MiB of edits.
    fn default() -> Self {
        Self {
            edits_size_max: 1 << 20,
        }
    }
}
