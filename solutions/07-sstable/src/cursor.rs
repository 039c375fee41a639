//! Going through a table.
//!
//! ```text
//!   level 0   upper index     ┌ a ┬ b ┬ c ┐
//!                               │   ▼
//!   level 1   part of it            └ b ┬ b' ┬ b'' ┐        (only where the index has parts)
//!                                          ▼
//!   level 2   data                         └ e ┬ e ┬ e ┐
//!                                                ▲ here
//! ```
//!
//! A cursor is one block cursor a level. Where the lowest can go no further, the lowest level
//! that can moves by one, and everything below it starts at the first (or the last) entry of
//! the block that it leads to.

use std::borrow::Borrow;

use bytes::Bytes;
use ferrisdb_block::{Block, Cursor as BlockCursor, Handle, Kind};
use ferrisdb_core::{InternalKey, Operation, Source};

use crate::readahead::Readahead;
use crate::{Error, Result, Table};

/// The most that a scan reads at a time, in bytes, unless it is told otherwise.
const READAHEAD_MAX: usize = 256 << 10;

/// A place in a table: at one of its entries, or at none.
///
/// It is at none before its first move, once it was moved past either end, and after an error.
/// [`next`](Self::next) and [`prev`](Self::prev) then do nothing. `T` is `&Table`, or
/// `Arc<Table>` for a cursor that has to outlive the place where the table was opened.
#[derive(Debug)]
pub struct Cursor<T> {
    table: T,
    /// How many levels there are, the data included.
    depth: usize,
    /// From the upper index down. Those to which the last search did not get are at no entry, or
    /// missing.
    levels: Vec<Level>,
    readahead: Readahead,
    fill_cache: bool,
}

#[derive(Debug)]
struct Level {
    /// Where the block lies.
    handle: Handle,
    cursor: BlockCursor,
}

impl<T: Borrow<Table>> Cursor<T> {
    /// A cursor over all entries of a table, at none yet.
    pub fn new(table: T) -> Self {
        let depth = table.borrow().footer.index_levels as usize + 1;
        Self {
            table,
            depth,
            levels: Vec::new(),
            readahead: Readahead::new(READAHEAD_MAX),
            fill_cache: true,
        }
    }

    /// Whether blocks that had to be read are put into the cache, which is the default. Whoever
    /// reads a whole table once, as a compaction does, had better leave the cache to others.
    #[must_use]
    pub fn fill_cache(mut self, fill: bool) -> Self {
        self.fill_cache = fill;
        self
    }

    /// How much a scan may read ahead at a time, in bytes; 256 KiB by default, 0 for nothing.
    #[must_use]
    pub fn readahead(mut self, bytes: usize) -> Self {
        self.readahead = Readahead::new(bytes);
        self
    }

    /// Moves to the first entry, if there is one.
    pub fn seek_to_first(&mut self) -> Result<()> {
        self.place(&BlockCursor::seek_to_first)
    }

    /// Moves to the last entry, if there is one.
    pub fn seek_to_last(&mut self) -> Result<()> {
        self.place(&BlockCursor::seek_to_last)
    }

    /// Moves to the first entry whose key is `target` or comes after it.
    pub fn seek(&mut self, target: InternalKey<'_>) -> Result<()> {
        self.place(&|cursor| cursor.seek(target))?;
        if !self.is_valid() && self.is_in_a_block() {
            // The target lies between the last key of a block and the first of the next.
            return self.forward();
        }
        Ok(())
    }

    /// Moves to the last entry whose key is `target` or comes before it.
    pub fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<()> {
        self.place(&|cursor| cursor.seek(target))?;
        if self.is_valid() {
            return if self.key() > target {
                self.prev()
            } else {
                Ok(())
            };
        }
        if self.is_in_a_block() {
            // The target lies behind the last key of it.
            return self.apply(self.depth - 1, &BlockCursor::seek_to_last);
        }
        self.seek_to_last()
    }

    /// Moves to the next entry, or past the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "a cursor lends its entry and goes both ways; an iterator does neither"
    )]
    pub fn next(&mut self) -> Result<()> {
        if self.step(&BlockCursor::next)? {
            return self.forward();
        }
        Ok(())
    }

    /// Moves to the entry before, or past the beginning.
    pub fn prev(&mut self) -> Result<()> {
        if self.step(&BlockCursor::prev)? {
            return self.backward();
        }
        Ok(())
    }

    /// Whether the cursor is at an entry.
    pub fn is_valid(&self) -> bool {
        let data = self.levels.get(self.depth - 1);
        data.is_some_and(|level| level.cursor.is_valid())
    }

    /// The key of the current entry.
    ///
    /// # Panics
    /// If the cursor is at no entry.
    pub fn key(&self) -> InternalKey<'_> {
        self.entry().key()
    }

    /// The value of the current entry; empty for a delete.
    ///
    /// # Panics
    /// If the cursor is at no entry.
    pub fn value(&self) -> &[u8] {
        self.entry().value()
    }

    /// The value of the current entry, which shares the memory of its block, or of all that was
    /// read ahead together with it.
    ///
    /// # Panics
    /// If the cursor is at no entry.
    pub fn value_bytes(&self) -> Bytes {
        self.entry().value_bytes()
    }

    /// Whether the index leads to a data block.
    fn is_in_a_block(&self) -> bool {
        let index = self.levels.get(self.depth - 2);
        index.is_some_and(|level| level.cursor.is_valid())
    }

    fn entry(&self) -> &BlockCursor {
        let data = self.levels.get(self.depth - 1).map(|level| &level.cursor);
        data.expect("a cursor is asked for its entry only where `is_valid` says that it has one")
    }

    /// Moves within the data block; says whether that led out of it.
    #[inline]
    fn step(&mut self, step: Move<'_>) -> Result<bool> {
        match self.levels.get_mut(self.depth - 1) {
            Some(data) if data.cursor.is_valid() => {
                let damaged = self.table.borrow().source.damaged(Kind::Data, data.handle);
                step(&mut data.cursor).map_err(damaged)?;
                Ok(!data.cursor.is_valid())
            }
            _ => Ok(false),
        }
    }

    /// Goes to the first entry of the next data block.
    fn forward(&mut self) -> Result<()> {
        self.turn(&BlockCursor::next, &BlockCursor::seek_to_first)
    }

    /// Goes to the last entry of the data block before.
    fn backward(&mut self) -> Result<()> {
        self.turn(&BlockCursor::prev, &BlockCursor::seek_to_last)
    }

    /// Leaves a data block that is used up: moves the lowest index cursor that can move, and
    /// starts everything below it anew.
    fn turn(&mut self, step: Move<'_>, start: Move<'_>) -> Result<()> {
        for level in (0..self.depth - 1).rev() {
            self.apply(level, step)?;
            if self.levels[level].cursor.is_valid() {
                return self.descend(level + 1, start);
            }
        }
        Ok(())
    }

    /// Starts at the upper index: `position` says where in each block to go.
    fn place(&mut self, position: Move<'_>) -> Result<()> {
        for level in &mut self.levels {
            level.cursor.clear();
        }
        let handle = self.table.borrow().footer.index;
        self.enter(0, handle)?;
        self.apply(0, position)?;
        self.descend(1, position)
    }

    /// Follows the index entry above `level` into its block, goes to the place there that
    /// `position` chooses, and so on down to the data. Where there is no entry to follow, the
    /// cursor is at none.
    fn descend(&mut self, level: usize, position: Move<'_>) -> Result<()> {
        for level in level..self.depth {
            let parent = &self.levels[level - 1];
            if !parent.cursor.is_valid() {
                return Ok(());
            }
            let table = self.table.borrow();
            let handle = table.child(level, parent.handle, parent.cursor.value())?;
            self.enter(level, handle)?;
            self.apply(level, position)?;
        }
        Ok(())
    }

    /// Moves the cursor of one level within its block.
    fn apply(&mut self, level: usize, step: Move<'_>) -> Result<()> {
        let table = self.table.borrow();
        let Level { handle, cursor } = &mut self.levels[level];
        step(cursor).map_err(table.source.damaged(table.kind_at(level), *handle))
    }

    /// Goes over to another block of a level, at no entry yet.
    fn enter(&mut self, level: usize, handle: Handle) -> Result<()> {
        let block = self.block(level, handle)?;
        if let Some(level) = self.levels.get_mut(level) {
            level.handle = handle;
            level.cursor.set_block(block);
        } else {
            let cursor = block.cursor();
            self.levels.push(Level { handle, cursor });
        }
        Ok(())
    }

    /// A block, from wherever it is.
    fn block(&mut self, level: usize, handle: Handle) -> Result<Block> {
        let table = self.table.borrow();
        if table.kind_at(level) == Kind::Index {
            return table.index_block(handle, &mut |_| ());
        }
        self.readahead.note(handle);
        if let Some(block) = table.cached(Kind::Data, handle) {
            return Ok(block);
        }
        let (frame, is_shared) = self
            .readahead
            .read(&table.source, handle, table.footer.tail)?;
        if !self.fill_cache {
            return table.source.block(Kind::Data, handle, frame);
        }
        let block = if is_shared {
            // A block in the cache must not keep everything that was read ahead in memory.
            table.source.own_block(Kind::Data, handle, frame)?
        } else {
            table.source.block(Kind::Data, handle, frame)?
        };
        table.remember(Kind::Data, handle, &block);
        Ok(block)
    }
}

/// A move of a cursor within one block.
type Move<'a> = &'a dyn Fn(&mut BlockCursor) -> ferrisdb_block::Result<()>;

/// A table takes part in a merge.
impl<T: Borrow<Table>> Source for Cursor<T> {
    type Error = Error;

    fn seek_to_first(&mut self) -> Result<()> {
        Self::seek_to_first(self)
    }

    fn seek_to_last(&mut self) -> Result<()> {
        Self::seek_to_last(self)
    }

    fn seek(&mut self, target: InternalKey<'_>) -> Result<()> {
        let operation = Operation::Put; // Comes first.
        let target = InternalKey {
            operation,
            ..target
        };
        Self::seek(self, target)
    }

    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<()> {
        let operation = Operation::Delete; // Comes last.
        let target = InternalKey {
            operation,
            ..target
        };
        Self::seek_for_prev(self, target)
    }

    #[inline]
    fn next(&mut self) -> Result<()> {
        Self::next(self)
    }

    #[inline]
    fn prev(&mut self) -> Result<()> {
        Self::prev(self)
    }

    #[inline]
    fn is_valid(&self) -> bool {
        Self::is_valid(self)
    }

    #[inline]
    fn key(&self) -> InternalKey<'_> {
        Self::key(self)
    }

    #[inline]
    fn value(&self) -> &[u8] {
        Self::value(self)
    }
}
