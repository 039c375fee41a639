//! Walking over what a reader sees.
//!
//! ```text
//!    ada @7    ada @3    ada @1    bob @6    bob @2    cy @5      as of @5
//!              ▲                             ▲         ▲
//!              next ──────────────────────▶  ◀──────── next_back
//! ```
//!
//! Forwards, the newest version of a key comes first, so the first one that is old enough is the
//! one to show. Backwards, the oldest comes first, and has to be the last resort.

use std::borrow::Cow;
use std::fmt;
use std::iter::FusedIterator;
use std::ops::{Bound, RangeBounds};

use ferrisdb_core::{InternalKey, Operation, Timestamp};
use ferrisdb_skiplist::{Cursor, SkipList};

use crate::version;

/// How many versions a scan passes one by one before it searches for the place where it wants to
/// be: most keys have few versions, and a step costs much less than a search.
const STEPS_MAX: usize = 8;

/// The keys in a range that have a value as of a timestamp, with it, in order.
///
/// Made by [`Memtable::scan`](crate::Memtable::scan). It takes no lock and may be kept for as long
/// as the table lives. A key with thousands of versions does not slow it down: it jumps over those
/// that are too new or too old.
#[derive(Clone)]
pub struct Scan<'a> {
    list: Option<&'a SkipList>,
    as_of: Timestamp,
    /// Where the keys begin that were not passed yet, from either end.
    start: Bound<Cow<'a, [u8]>>,
    /// Where they end.
    end: Bound<Cow<'a, [u8]>>,
    /// At the first version that `next` has not looked at; `None` until it is first called.
    front: Option<Cursor<'a>>,
    /// At the last version that `next_back` has not looked at, the oldest one of its key; `None`
    /// until it is first called.
    back: Option<Cursor<'a>>,
}

impl<'a> Scan<'a> {
    pub(crate) fn new<K: AsRef<[u8]>>(
        list: Option<&'a SkipList>,
        range: &impl RangeBounds<K>,
        as_of: Timestamp,
    ) -> Self {
        let owned = |key: &K| Cow::Owned(key.as_ref().to_vec());
        Self {
            list,
            as_of,
            start: range.start_bound().map(owned),
            end: range.end_bound().map(owned),
            front: None,
            back: None,
        }
    }
}

impl<'a> Iterator for Scan<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        todo!("go on to the next key that has a value as of the reader's timestamp")
    }
}

impl DoubleEndedIterator for Scan<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        todo!("the same from behind, where the oldest version of a key comes first")
    }
}

// Behind its last key, a scan stays.
impl FusedIterator for Scan<'_> {}

impl fmt::Debug for Scan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan")
            .field("as_of", &self.as_of)
            .field("start", &self.start)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

/// A cursor at the first version of the first key that is not before `start`.
///
/// If `start` itself is excluded, its versions are still to be passed.
fn at_start<'a>(list: &'a SkipList, start: &Bound<Cow<'a, [u8]>>) -> Cursor<'a> {
    let mut cursor = list.cursor();
    match start {
        Bound::Included(key) | Bound::Excluded(key) => cursor.seek(version::newest(key)),
        Bound::Unbounded => cursor.seek_to_first(),
    }
    cursor
}

/// A cursor at the last version of the last key that is not behind `end`.
fn at_end<'a>(list: &'a SkipList, end: &Bound<Cow<'a, [u8]>>) -> Cursor<'a> {
    let mut cursor = list.cursor();
    match end {
        Bound::Included(key) => cursor.seek_for_prev(version::oldest(key)),
        Bound::Excluded(key) => place_before(&mut cursor, key),
        Bound::Unbounded => cursor.seek_to_last(),
    }
    cursor
}

/// Goes on to the first version at or behind `target`: a few steps, then a search.
fn advance(cursor: &mut Cursor<'_>, target: InternalKey<'_>) {
    for _ in 0..STEPS_MAX {
        cursor.next();
        match cursor.current() {
            Some(entry) if entry.key < target => {}
            _ => return,
        }
    }
    cursor.seek(target);
}

/// Goes to the last version of the last key before `key`.
fn place_before(cursor: &mut Cursor<'_>, key: &[u8]) {
    cursor.seek_for_prev(version::newest(key));
    if cursor
        .current()
        .is_some_and(|entry| entry.key.user_key == key)
    {
        cursor.prev();
    }
}

fn is_before(key: &[u8], start: &Bound<Cow<'_, [u8]>>) -> bool {
    match start {
        Bound::Included(start) => key < start.as_ref(),
        Bound::Excluded(start) => key <= start.as_ref(),
        Bound::Unbounded => false,
    }
}

fn is_behind(key: &[u8], end: &Bound<Cow<'_, [u8]>>) -> bool {
    match end {
        Bound::Included(end) => key > end.as_ref(),
        Bound::Excluded(end) => key >= end.as_ref(),
        Bound::Unbounded => false,
    }
}
