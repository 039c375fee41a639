//! A walk over a range of keys.

use std::vec;

use crate::super_version::Pairs;
use crate::{Error, Result};

/// A walk over a range of keys, from either end; see [`Db::scan`](crate::Db::scan).
///
/// It shows the database as it was when the scan began, whatever is written meanwhile, and
/// holds no lock. For that it copies the range when it begins.
///
/// Where a table turns out to be damaged, the scan gives that error, and nothing else.
#[derive(Debug)]
pub struct Scan {
    pairs: vec::IntoIter<(Vec<u8>, Vec<u8>)>,
    error: Option<Error>,
}

impl Scan {
    pub(crate) fn over(found: Result<Pairs>) -> Self {
        let (pairs, error) = match found {
            Ok(pairs) => (pairs, None),
            Err(error) => (Pairs::new(), Some(error)),
        };
        Self {
            pairs: pairs.into_iter(),
            error,
        }
    }
}

impl Iterator for Scan {
    type Item = Result<(Vec<u8>, Vec<u8>)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.error
            .take()
            .map(Err)
            .or_else(|| self.pairs.next().map(Ok))
    }
}

impl DoubleEndedIterator for Scan {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.error
            .take()
            .map(Err)
            .or_else(|| self.pairs.next_back().map(Ok))
    }
}
