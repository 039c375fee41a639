//! Walking over every version.

use ferrisdb_core::InternalKey;
use ferrisdb_skiplist::{self as skiplist, Entry, SkipList};

/// A place among all versions of all keys, tombstones included: at a version, or at none.
///
/// This is how a table is written out and how it takes part in a merge. It goes both ways, and
/// what it shows is borrowed from the table, not from the cursor. That of a table in which
/// nothing was written when it was made is at no version, wherever it is sent.
#[derive(Debug, Clone)]
pub struct Cursor<'a> {
    /// `None` for a table without a list.
    place: Option<skiplist::Cursor<'a>>,
}

impl<'a> Cursor<'a> {
    /// At no version yet.
    pub(crate) fn new(list: Option<&'a SkipList>) -> Self {
        Self {
            place: list.map(SkipList::cursor),
        }
    }

    /// Goes to the first version: the newest of the first key.
    pub fn seek_to_first(&mut self) {
        if let Some(place) = &mut self.place {
            place.seek_to_first();
        }
    }

    /// Goes to the last version: the oldest of the last key.
    pub fn seek_to_last(&mut self) {
        if let Some(place) = &mut self.place {
            place.seek_to_last();
        }
    }

    /// Goes to the first version that is at or after `key`. The operation of `key` plays no
    /// part.
    pub fn seek(&mut self, key: InternalKey<'_>) {
        if let Some(place) = &mut self.place {
            place.seek(key);
        }
    }

    /// Goes to the last version that is at or before `key`. The operation of `key` plays no
    /// part.
    pub fn seek_for_prev(&mut self, key: InternalKey<'_>) {
        if let Some(place) = &mut self.place {
            place.seek_for_prev(key);
        }
    }

    /// Goes to the next version: an older one of the same key, or the newest of the next key.
    #[inline]
    pub fn next(&mut self) {
        if let Some(place) = &mut self.place {
            place.next();
        }
    }

    /// Goes to the version before. A list has no links that lead back, so this is a search.
    pub fn prev(&mut self) {
        if let Some(place) = &mut self.place {
            place.prev();
        }
    }

    /// Whether it is at a version.
    pub fn is_valid(&self) -> bool {
        self.place.as_ref().is_some_and(skiplist::Cursor::is_valid)
    }

    /// The version at which it is.
    #[inline]
    pub fn current(&self) -> Option<Entry<'a>> {
        self.place.as_ref()?.current()
    }
}
