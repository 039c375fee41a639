//! Reading a block.
//!
//! An entry holds only what its key does not share with the one before, so it can be read only
//! after that one. Reading can begin at a restart point, where the whole key is stored, and goes
//! forward from there. Everything that a cursor does is made of these two steps:
//!
//! ```text
//!              restart point            restart point
//!              ▼                        ▼
//!              e0  e1  e2  e3  e4  e5   e6  e7  e8  e9
//!   seek       ●──►●──►●                             a point before, then forward
//!   next               ●──►●                         one step
//!   prev       ●──►●──►◌                             back to a point, forward again
//! ```

use std::cmp::Ordering;

use bytes::Bytes;
use ferrisdb_core::InternalKey;

use crate::entry::{self, Entry, shared_size};
use crate::{Block, Damage, Error, Result};

/// A place in a block: at one of its entries, or at none.
///
/// It is at none before its first move, once it was moved past either end, and after an error.
/// [`next`](Self::next) and [`prev`](Self::prev) then do nothing.
#[derive(Debug, Clone)]
pub struct Cursor {
    block: Block,
    /// The user key of the current entry, put together from its parts.
    key: Vec<u8>,
    /// Where the current entry begins.
    start: usize,
    /// The current entry, if there is one.
    entry: Option<Entry>,
}

impl Cursor {
    pub(crate) fn new(block: Block) -> Self {
        Self {
            block,
            key: Vec::new(),
            start: 0,
            entry: None,
        }
    }

    /// Goes over to another block, at no entry yet, and keeps the memory for the key.
    pub fn set_block(&mut self, block: Block) {
        self.block = block;
        self.entry = None;
    }

    /// Goes to no entry, and keeps the block.
    pub fn clear(&mut self) {
        self.entry = None;
    }

    /// The block.
    pub fn block(&self) -> &Block {
        &self.block
    }

    /// Moves to the first entry, if there is one.
    pub fn seek_to_first(&mut self) -> Result<()> {
        self.read_restart(0)
    }

    /// Moves to the last entry, if there is one.
    pub fn seek_to_last(&mut self) -> Result<()> {
        self.read_before(self.block.entries().len())
    }

    /// Moves to the first entry whose key is `target` or comes after it.
    pub fn seek(&mut self, target: InternalKey<'_>) -> Result<()> {
        self.entry = None;
        // The keys at restart points below `low` come before the target, those from `high` on
        // do not. Of a block as it should be, little is left to be looked at in between.
        let (mut low, mut high) = self.block.restarts_around(target);
        while low < high {
            let middle = low.midpoint(high);
            match self.compare_restart(middle, target)? {
                Ordering::Less => low = middle + 1,
                Ordering::Equal | Ordering::Greater => high = middle,
            }
        }
        if self.block.is_dense() {
            // No entry lies between one restart point and the next.
            return self.scan(low, target);
        }
        self.scan(low.saturating_sub(1), target)
    }

    /// Moves to the last entry whose key is `target` or comes before it.
    pub fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<()> {
        self.seek(target)?;
        if !self.is_valid() {
            self.seek_to_last()
        } else if self.key() > target {
            self.prev()
        } else {
            Ok(())
        }
    }

    /// Moves to the next entry, or past the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "a cursor lends its entry and goes both ways; an iterator does neither"
    )]
    pub fn next(&mut self) -> Result<()> {
        match &self.entry {
            Some(entry) => self.read(entry.value.end),
            None => Ok(()),
        }
    }

    /// Moves to the entry before, or past the beginning.
    pub fn prev(&mut self) -> Result<()> {
        match &self.entry {
            Some(_) => self.read_before(self.start),
            None => Ok(()),
        }
    }

    /// Whether the cursor is at an entry.
    #[inline]
    pub fn is_valid(&self) -> bool {
        self.entry.is_some()
    }

    /// The key of the current entry.
    ///
    /// # Panics
    /// If the cursor is at no entry.
    #[inline]
    pub fn key(&self) -> InternalKey<'_> {
        let entry = self.entry();
        InternalKey {
            user_key: &self.key,
            timestamp: entry.timestamp,
            operation: entry.operation,
        }
    }

    /// The value of the current entry; empty for a delete.
    ///
    /// # Panics
    /// If the cursor is at no entry.
    #[inline]
    pub fn value(&self) -> &[u8] {
        &self.block.entries()[self.entry().value.clone()]
    }

    /// The value of the current entry, which keeps the block's memory alive and copies nothing.
    ///
    /// # Panics
    /// If the cursor is at no entry.
    pub fn value_bytes(&self) -> Bytes {
        self.block.share(self.entry().value.clone())
    }

    #[inline]
    fn entry(&self) -> &Entry {
        let entry = self.entry.as_ref();
        entry.expect("a cursor is asked for its entry only where `is_valid` says that it has one")
    }

    /// Reads the entry at `start`, which follows the current one or is at a restart point. Past
    /// the last entry there is none.
    #[inline]
    fn read(&mut self, start: usize) -> Result<()> {
        self.entry = None;
        let entries = self.block.entries();
        if start == entries.len() {
            return Ok(());
        }
        let entry = entry::decode(entries, start)?;
        if entry.shared > self.key.len() {
            return Err(shared(start, &entry, self.key.len()));
        }
        self.key.truncate(entry.shared);
        self.key.extend_from_slice(&entries[entry.suffix.clone()]);
        self.start = start;
        self.entry = Some(entry);
        Ok(())
    }

    /// Reads the entry at restart point `index`. If there is no such point, the block is empty,
    /// and there is no entry either.
    fn read_restart(&mut self, index: usize) -> Result<()> {
        self.entry = None;
        if index >= self.block.restart_count() {
            return Ok(());
        }
        self.key.clear();
        self.read(self.restart_offset(index)?)
    }

    /// Moves to the first entry from restart point `index` on whose key is `target` or comes
    /// after it.
    ///
    /// No key is put together on the way. It is enough to know how many bytes the key before has
    /// in common with the target: a key that shares more than these with it is different from the
    /// target in the same byte, so it comes before the target as well.
    fn scan(&mut self, index: usize, target: InternalKey<'_>) -> Result<()> {
        if index >= self.block.restart_count() {
            return Ok(());
        }
        let entries = self.block.entries();
        let mut start = self.restart_offset(index)?;
        self.block.prefetch(index);
        let mut common = 0;
        while start < entries.len() {
            let entry = entry::decode(entries, start)?;
            if entry.shared <= common {
                let rest = InternalKey {
                    user_key: &target.user_key[entry.shared..],
                    ..target
                };
                let key = entry.suffix_key(entries);
                if key >= rest {
                    self.key.clear();
                    self.key.extend_from_slice(&target.user_key[..entry.shared]);
                    self.key.extend_from_slice(key.user_key);
                    self.start = start;
                    self.entry = Some(entry);
                    return Ok(());
                }
                common = entry.shared + shared_size(key.user_key, rest.user_key);
            }
            start = entry.value.end;
        }
        Ok(())
    }

    /// Reads the entry that ends at `end`: the one before the entry that begins there.
    fn read_before(&mut self, end: usize) -> Result<()> {
        self.entry = None;
        let index = self.restarts_before(end);
        let Some(index) = index.checked_sub(1) else {
            return Ok(());
        };
        self.read_restart(index)?;
        while let Some(entry) = &self.entry
            && entry.value.end < end
        {
            self.next()?;
        }
        if self
            .entry
            .as_ref()
            .is_some_and(|entry| entry.value.end == end)
        {
            return Ok(());
        }
        self.entry = None;
        Err(self.bad_restart(
            index,
            "no entry from there on ends where the next one begins",
        ))
    }

    /// How many restart points lead to places before `end`.
    fn restarts_before(&self, end: usize) -> usize {
        let (mut low, mut high) = (0, self.block.restart_count());
        while low < high {
            let middle = low.midpoint(high);
            if self.block.restart(middle) < end {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// How the key at restart point `index` compares with `target`.
    fn compare_restart(&self, index: usize, target: InternalKey<'_>) -> Result<Ordering> {
        let entries = self.block.entries();
        let start = self.restart_offset(index)?;
        let entry = entry::decode(entries, start)?;
        if entry.shared > 0 {
            return Err(shared(start, &entry, 0));
        }
        Ok(entry.suffix_key(entries).cmp(&target))
    }

    /// Where restart point `index` leads, if that is where an entry can begin.
    fn restart_offset(&self, index: usize) -> Result<usize> {
        let offset = self.block.restart(index);
        if offset < self.block.entries().len() {
            return Ok(offset);
        }
        Err(self.bad_restart(index, "the entries end before it"))
    }

    #[cold]
    fn bad_restart(&self, index: usize, reason: &'static str) -> Error {
        let offset = self.block.restart(index);
        let damage = Damage::Restart {
            index,
            offset,
            reason,
        };
        Error::damaged(self.block.restart_place(index), damage)
    }
}

/// The error of an entry that shares more than there is.
#[cold]
fn shared(start: usize, entry: &Entry, available: usize) -> Error {
    let shared = entry.shared;
    Error::damaged(start, Damage::Shared { shared, available })
}
