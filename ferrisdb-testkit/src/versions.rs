//! What a database with many versions of each key should answer.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};

use ferrisdb_core::{Batch, InternalKey, Operation, Timestamp};

use crate::Pairs;

/// Every version of every key, in the order of [`InternalKey`].
///
/// ```
/// use ferrisdb_core::{Batch, Timestamp};
/// use ferrisdb_testkit::Versions;
///
/// let mut versions = Versions::new();
/// let mut batch = Batch::new();
/// batch.put("a", "old");
/// versions.write(Timestamp(3), &batch);
/// batch.clear();
/// batch.put("a", "new");
/// versions.write(Timestamp(5), &batch);
///
/// assert_eq!(versions.get("a", Timestamp(2)), None);
/// assert_eq!(versions.get("a", Timestamp(4)), Some(b"old".as_slice()));
/// assert_eq!(versions.get("a", Timestamp::MAX), Some(b"new".as_slice()));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    entries: BTreeMap<Key, Value>,
}

impl Versions {
    /// A database in which nothing was ever written.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Does all writes of a batch at one timestamp; the last write of a key wins.
    pub fn write(&mut self, timestamp: Timestamp, batch: &Batch) {
        for entry in batch.iter() {
            let key = (entry.key.to_vec(), Reverse(timestamp));
            let value = (entry.operation, entry.value.to_vec());
            self.entries.insert(key, value);
        }
    }

    /// The newest version of a key at or before a timestamp, a delete included.
    pub fn find(
        &self,
        key: impl AsRef<[u8]>,
        as_of: Timestamp,
    ) -> Option<(InternalKey<'_>, &[u8])> {
        let key = key.as_ref();
        let versions = self.entries.range((key.to_vec(), Reverse(as_of))..);
        versions
            .map(as_internal)
            .next()
            .filter(|(found, _)| found.user_key == key)
    }

    /// The value of a key as of a timestamp.
    pub fn get(&self, key: impl AsRef<[u8]>, as_of: Timestamp) -> Option<&[u8]> {
        let (found, value) = self.find(key, as_of)?;
        (found.operation == Operation::Put).then_some(value)
    }

    /// The keys in a range that had a value as of a timestamp, with it, in order.
    pub fn scan<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>, as_of: Timestamp) -> Pairs {
        let start = range.start_bound().map(AsRef::as_ref);
        let end = range.end_bound().map(AsRef::as_ref);
        let mut pairs = Pairs::new();
        let mut last: Option<&[u8]> = None;
        for (version, value) in self.iter() {
            let key = version.user_key;
            let in_range = match start {
                Bound::Included(start) => key >= start,
                Bound::Excluded(start) => key > start,
                Bound::Unbounded => true,
            } && match end {
                Bound::Included(end) => key <= end,
                Bound::Excluded(end) => key < end,
                Bound::Unbounded => true,
            };
            if !in_range || version.timestamp > as_of || last == Some(key) {
                continue;
            }
            last = Some(key);
            if version.operation == Operation::Put {
                pairs.push((key.to_vec(), value.to_vec()));
            }
        }
        pairs
    }

    /// Every version with its value, in the order of [`InternalKey`].
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (InternalKey<'_>, &[u8])> {
        self.entries.iter().map(as_internal)
    }

    /// How many versions there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was ever written.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

type Key = (Vec<u8>, Reverse<Timestamp>);
type Value = (Operation, Vec<u8>);

fn as_internal<'a>(
    ((user_key, timestamp), (operation, value)): (&'a Key, &'a Value),
) -> (InternalKey<'a>, &'a [u8]) {
    let key = InternalKey {
        user_key,
        timestamp: timestamp.0,
        operation: *operation,
    };
    (key, value)
}
