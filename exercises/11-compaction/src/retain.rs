//! What of the merged versions is kept.
//!
//! ```text
//!   watermark @6: nobody reads as of an earlier time than this, from now on
//!
//!   apple @9   kept      newer than the watermark: some see it, and some do not
//!   apple @7   kept
//!   apple @5   kept      what a reader as of 6 sees
//!   apple @2   dropped   hidden from everyone by @5
//!
//!   banana @4  deleted   what a reader as of 6 sees: nothing. Dropped, unless an
//!   banana @3  dropped   older version may lie underneath, in a table that is not read
//! ```

use ferrisdb_core::{InternalKey, Operation, Source, Timestamp};

/// Walks forward over the versions of a source that somebody may still see.
///
/// `underneath` says of a user key whether an older version of it may lie somewhere below all
/// that the source reads. It is asked of keys in order, and only where the answer matters.
pub struct Retain<S, U> {
    source: S,
    watermark: Timestamp,
    underneath: U,
    /// The last user key of which a version at or below the watermark was met: whatever of it
    /// follows is older, and hidden from everyone.
    settled: Option<Vec<u8>>,
    counts: Retained,
}

/// What became of the versions that were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retained {
    /// Versions that are kept.
    pub kept: u64,
    /// Versions that were dropped, since a newer one hides them from everyone.
    pub shadowed: u64,
    /// Tombstones that were dropped, since there is nothing left for them to hide.
    pub tombstones: u64,
}

impl<S: Source, U: FnMut(&[u8]) -> bool> Retain<S, U> {
    /// A walk over `source`, at no version yet.
    pub fn new(source: S, watermark: Timestamp, underneath: U) -> Self {
        Self {
            source,
            watermark,
            underneath,
            settled: None,
            counts: Retained::default(),
        }
    }

    /// Goes to the first version that is kept. To be called once, before all else.
    pub fn seek_to_first(&mut self) -> Result<(), S::Error> {
        self.source.seek_to_first()?;
        self.skip_dropped()
    }

    /// Goes to the next version that is kept.
    #[expect(
        clippy::should_implement_trait,
        reason = "it lends its entry, which an iterator cannot"
    )]
    pub fn next(&mut self) -> Result<(), S::Error> {
        self.source.next()?;
        self.skip_dropped()
    }

    /// Whether it is at a version.
    pub fn is_valid(&self) -> bool {
        self.source.is_valid()
    }

    /// The version at which it is.
    ///
    /// # Panics
    /// If it is at none.
    pub fn key(&self) -> InternalKey<'_> {
        self.source.key()
    }

    /// The value of that version; empty for a delete.
    ///
    /// # Panics
    /// If it is at none.
    pub fn value(&self) -> &[u8] {
        self.source.value()
    }

    /// What became of the versions so far.
    pub fn counts(&self) -> Retained {
        self.counts
    }

    fn skip_dropped(&mut self) -> Result<(), S::Error> {
        while self.source.is_valid() && !self.keeps() {
            self.source.next()?;
        }
        Ok(())
    }

    /// Whether the current version is kept. Asked once of each version, in order.
    fn keeps(&mut self) -> bool {
        todo!(
            "hidden by a newer version that everybody sees, a tombstone with nothing left to hide, or kept"
        )
    }
}

impl<S, U> std::fmt::Debug for Retain<S, U> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Retain")
            .field("watermark", &self.watermark)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}
