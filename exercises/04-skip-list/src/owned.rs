//! Given: a cursor that keeps its list alive.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use ferrisdb_core::{InternalKey, Source};

use crate::{Cursor, Entry, SkipList};

/// A place in a list, as [`Cursor`], that keeps the list alive instead of borrowing it.
///
/// So it can be kept beside others, returned, and sent to another thread. This is how a list
/// takes part in a merge.
pub struct OwnedCursor {
    /// Borrows from what `list` points to. Never handed out with this lifetime. A struct's
    /// fields are dropped in order, so this is gone before the list is.
    cursor: Cursor<'static>,
    list: Arc<SkipList>,
}

impl OwnedCursor {
    /// A cursor over a list, at no entry yet.
    #[must_use]
    pub fn new(list: Arc<SkipList>) -> Self {
        let borrowed: *const SkipList = Arc::as_ptr(&list);
        // SAFETY: the list stays where it is as long as the `Arc` beside the cursor does, and
        // nobody gets a `&mut` to what an `Arc` of ours points to.
        let borrowed: &'static SkipList = unsafe { &*borrowed };
        Self {
            cursor: borrowed.cursor(),
            list,
        }
    }

    /// The list it goes through.
    #[must_use]
    pub fn list(&self) -> &SkipList {
        &self.list
    }

    /// The entry at which it is.
    #[inline]
    pub fn current(&self) -> Option<Entry<'_>> {
        self.cursor.current()
    }

    fn entry(&self) -> Entry<'_> {
        self.current()
            .expect("a cursor is asked for its entry only where `is_valid` says that it has one")
    }
}

impl Source for OwnedCursor {
    type Error = Infallible;

    fn seek_to_first(&mut self) -> Result<(), Infallible> {
        self.cursor.seek_to_first();
        Ok(())
    }

    fn seek_to_last(&mut self) -> Result<(), Infallible> {
        self.cursor.seek_to_last();
        Ok(())
    }

    fn seek(&mut self, target: InternalKey<'_>) -> Result<(), Infallible> {
        self.cursor.seek(target);
        Ok(())
    }

    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), Infallible> {
        self.cursor.seek_for_prev(target);
        Ok(())
    }

    #[inline]
    fn next(&mut self) -> Result<(), Infallible> {
        self.cursor.next();
        Ok(())
    }

    fn prev(&mut self) -> Result<(), Infallible> {
        self.cursor.prev();
        Ok(())
    }

    #[inline]
    fn is_valid(&self) -> bool {
        self.cursor.is_valid()
    }

    #[inline]
    fn key(&self) -> InternalKey<'_> {
        self.entry().key
    }

    #[inline]
    fn value(&self) -> &[u8] {
        self.entry().value
    }
}

impl fmt::Debug for OwnedCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedCursor").field(&self.current()).finish()
    }
}
