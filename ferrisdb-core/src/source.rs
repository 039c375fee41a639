//! What can be merged.

use crate::InternalKey;

/// Versions in order, with a place among them: at one version, or at none.
///
/// A memtable, a table and a merge of several of these all look like this to whoever reads
/// them. They go both ways, and a source may change its direction at any version.
///
/// ```text
///         seek_for_prev(b @5)   seek(b @5)
///                  ▼            ▼
///   a @4   a @1   b @8         b @3   c @7
///                  ◀── prev    next ──▶
/// ```
///
/// A source is at no version before its first move, behind its last or before its first
/// version, and after an error. [`next`](Self::next) and [`prev`](Self::prev) then do nothing.
///
/// The moves that search compare keys and timestamps only; the operation of `target` plays no part.
pub trait Source {
    /// What can go wrong while moving.
    type Error;

    /// Goes to the first version: the newest of the first key.
    fn seek_to_first(&mut self) -> Result<(), Self::Error>;

    /// Goes to the last version: the oldest of the last key.
    fn seek_to_last(&mut self) -> Result<(), Self::Error>;

    /// Goes to the first version that is at or after `target`.
    fn seek(&mut self, target: InternalKey<'_>) -> Result<(), Self::Error>;

    /// Goes to the last version that is at or before `target`.
    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), Self::Error>;

    /// Goes to the next version: an older one of the same key, or the newest of the next key.
    fn next(&mut self) -> Result<(), Self::Error>;

    /// Goes to the version before.
    fn prev(&mut self) -> Result<(), Self::Error>;

    /// Whether it is at a version.
    fn is_valid(&self) -> bool;

    /// The version at which it is.
    ///
    /// # Panics
    /// If it is at none.
    fn key(&self) -> InternalKey<'_>;

    /// The value of that version; empty for a delete.
    ///
    /// # Panics
    /// If it is at none.
    fn value(&self) -> &[u8];
}
