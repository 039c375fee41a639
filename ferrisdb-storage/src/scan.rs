//! A walk over a range of keys.

use std::vec;

use crate::Result;
use crate::super_version::Pairs;

/// A walk over a range of keys, from either end; see [`Db::scan`](crate::Db::scan).
///
/// It shows the database as it was when the scan began, whatever is written meanwhile, and
/// holds no lock. For that it copies the range when it begins.
#[derive(Debug, Clone)]
pub struct Scan {
    pairs: vec::IntoIter<(Vec<u8>, Vec<u8>)>,
}

impl Scan {
    pub(crate) fn over(pairs: Pairs) -> Self {
        Self {
            pairs: pairs.into_iter(),
        }
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
