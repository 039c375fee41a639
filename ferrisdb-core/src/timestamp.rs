//! The logical time at which a write happened.

use std::fmt;

/// A logical point in time: the n-th batch that the engine committed.
///
/// Timestamps say nothing about clocks. They start at 1, grow by one with every batch, and
/// decide which of two versions of a key is newer. [`Timestamp::ZERO`] is before every write,
/// and reading as of [`Timestamp::MAX`] sees the newest version of everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Before every write.
    pub const ZERO: Self = Self(0);

    /// After every write.
    pub const MAX: Self = Self(u64::MAX);

    /// The timestamp that follows this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0)
    }
}
