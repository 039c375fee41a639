//! The database as it was at one moment.

use std::ops::RangeBounds;

use ferrisdb_engine as engine;

use crate::{Cursor, Result, Scan};

/// The database as it was when [`Db::snapshot`](crate::Db::snapshot) was called, for as long as
/// this is kept.
///
/// It takes no memory by itself. But what it shows cannot be compacted away, so keeping one for long
/// makes the database grow. It may outlive its [`Db`](crate::Db).
///
/// ```
/// # use ferrisdb_storage::Db;
/// # let directory = tempfile::tempdir()?;
/// let db = Db::open(directory.path())?;
/// db.put("stock", "12")?;
/// let snapshot = db.snapshot();
/// db.put("stock", "11")?;
/// assert_eq!(snapshot.get("stock")?, Some(b"12".to_vec()));
/// assert_eq!(db.get("stock")?, Some(b"11".to_vec()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Snapshot {
    inner: engine::Snapshot,
}

impl Snapshot {
    pub(crate) fn new(inner: engine::Snapshot) -> Self {
        Self { inner }
    }

    /// The value under a key.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<Vec<u8>>> {
        Ok(self.inner.get(key)?)
    }

    /// The keys in a range with their values, in order; see [`Db::scan`](crate::Db::scan).
    pub fn scan<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>) -> Scan {
        Scan::new(self.cursor(), &range)
    }

    /// All keys with their values, in order.
    pub fn scan_all(&self) -> Scan {
        self.scan::<&[u8]>(..)
    }

    /// A cursor over the keys; see [`Db::cursor`](crate::Db::cursor).
    pub fn cursor(&self) -> Cursor {
        Cursor::new(self.inner.cursor())
    }
}
