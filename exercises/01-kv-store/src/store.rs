//! The store: a sorted map from keys to entries.
//!
//! Invariants:
//!
//! - Keys are kept exactly as they were written, in byte order.
//! - An expired entry is never seen: not by a read, not by a scan, not by a comparison. It
//!   may still take up memory until it is overwritten, deleted or purged.

use std::collections::BTreeMap;
use std::collections::btree_map::Range;
use std::ops::{Bound, RangeBounds};

use crate::{Conflict, Entry, Scan, prefix_end};

/// A sorted map from keys to values, some of which expire.
///
/// Keys and values are bytes; anything that can be seen as bytes will do: `"text"`,
/// `b"bytes"`, a `String`, a `Vec<u8>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Store {
    entries: BTreeMap<Vec<u8>, Entry>,
}

impl Store {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `value` under `key`, for good: whatever stood there is replaced, and so is the
    /// time at which it would have expired.
    pub fn set(&mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        todo!(
            "make an entry that never expires from the value, and put it into the map under the key"
        )
    }

    /// Puts `value` under `key` for the `ttl_ms` milliseconds from `now_ms` on.
    pub fn set_with_ttl(
        &mut self,
        key: impl AsRef<[u8]>,
        value: impl AsRef<[u8]>,
        ttl_ms: u64,
        now_ms: u64,
    ) {
        let key = key.as_ref().to_vec();
        let entry = Entry::expiring(value, ttl_ms, now_ms);
        self.entries.insert(key, entry);
    }

    /// The value under `key`, if there is one and it has not expired.
    pub fn get(&self, key: impl AsRef<[u8]>, now_ms: u64) -> Option<&[u8]> {
        todo!("look the key up, and return its value unless the entry has expired")
    }

    /// Removes `key` and says whether it held a value that had not expired: whether a `get`
    /// just before would have found something.
    pub fn delete(&mut self, key: impl AsRef<[u8]>, now_ms: u64) -> bool {
        todo!("remove the entry, and say whether it was there and had not expired")
    }

    /// The live entries whose keys lie in `range`, in key order.
    ///
    /// Every kind of range will do: `"a".."c"`, `"a"..="c"`, `"b"..`, `.."b"`. One that ends
    /// before it begins holds nothing. For everything there is [`Store::iter`]. Where the
    /// compiler cannot tell the type of the ends, name it: `store.scan::<&str>(…)`.
    pub fn scan<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>, now_ms: u64) -> Scan<'_> {
        todo!(
            "turn both ends of the range into bytes, ask the map for what lies between, and wrap it in a `Scan`"
        )
    }

    /// The live entries whose keys start with `prefix`, in key order.
    pub fn scan_prefix(&self, prefix: impl AsRef<[u8]>, now_ms: u64) -> Scan<'_> {
        let prefix = prefix.as_ref();
        let end = prefix_end(prefix);
        let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        self.scan::<&[u8]>((Bound::Included(prefix), end), now_ms)
    }

    /// All live entries, in key order.
    pub fn iter(&self, now_ms: u64) -> Scan<'_> {
        self.scan::<&[u8]>(.., now_ms)
    }

    /// The live entries whose keys equal `key` when upper and lower case of the letters A to
    /// Z count as the same: all of them, in key order. Other bytes must be equal.
    pub fn find_ignoring_case(&self, key: impl AsRef<[u8]>, now_ms: u64) -> Vec<(&[u8], &[u8])> {
        todo!(
            "scan from the key in capitals to the key in small letters, and keep what is equal when case is ignored"
        )
    }

    /// Puts `new` under `key`, but only if the key holds `expected` at `now_ms`; `None` means
    /// that it must hold nothing. An expired value counts as nothing.
    pub fn compare_and_set(
        &mut self,
        key: impl AsRef<[u8]>,
        expected: Option<&[u8]>,
        new: Entry,
        now_ms: u64,
    ) -> Result<(), Conflict> {
        todo!(
            "compare what the key holds now with what is expected; write the new entry only if they are equal"
        )
    }

    /// Frees the memory of all entries that have expired, and says how many there were.
    ///
    /// No answer of the store changes by it.
    pub fn purge_expired(&mut self, now_ms: u64) -> usize {
        let before = self.entries.len();
        self.entries.retain(|_, entry| entry.is_live(now_ms));
        before - self.entries.len()
    }

    /// Everything in memory, expired or not, in key order.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (&[u8], &Entry)> + ExactSizeIterator {
        self.entries
            .iter()
            .map(|(key, entry)| (key.as_slice(), entry))
    }
}

/// Whether no key can lie between the two bounds. `BTreeMap::range` panics on such bounds.
fn is_empty(start: Bound<&[u8]>, end: Bound<&[u8]>) -> bool {
    use Bound::{Excluded, Included, Unbounded};
    match (start, end) {
        (Unbounded, _) | (_, Unbounded) => false,
        (Included(start), Included(end)) => start > end,
        (Included(start) | Excluded(start), Included(end) | Excluded(end)) => start >= end,
    }
}
