//! A walk over a range of keys.

use std::ops::{Bound, RangeBounds};
use std::vec;

use crate::Result;
use crate::db::Map;

/// A walk over a range of keys, from either end; see [`Db::scan`](crate::Db::scan).
///
/// It shows the database as it was when the scan began, whatever is written meanwhile, and
/// holds no lock. For that it copies the range when it begins.
#[derive(Debug, Clone)]
pub struct Scan {
    pairs: vec::IntoIter<(Vec<u8>, Vec<u8>)>,
}

impl Scan {
    pub(crate) fn over<K: AsRef<[u8]>>(map: &Map, range: &impl RangeBounds<K>) -> Self {
        let start = range.start_bound().map(AsRef::as_ref);
        let end = range.end_bound().map(AsRef::as_ref);
        let pairs: Vec<_> = if is_empty(start, end) {
            Vec::new()
        } else {
            let range = map.range::<[u8], _>((start, end));
            range
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        };
        Self {
            pairs: pairs.into_iter(),
        }
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

impl Iterator for Scan {
    type Item = Result<(Vec<u8>, Vec<u8>)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pairs.next().map(Ok)
    }
}

impl DoubleEndedIterator for Scan {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.pairs.next_back().map(Ok)
    }
}
