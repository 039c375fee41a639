//! One block of memory, handed out from the front and freed as a whole.

use std::alloc::{Layout, alloc, dealloc};
use std::marker::PhantomData;
use std::ptr::NonNull;

use crate::pages::{LARGE_PAGE, advise_large};
use crate::sync::{AtomicUsize, Ordering};
use crate::{Error, Result};

/// What nodes are aligned to, and the unit in which they are numbered, in bytes.
pub(crate) const UNIT: usize = 8;

/// A block begins at the start of a cache line.
const CACHE_LINE: usize = 64;

/// The most bytes that 32-bit numbers of units can address.
pub(crate) const ADDRESSABLE: usize = UNIT << 32;

/// One block of memory, handed out from the front and freed as a whole.
///
/// ```text
///   ├── reserved ──┼── room ──┼── room ──┼── free ────────────────┤
///   0                                    used                     capacity
/// ```
///
/// Nothing is ever taken back and handed out again, unless nobody has written to it. That is
/// why nobody can hold the address of something else's memory.
#[derive(Debug)]
pub(crate) struct Arena {
    start: NonNull<u8>,
    layout: Layout,
    used: AtomicUsize,
}

// SAFETY: the block belongs to the arena alone. All that is shared of it is `used`, an atomic;
// the bytes are reached through `Room`, of which no two overlap, or through nodes, which say
// themselves who may read them when.
unsafe impl Send for Arena {}
// SAFETY: as above.
unsafe impl Sync for Arena {}

/// Bytes of an arena that belong to its holder alone: nobody else has been or will be given
/// them.
#[derive(Debug)]
pub(crate) struct Room<'a> {
    arena: PhantomData<&'a Arena>,
    start: NonNull<u8>,
    size: usize,
}

// SAFETY: nobody else has these bytes, so they can go wherever their holder goes.
unsafe impl Send for Room<'_> {}
// SAFETY: a shared room gives away its address and nothing else.
unsafe impl Sync for Room<'_> {}

impl Arena {
    /// Takes `size` bytes from the operating system, at most [`ADDRESSABLE`]. The pages of
    /// memory come as they are first used, so a large arena costs nothing until it is filled.
    /// `None` if there is not enough memory.
    pub(crate) fn new(size: usize) -> Option<Self> {
        debug_assert!(size > 0);
        let is_large = size >= 2 * LARGE_PAGE;
        let align = if is_large { LARGE_PAGE } else { CACHE_LINE };
        let layout = Layout::from_size_align(size, align).ok()?;
        // SAFETY: the size is not zero, since the head has to fit.
        let start = NonNull::new(unsafe { alloc(layout) })?;
        if is_large {
            advise_large(NonNull::slice_from_raw_parts(start, size));
        }
        let used = AtomicUsize::new(0);
        Some(Self {
            start,
            layout,
            used,
        })
    }

    /// The first byte.
    #[inline]
    pub(crate) fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// All its bytes.
    pub(crate) fn size(&self) -> usize {
        self.layout.size()
    }

    /// Bytes handed out so far.
    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Hands out `size` bytes, rounded up to whole units.
    ///
    /// `used` moves only if they fit, so a large request that is refused leaves room for a small
    /// one. `Relaxed` is enough: a compare-and-swap gives every thread another range, in whatever
    /// order, and the bytes themselves are published by whoever links them.
    pub(crate) fn allocate(&self, size: usize) -> Result<Room<'_>> {
        todo!("move `used` on by the size, rounded up to whole units, if that still fits")
    }

    /// Takes back what is left of a room that nobody has written to, if it is the last one.
    ///
    /// `Relaxed` is enough because nobody has written to it: there is nothing that the next
    /// holder would have to see.
    pub(crate) fn give_back(&self, room: &Room<'_>) {
        let start = self.offset(room.start);
        let end = start + room.size;
        let relaxed = Ordering::Relaxed;
        let _ = self.used.compare_exchange(end, start, relaxed, relaxed);
    }

    /// The number of the unit at an address in the block.
    #[inline]
    pub(crate) fn number(&self, address: NonNull<u8>) -> u32 {
        let number = self.offset(address) / UNIT;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the block is not larger than that"
        )]
        let number = number as u32;
        number
    }

    /// The address of a unit.
    ///
    /// # Safety
    /// The unit lies in the block.
    #[inline]
    pub(crate) unsafe fn address(&self, number: u32) -> NonNull<u8> {
        // SAFETY: the caller's promise.
        unsafe { self.start.add(number as usize * UNIT) }
    }

    fn offset(&self, address: NonNull<u8>) -> usize {
        address.addr().get() - self.start.addr().get()
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        // SAFETY: the block was allocated with this layout, and whoever looked into it has
        // borrowed the arena, so nobody does any more.
        unsafe { dealloc(self.start.as_ptr(), self.layout) };
    }
}

impl<'a> Room<'a> {
    /// Its first byte, for whoever fills it.
    #[inline]
    pub(crate) fn into_start(self) -> NonNull<u8> {
        self.start
    }

    /// Its size in bytes, a multiple of [`UNIT`].
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Takes `size` bytes from its front, a multiple of [`UNIT`]; `None` if it has fewer.
    pub(crate) fn split(&mut self, size: usize) -> Option<Room<'a>> {
        let rest = self.size.checked_sub(size)?;
        let front = Room { size, ..*self };
        // SAFETY: `size` is at most the size of the room.
        self.start = unsafe { self.start.add(size) };
        self.size = rest;
        Some(front)
    }
}
