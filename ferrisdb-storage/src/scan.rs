//! A walk over a range of keys.

use std::fmt;
use std::iter::FusedIterator;
use std::ops::{Bound, RangeBounds};

use crate::{Cursor, Result};

/// A walk over a range of keys, from either end; see [`Db::scan`](crate::Db::scan).
///
/// It shows the database as it was when the scan began, whatever is written meanwhile, and
/// holds no lock. Each key and value is copied; a [`Cursor`] lends them instead.
///
/// After an error, which is that of a table that turns out to be damaged, the scan is at its end.
pub struct Scan {
    front: Cursor,
    /// Made when it is first needed: most scans go one way.
    back: Option<Cursor>,
    /// Where the scan starts; once there is a cursor at the back, behind the last key that came
    /// from the front.
    start: Bound<Vec<u8>>,
    /// Before the last key that came from the back.
    end: Bound<Vec<u8>>,
    is_begun: bool,
    is_done: bool,
}

type Pair = (Vec<u8>, Vec<u8>);

impl Scan {
    pub(crate) fn new<K: AsRef<[u8]>>(front: Cursor, range: &impl RangeBounds<K>) -> Self {
        let owned = |key: &K| key.as_ref().to_vec();
        Self {
            front,
            back: None,
            start: range.start_bound().map(owned),
            end: range.end_bound().map(owned),
            is_begun: false,
            is_done: false,
        }
    }

    /// The next pair from the front, unless the ends have met.
    fn step(&mut self) -> Result<Option<Pair>> {
        let front = &mut self.front;
        if self.is_begun {
            front.next()?;
        } else {
            seek_to_start(front, &self.start)?;
            self.is_begun = true;
        }
        if !front.is_valid() || is_behind(front.key(), &self.end) {
            return Ok(None);
        }
        if self.back.is_some() {
            exclude(&mut self.start, front.key());
        }
        Ok(Some(pair(front)))
    }

    /// The next pair from the back, unless the ends have met.
    fn step_back(&mut self) -> Result<Option<Pair>> {
        let back = if let Some(back) = &mut self.back {
            back.prev()?;
            back
        } else {
            if self.front.is_valid() {
                exclude(&mut self.start, self.front.key());
            }
            let mut back = self.front.another();
            seek_to_end(&mut back, &self.end)?;
            self.back.insert(back)
        };
        if !back.is_valid() || is_before(back.key(), &self.start) {
            return Ok(None);
        }
        exclude(&mut self.end, back.key());
        Ok(Some(pair(back)))
    }

    /// The result of a step as an iterator gives it. Behind the last pair, and behind an error,
    /// there is nothing at either end.
    fn give(&mut self, step: fn(&mut Self) -> Result<Option<Pair>>) -> Option<Result<Pair>> {
        if self.is_done {
            return None;
        }
        let next = step(self).transpose();
        self.is_done = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Iterator for Scan {
    type Item = Result<(Vec<u8>, Vec<u8>)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.give(Self::step)
    }
}

impl DoubleEndedIterator for Scan {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.give(Self::step_back)
    }
}

impl FusedIterator for Scan {}

fn pair(cursor: &Cursor) -> Pair {
    (cursor.key().to_vec(), cursor.value().to_vec())
}

fn seek_to_start(cursor: &mut Cursor, start: &Bound<Vec<u8>>) -> Result<()> {
    match start {
        Bound::Unbounded => cursor.seek_to_first(),
        Bound::Included(key) => cursor.seek(key),
        Bound::Excluded(key) => {
            cursor.seek(key)?;
            if cursor.is_valid() && cursor.key() == key {
                cursor.next()?;
            }
            Ok(())
        }
    }
}

fn seek_to_end(cursor: &mut Cursor, end: &Bound<Vec<u8>>) -> Result<()> {
    match end {
        Bound::Unbounded => cursor.seek_to_last(),
        Bound::Included(key) => cursor.seek_for_prev(key),
        Bound::Excluded(key) => {
            cursor.seek_for_prev(key)?;
            if cursor.is_valid() && cursor.key() == key {
                cursor.prev()?;
            }
            Ok(())
        }
    }
}

fn is_before(key: &[u8], start: &Bound<Vec<u8>>) -> bool {
    match start {
        Bound::Included(start) => key < &start[..],
        Bound::Excluded(start) => key <= &start[..],
        Bound::Unbounded => false,
    }
}

fn is_behind(key: &[u8], end: &Bound<Vec<u8>>) -> bool {
    match end {
        Bound::Included(end) => key > &end[..],
        Bound::Excluded(end) => key >= &end[..],
        Bound::Unbounded => false,
    }
}

/// Moves a bound to a key, which is not to come again.
fn exclude(bound: &mut Bound<Vec<u8>>, key: &[u8]) {
    if let Bound::Excluded(bound) = bound {
        bound.clear();
        bound.extend_from_slice(key);
    } else {
        *bound = Bound::Excluded(key.to_vec());
    }
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |bound: &Bound<Vec<u8>>| match bound {
            Bound::Included(key) => format!("from {}", key.escape_ascii()),
            Bound::Excluded(key) => format!("beyond {}", key.escape_ascii()),
            Bound::Unbounded => "open".to_owned(),
        };
        f.debug_struct("Scan")
            .field("start", &show(&self.start))
            .field("end", &show(&self.end))
            .finish_non_exhaustive()
    }
}
