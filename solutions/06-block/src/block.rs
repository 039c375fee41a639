//! A block of entries, as it lies in memory.
//!
//! ```text
//!   size      field
//!   n         entries          one behind the other
//!   4 each    restart points   the offset of every 16th entry (say), ascending
//!   4         count            how many restart points there are
//! ```
//!
//! All numbers are little-endian. The restart points lie at the end because the builder knows
//! them only then. Every entry at a restart point has its whole key, which makes two things
//! possible: a binary search over the restart points, and reading backwards from one to the
//! next.

use std::hint::black_box;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use ferrisdb_core::{InternalKey, KEY_SIZE_MAX, VALUE_SIZE_MAX};

use crate::entry::ENTRY_OVERHEAD_MAX;
use crate::fences::Fences;
use crate::{Cursor, Damage, Error, Result};

/// The largest block, in bytes: one largest legal entry fits behind a mebibyte of others.
pub const BLOCK_SIZE_MAX: usize =
    (1 << 20) + ENTRY_OVERHEAD_MAX + KEY_SIZE_MAX + VALUE_SIZE_MAX + RESTART_SIZE;

/// The size of a restart point and of their count, in bytes.
pub(crate) const RESTART_SIZE: usize = 4;

/// How much memory the processor fetches at a time, in bytes.
const CACHE_LINE: usize = 64;

/// The most that is fetched before a walk over entries. If they are larger than this, most of
/// their bytes are values, which the walk passes over.
const PREFETCH_LINES_MAX: usize = 16;

/// A block of entries, as it lies in memory.
///
/// A clone shares the bytes and costs one counter. What the entries say is not looked at
/// before a [`Cursor`] comes by, so parsing takes the same few nanoseconds for any block.
///
/// ```
/// use ferrisdb_block::{Block, Builder};
/// use ferrisdb_core::{InternalKey, Operation, Timestamp};
///
/// let key = InternalKey { user_key: b"apple", timestamp: Timestamp(7), operation: Operation::Put };
/// let mut builder = Builder::new(16);
/// builder.add(key, b"red")?;
///
/// let block = Block::parse(builder.finish().to_vec().into())?;
/// let mut cursor = block.cursor();
/// cursor.seek_to_first()?;
/// assert_eq!((cursor.key(), cursor.value()), (key, &b"red"[..]));
/// # Ok::<(), ferrisdb_block::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Block(Arc<Parts>);

#[derive(Debug)]
#[repr(C)] // The fences first: they are looked at first, and are close to the counter then.
struct Parts {
    /// Made by the first search: many blocks are only walked through.
    fences: OnceLock<Fences>,
    bytes: Bytes,
    /// Where the entries end and the restart points begin.
    entries_end: usize,
    /// How many restart points there are.
    restarts: usize,
}

impl Block {
    /// Takes the bytes that a [`Builder`](crate::Builder) has finished.
    ///
    /// Looks at the count and the first restart point only. A block without entries has no
    /// restart points; any other begins with one.
    pub fn parse(bytes: Bytes) -> Result<Self> {
        let cut_short = |needed| {
            let damage = Damage::CutShort {
                what: "block",
                needed,
                found: bytes.len(),
            };
            Error::damaged(bytes.len(), damage)
        };
        let Some((rest, count)) = bytes.split_last_chunk() else {
            return Err(cut_short(RESTART_SIZE));
        };
        let restarts = u32::from_le_bytes(*count) as usize;
        let needed = restarts.saturating_mul(RESTART_SIZE);
        let Some(entries_end) = rest.len().checked_sub(needed) else {
            return Err(cut_short(needed.saturating_add(RESTART_SIZE)));
        };
        let block = Self::new(bytes, entries_end, restarts);
        block.check_first_restart()?;
        Ok(block)
    }

    /// The block whose entries end at `entries_end` of `bytes`, where so many restart points
    /// follow. They must be there.
    fn new(bytes: Bytes, entries_end: usize, restarts: usize) -> Self {
        Self(Arc::new(Parts {
            fences: OnceLock::new(),
            bytes,
            entries_end,
            restarts,
        }))
    }

    /// A block has a restart point at its first entry, and none if it has no entry.
    fn check_first_restart(&self) -> Result<()> {
        let (offset, reason) = match (self.0.restarts, self.0.entries_end) {
            (0, 0) => return Ok(()),
            (0, _) => (0, "it is missing, although there are entries"),
            (_, 0) => (0, "there are no entries"),
            _ => match self.restart(0) {
                0 => return Ok(()),
                offset => (offset, "the first entry is at byte 0"),
            },
        };
        let damage = Damage::Restart {
            index: 0,
            offset,
            reason,
        };
        Err(Error::damaged(self.0.entries_end, damage))
    }

    /// A cursor over this block, at no entry yet.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor::new(self.clone())
    }

    /// The size of the block, in bytes.
    pub fn size(&self) -> usize {
        self.0.bytes.len()
    }

    /// How much memory the block takes once it was searched, in bytes.
    pub fn memory_used(&self) -> usize {
        self.0.bytes.len() + size_of::<Parts>() + Fences::memory_used(self.0.restarts)
    }

    /// The number of restart points.
    pub fn restart_count(&self) -> usize {
        self.0.restarts
    }

    /// Where restart point `index` says that its entry begins. There must be such a point; it
    /// may lead anywhere.
    #[inline]
    pub(crate) fn restart(&self, index: usize) -> usize {
        let fences = self.0.fences.get();
        if let Some(offset) = fences.and_then(|fences| fences.offset(index)) {
            return offset;
        }
        let offset = self.0.bytes[self.restart_place(index)..].first_chunk();
        u32::from_le_bytes(*offset.expect("parse has made sure that it is there")) as usize
    }

    /// Asks for the memory of the entries from restart point `index` to the next one, all of it at
    /// once.
    ///
    /// Only an entry says where the next one begins, so whoever walks over them waits for one piece
    /// of memory after the other. These reads wait for nothing, and the processor does them side by
    /// side.
    #[inline]
    pub(crate) fn prefetch(&self, index: usize) {
        let fences = self.0.fences.get();
        let next = fences.and_then(|fences| fences.offset(index + 1));
        let range = self.restart(index)..next.unwrap_or(self.0.entries_end);
        let entries = self.entries().get(range).unwrap_or_default();
        for byte in entries.iter().step_by(CACHE_LINE).take(PREFETCH_LINES_MAX) {
            black_box(*byte);
        }
    }

    /// How far a search for `target` gets without a look at the entries: the keys at restart
    /// points below the first number come before it, those from the second on after it.
    #[inline]
    pub fn restarts_around(&self, target: InternalKey<'_>) -> (usize, usize) {
        self.fences().around(target, self.0.restarts)
    }

    /// Whether it is known that every entry has a restart point, as in an index.
    #[inline]
    pub fn is_dense(&self) -> bool {
        self.fences().are_dense()
    }

    #[inline]
    fn fences(&self) -> &Fences {
        let restarts = &self.0.bytes[self.0.entries_end..];
        let make = || Fences::new(self.entries(), &restarts[..self.0.restarts * RESTART_SIZE]);
        self.0.fences.get_or_init(make)
    }

    /// Where restart point `index` is stored.
    #[inline]
    pub(crate) fn restart_place(&self, index: usize) -> usize {
        self.0.entries_end + index * RESTART_SIZE
    }

    /// All entries, one behind the other.
    #[inline]
    pub(crate) fn entries(&self) -> &[u8] {
        &self.0.bytes[..self.0.entries_end]
    }

    /// The bytes at `range` of the entries, without copying them.
    ///
    /// They own a clone of the block, whose counter a lookup has just touched, and not one of its
    /// `Bytes`: those have theirs elsewhere in memory, and waiting for it takes longer than what
    /// `from_owner` allocates.
    pub(crate) fn share(&self, range: Range<usize>) -> Bytes {
        let block = self.clone();
        Bytes::from_owner(Shared { block, range })
    }
}

/// Some bytes of the entries of a block.
struct Shared {
    block: Block,
    range: Range<usize>,
}

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.block.entries()[self.range.clone()]
    }
}
