//! The table: how a batch gets in, and how a key is looked up.
//!
//! Which thread may do what: any number of threads read and write at once. A writer holds the
//! read half of the `frozen` lock from its first look at it until its last entry is in; freezing
//! takes the write half, and so waits for writers under way and keeps out later ones. Readers
//! take no lock at all.

use std::ops::RangeBounds;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use ferrisdb_core::{Batch, BatchEntry, Found, Operation, Timestamp};
use ferrisdb_skiplist::{OwnedCursor, SkipList};

use crate::span::Span;
use crate::{Cursor, Error, Result, Scan, in_order, version};

/// The newest writes, sorted, in memory, with every version of each key.
///
/// ```
/// use ferrisdb_core::{Batch, Found, Timestamp};
/// use ferrisdb_memtable::Memtable;
///
/// let table = Memtable::new(1 << 20, 42);
/// let mut batch = Batch::new();
/// batch.put("card-7", "1500");
/// table.write(Timestamp(1), &batch)?;
/// batch.clear();
/// batch.delete("card-7");
/// table.write(Timestamp(2), &batch)?;
///
/// assert_eq!(table.get(b"card-7", Timestamp(1)), Some(Found::Value(&b"1500"[..])));
/// assert_eq!(table.get(b"card-7", Timestamp(2)), Some(Found::Deleted));
/// assert_eq!(table.get(b"card-9", Timestamp(2)), None);
/// # Ok::<(), ferrisdb_memtable::Error>(())
/// ```
#[derive(Debug)]
pub struct Memtable {
    /// Made by the first batch. Cursors that own their list share it.
    list: OnceLock<Arc<SkipList>>,
    frozen: RwLock<bool>,
    span: Span,
    size_budget: usize,
    seed: u64,
}

impl Memtable {
    /// An empty table that will hold `size_budget` bytes as [`memory_used`](Self::memory_used)
    /// counts them, or a single larger batch. `seed` decides the shape of its list.
    ///
    /// It takes no memory before the first write.
    #[must_use]
    pub fn new(size_budget: usize, seed: u64) -> Self {
        Self {
            list: OnceLock::new(),
            frozen: RwLock::new(false),
            span: Span::new(),
            size_budget,
            seed,
        }
    }

    /// Does all writes of a batch, or none of them. An empty batch does nothing.
    ///
    /// Each batch needs a timestamp of its own, in whatever order they come. Readers as of that
    /// timestamp or later may see a part of the batch until this has returned, so whoever hands
    /// out timestamps to readers waits for it.
    ///
    /// On an error nothing was written. (One thing cannot be promised: of two batches that write
    /// the same key as of the same timestamp *at the same moment*, one may get half-way.)
    pub fn write(&self, timestamp: Timestamp, batch: &Batch) -> Result<()> {
        batch.check()?;
        let frozen = self.frozen.read().unwrap_or_else(PoisonError::into_inner);
        if *frozen {
            return Err(Error::Frozen);
        }
        let entries = in_order(batch);
        if entries.is_empty() {
            return Ok(());
        }
        let list = self.list_for(timestamp, &entries)?;
        let mut room = list.reserve(size_in(list, timestamp, &entries))?;
        self.refuse_duplicates(list, timestamp, &entries)?;
        for entry in &entries {
            room.insert(version::of(entry, timestamp), entry.value)?;
        }
        Ok(())
    }

    /// The list; if there is none yet, a new one.
    fn list_for(&self, timestamp: Timestamp, entries: &[BatchEntry<'_>]) -> Result<&SkipList> {
        if let Some(list) = self.list.get() {
            return Ok(list);
        }
        let list = self.first_list(timestamp, entries)?;
        // Another thread may have been faster; then this one goes, and none of its pages was
        // ever touched.
        Ok(self.list.get_or_init(|| Arc::new(list)))
    }

    /// A list with room for the budget, or for the first batch if that is larger.
    fn first_list(&self, timestamp: Timestamp, entries: &[BatchEntry<'_>]) -> Result<SkipList> {
        let list = SkipList::new(self.size_budget, self.seed)?;
        let needed = size_in(&list, timestamp, entries);
        if needed <= list.capacity() {
            return Ok(list);
        }
        Ok(SkipList::new(needed, self.seed)?)
    }

    /// Notes the timestamp, and refuses one with which any of the keys was written before.
    ///
    /// A timestamp that is larger than all before is new, and normally that is all there is to
    /// check.
    fn refuse_duplicates(
        &self,
        list: &SkipList,
        timestamp: Timestamp,
        entries: &[BatchEntry<'_>],
    ) -> Result<()> {
        if self.span.include(timestamp) {
            return Ok(());
        }
        let is_there = |entry: &BatchEntry<'_>| {
            let found = list.get(version::of(entry, timestamp));
            found.is_some_and(|found| found.key.timestamp == timestamp)
        };
        if entries.iter().any(is_there) {
            return Err(Error::Duplicate { timestamp });
        }
        Ok(())
    }

    /// What the table knows about a key as of a timestamp: its value, that it was deleted, or
    /// nothing.
    pub fn get<'a>(&'a self, key: &[u8], as_of: Timestamp) -> Option<Found<&'a [u8]>> {
        let found = self.list.get()?.get(version::as_of(key, as_of))?;
        Some(match found.key.operation {
            Operation::Put => Found::Value(found.value),
            Operation::Delete => Found::Deleted,
        })
    }

    /// The keys in a range that have a value as of a timestamp, with it, in order; `rev()` walks
    /// backwards, and both ends can be walked in turn.
    ///
    /// A range that ends before it starts is empty. Where the compiler cannot tell the type of
    /// the bounds, name it: `table.scan::<&str>(.., as_of)`.
    pub fn scan<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>, as_of: Timestamp) -> Scan<'_> {
        Scan::new(self.list(), &range, as_of)
    }

    /// A cursor over every version of every key, tombstones included; at none of them yet.
    pub fn versions(&self) -> Cursor<'_> {
        Cursor::new(self.list())
    }

    /// A cursor over every version that keeps them alive by itself, for whoever goes on reading
    /// when the table is gone; `None` as long as nothing was ever written.
    pub fn owned_cursor(&self) -> Option<OwnedCursor> {
        self.list.get().cloned().map(OwnedCursor::new)
    }

    /// The list, if there is one yet.
    fn list(&self) -> Option<&SkipList> {
        self.list.get().map(Arc::as_ref)
    }

    /// Ends the writing. Returns when no write is under way; every later one is refused. Readers
    /// notice nothing.
    pub fn freeze(&self) {
        *self.frozen.write().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// Whether writes are refused for good.
    pub fn is_frozen(&self) -> bool {
        *self.frozen.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of versions. While others write, it may be a little behind.
    pub fn len(&self) -> usize {
        self.list().map_or(0, SkipList::len)
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes taken by the versions, to the byte; while others write, also by those to come
    /// of their batches.
    pub fn memory_used(&self) -> usize {
        self.list().map_or(0, SkipList::memory_used)
    }

    /// How many bytes the table was made for.
    pub fn size_budget(&self) -> usize {
        self.size_budget
    }

    /// The smallest timestamp written; `None` if the table is empty.
    pub fn smallest_timestamp(&self) -> Option<Timestamp> {
        self.span.ends().map(|(smallest, _)| smallest)
    }

    /// The largest timestamp written; `None` if the table is empty.
    pub fn largest_timestamp(&self) -> Option<Timestamp> {
        self.span.ends().map(|(_, largest)| largest)
    }
}

/// What the entries of a batch take in a list, in bytes.
fn size_in(list: &SkipList, timestamp: Timestamp, entries: &[BatchEntry<'_>]) -> usize {
    let size =
        |entry: &BatchEntry<'_>| list.node_size(version::of(entry, timestamp), entry.value.len());
    entries.iter().map(size).sum()
}
