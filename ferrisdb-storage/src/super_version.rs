//! Everything that the database holds at one moment, in the parts in which it holds it.
//!
//! ```text
//!   newest                                                     oldest
//!   memtable ◄──── frozen memtable ◄──── table 12 ◄──── … ◄──── table 1
//!   takes writes   on its way into
//!                  table 13
//! ```
//!
//! Every version in a part is newer than every version of the same key in the parts to its
//! right. So a lookup asks from left to right, and the first part that knows anything about the
//! key has the answer.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use ferrisdb_core::{InternalKey, Operation, Timestamp};
use ferrisdb_memtable::Memtable;
use ferrisdb_sstable::Table;

use crate::Result;

/// Keys with their values, in order.
pub(crate) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// The parts of the database at one moment. It is never changed: when a part comes or goes, a new
/// one takes its place, and whoever reads goes on with the one that it has.
#[derive(Debug, Clone)]
pub(crate) struct SuperVersion {
    /// Takes the writes.
    pub(crate) memtable: Arc<Memtable>,
    /// A full one that is not in a table yet.
    pub(crate) frozen: Option<Arc<Memtable>>,
    /// Newest first.
    pub(crate) tables: Vec<Arc<Table>>,
}

impl SuperVersion {
    /// A database in which nothing was ever written.
    pub(crate) fn new(memtable: Memtable) -> Self {
        Self {
            memtable: Arc::new(memtable),
            frozen: None,
            tables: Vec::new(),
        }
    }

    /// The same with a new memtable in front of the one that was full. That one has to go into a
    /// table before the next is full.
    pub(crate) fn with_memtable(&self, memtable: Memtable) -> Self {
        Self {
            memtable: Arc::new(memtable),
            frozen: Some(Arc::clone(&self.memtable)),
            tables: self.tables.clone(),
        }
    }

    /// The same with the frozen memtable's table in its place.
    pub(crate) fn with_table(&self, table: Table) -> Self {
        let older = self.tables.iter().cloned();
        Self {
            memtable: Arc::clone(&self.memtable),
            frozen: None,
            tables: std::iter::once(Arc::new(table)).chain(older).collect(),
        }
    }

    /// All memtables, newest first.
    pub(crate) fn memtables(&self) -> impl Iterator<Item = &Memtable> {
        std::iter::once(&*self.memtable).chain(self.frozen.as_deref())
    }

    /// The value of a key as of a timestamp.
    pub(crate) fn get(&self, key: &[u8], as_of: Timestamp) -> Result<Option<Vec<u8>>> {
        for memtable in self.memtables() {
            if let Some(found) = memtable.get(key, as_of) {
                return Ok(found.value().map(<[u8]>::to_vec));
            }
        }
        for table in &self.tables {
            if let Some(found) = table.get(key, as_of)? {
                return Ok(found.value());
            }
        }
        Ok(None)
    }

    /// The keys between two bounds that have a value as of a timestamp, with it.
    pub(crate) fn collect(
        &self,
        start: Bound<&[u8]>,
        end: Bound<&[u8]>,
        as_of: Timestamp,
    ) -> Result<Pairs> {
        let mut seen = Seen::new(end, as_of);
        let first = match start {
            Bound::Included(key) | Bound::Excluded(key) => newest(key),
            Bound::Unbounded => newest(&[]),
        };
        for memtable in self.memtables() {
            let mut cursor = memtable.versions();
            cursor.seek(first);
            while let Some(entry) = cursor.current()
                && seen.add(entry.key, entry.value)
            {
                cursor.next();
            }
        }
        for table in &self.tables {
            let mut cursor = table.cursor();
            cursor.seek(first)?;
            while cursor.is_valid() && seen.add(cursor.key(), cursor.value()) {
                cursor.next()?;
            }
        }
        Ok(seen.into_pairs(start))
    }
}

/// The place before all versions of a key.
fn newest(user_key: &[u8]) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: Timestamp::MAX,
        operation: Operation::Put,
    }
}

/// What the parts hold of a range. They are asked newest first, and each shows the versions of a
/// key newest first, so the first visible version of a key is the one that counts.
struct Seen<'a> {
    end: Bound<&'a [u8]>,
    as_of: Timestamp,
    /// `None` is a tombstone.
    values: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl<'a> Seen<'a> {
    fn new(end: Bound<&'a [u8]>, as_of: Timestamp) -> Self {
        Self {
            end,
            as_of,
            values: BTreeMap::new(),
        }
    }

    /// Takes note of a version; `false` if it lies behind the range.
    fn add(&mut self, version: InternalKey<'_>, value: &[u8]) -> bool {
        let key = version.user_key;
        let behind = match self.end {
            Bound::Included(end) => key > end,
            Bound::Excluded(end) => key >= end,
            Bound::Unbounded => false,
        };
        if !behind && version.timestamp <= self.as_of && !self.values.contains_key(key) {
            let value = (version.operation == Operation::Put).then(|| value.to_vec());
            self.values.insert(key.to_vec(), value);
        }
        !behind
    }

    /// What has a value.
    fn into_pairs(mut self, start: Bound<&[u8]>) -> Pairs {
        if let Bound::Excluded(key) = start {
            self.values.remove(key);
        }
        let pairs = self.values.into_iter();
        pairs
            .filter_map(|(key, value)| Some((key, value?)))
            .collect()
    }
}
