//! A walk over a stretch of keys, from either end.

use std::collections::btree_map::Range;

use crate::Entry;

/// The live entries of a range, in key order, as pairs of key and value.
///
/// `rev()` walks from the largest key down. The two ends may also be mixed: `next` and
/// `next_back` never return the same entry twice.
///
/// A scan borrows the store, so this does not compile:
///
/// ```compile_fail
/// let mut store = kv_store::Store::new();
/// for (key, _) in store.scan_prefix("session/ada/", 0) {
///     store.delete(key, 0); // error: cannot borrow `store` as mutable
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Scan<'a> {
    entries: Range<'a, Vec<u8>, Entry>,
    now_ms: u64,
}

impl<'a> Scan<'a> {
    /// A walk over those of `entries` that are live at `now_ms`.
    pub(crate) fn new(entries: Range<'a, Vec<u8>, Entry>, now_ms: u64) -> Self {
        Self { entries, now_ms }
    }
}

impl<'a> Iterator for Scan<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let now_ms = self.now_ms;
        let (key, entry) = self.entries.find(|(_, entry)| entry.is_live(now_ms))?;
        Some((key, entry.value()))
    }
}

impl DoubleEndedIterator for Scan<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let now_ms = self.now_ms;
        let (key, entry) = self.entries.rfind(|(_, entry)| entry.is_live(now_ms))?;
        Some((key, entry.value()))
    }
}
