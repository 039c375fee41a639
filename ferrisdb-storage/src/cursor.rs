//! A place in the database.

use ferrisdb_engine as engine;

use crate::Result;

/// A place among the keys of the database, as it was when the cursor was made: at one key, or
/// at none.
///
/// Keys and values are lent, not copied, so this is the fastest way to read many of them. It
/// goes both ways and may turn around anywhere. It is at no key before its first move, past either
/// end, and after an error.
///
/// The files that it may read stay on the disk until it is dropped.
///
/// ```
/// # use ferrisdb_storage::Db;
/// # let directory = tempfile::tempdir()?;
/// # let db = Db::open(directory.path())?;
/// for (key, value) in [("a", "1"), ("b", "2"), ("c", "3")] {
///     db.put(key, value)?;
/// }
/// let mut cursor = db.cursor();
/// cursor.seek("b")?;
/// assert_eq!((cursor.key(), cursor.value()), (&b"b"[..], &b"2"[..]));
/// cursor.prev()?;
/// assert_eq!(cursor.key(), b"a");
/// cursor.prev()?;
/// assert!(!cursor.is_valid());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Cursor {
    inner: engine::Cursor,
}

impl Cursor {
    pub(crate) fn new(inner: engine::Cursor) -> Self {
        Self { inner }
    }

    /// Another cursor over the same, at no key.
    pub(crate) fn another(&self) -> Self {
        Self::new(self.inner.another())
    }

    /// Goes to the first key.
    pub fn seek_to_first(&mut self) -> Result<()> {
        Ok(self.inner.seek_to_first()?)
    }

    /// Goes to the last key.
    pub fn seek_to_last(&mut self) -> Result<()> {
        Ok(self.inner.seek_to_last()?)
    }

    /// Goes to the first key that is `target` or comes after it.
    pub fn seek(&mut self, target: impl AsRef<[u8]>) -> Result<()> {
        Ok(self.inner.seek(target)?)
    }

    /// Goes to the last key that is `target` or comes before it.
    pub fn seek_for_prev(&mut self, target: impl AsRef<[u8]>) -> Result<()> {
        Ok(self.inner.seek_for_prev(target)?)
    }

    /// Goes to the next key.
    #[expect(
        clippy::should_implement_trait,
        reason = "a cursor lends its entry and goes both ways; an iterator does neither"
    )]
    #[inline]
    pub fn next(&mut self) -> Result<()> {
        Ok(self.inner.next()?)
    }

    /// Goes to the key before.
    #[inline]
    pub fn prev(&mut self) -> Result<()> {
        Ok(self.inner.prev()?)
    }

    /// Whether it is at a key.
    #[inline]
    pub fn is_valid(&self) -> bool {
        self.inner.is_valid()
    }

    /// The key at which it is.
    ///
    /// # Panics
    /// If it is at none.
    #[inline]
    pub fn key(&self) -> &[u8] {
        self.inner.key()
    }

    /// The value of that key.
    ///
    /// # Panics
    /// If it is at none.
    #[inline]
    pub fn value(&self) -> &[u8] {
        self.inner.value()
    }
}
