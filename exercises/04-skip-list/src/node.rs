//! An entry in memory: header, tower, key and value in one piece.
//!
//! ```text
//!   offset  size    field
//!   0       8       timestamp
//!   8       8       sizes: key size (17 bits), value size (25), height (5), operation (8)
//!   16      8 · h   tower: one link for each of the h levels, the lowest first
//!   …       k       key
//!   …       v       value, then up to 7 bytes of padding
//! ```
//!
//! A link is one word, which is read and written at once. The higher half holds the first four
//! bytes of the key to which it leads, the lower half the number of that node:
//!
//! ```text
//!   63           32 31            0
//!   ┌──────────────┬──────────────┐
//!   │ key's prefix │ node number  │      0: there is no next node
//!   └──────────────┴──────────────┘
//! ```
//!
//! All of a node but its tower is written before the node is linked, and never again. So whoever
//! has reached it through a link may read it without asking anybody.

use std::cmp;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::slice;

use ferrisdb_core::{InternalKey, KEY_SIZE_MAX, Operation, Timestamp, VALUE_SIZE_MAX};

use crate::arena::{Arena, Room, UNIT};
use crate::height::HEIGHT_MAX;
use crate::prefetch::prefetch;
use crate::sync::{AtomicU64, Ordering, Witness};

/// What one level of a tower holds: where the next node on this level is, and how its key
/// begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link(u64);

impl Link {
    /// There is no next node on this level. No link leads to the head, so its number is free to
    /// say this.
    pub(crate) const END: Self = Self(0);

    #[inline]
    fn new(number: u32, prefix: u32) -> Self {
        Self(u64::from(prefix) << 32 | u64::from(number))
    }

    /// How the key of the next node begins.
    #[inline]
    pub(crate) fn prefix(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the lower half is what is wanted"
    )]
    fn number(self) -> u32 {
        self.0 as u32
    }
}

/// The first four bytes of a key as a number, zeros where it is shorter. If the prefixes of two
/// keys differ, they are in the order of the keys.
#[inline]
pub(crate) fn prefix(user_key: &[u8]) -> u32 {
    if let Some(&bytes) = user_key.first_chunk() {
        return u32::from_be_bytes(bytes);
    }
    let mut bytes = [0; 4];
    bytes[..user_key.len()].copy_from_slice(user_key);
    u32::from_be_bytes(bytes)
}

#[derive(Clone, Copy)]
#[repr(C)]
struct Header {
    timestamp: u64,
    sizes: Sizes,
}

/// Both sizes, height and operation in one word.
#[derive(Clone, Copy)]
#[repr(transparent)]
struct Sizes(u64);

const KEY_BITS: u32 = 17;
const VALUE_BITS: u32 = 25;
const HEIGHT_BITS: u32 = 5;

const VALUE_SHIFT: u32 = KEY_BITS;
const HEIGHT_SHIFT: u32 = VALUE_SHIFT + VALUE_BITS;
const OPERATION_SHIFT: u32 = HEIGHT_SHIFT + HEIGHT_BITS;

const _: () = {
    assert!(KEY_SIZE_MAX < 1 << KEY_BITS);
    assert!(VALUE_SIZE_MAX < 1 << VALUE_BITS);
    assert!(HEIGHT_MAX < 1 << HEIGHT_BITS);
    assert!(align_of::<AtomicU64>() <= UNIT && align_of::<Witness>() <= UNIT);
};

impl Sizes {
    #[inline]
    fn new(key: usize, value: usize, height: usize, operation: u8) -> Self {
        Self(
            key as u64
                | (value as u64) << VALUE_SHIFT
                | (height as u64) << HEIGHT_SHIFT
                | u64::from(operation) << OPERATION_SHIFT,
        )
    }

    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "no field has more than 25 bits"
    )]
    fn bits(self, shift: u32, bits: u32) -> usize {
        (self.0 >> shift) as usize & ((1 << bits) - 1)
    }

    #[inline]
    fn key(self) -> usize {
        self.bits(0, KEY_BITS)
    }

    #[inline]
    fn value(self) -> usize {
        self.bits(VALUE_SHIFT, VALUE_BITS)
    }

    #[inline]
    fn height(self) -> usize {
        self.bits(HEIGHT_SHIFT, HEIGHT_BITS)
    }

    #[inline]
    fn operation(self) -> Operation {
        let number = self.bits(OPERATION_SHIFT, u8::BITS);
        let operation = u8::try_from(number).ok().map(Operation::try_from);
        operation
            .and_then(Result::ok)
            .expect("the header was made of an operation")
    }
}

/// Where the tower begins.
const TOWER: usize = size_of::<Header>();

/// Where the key begins.
#[inline]
const fn key_offset(height: usize) -> usize {
    TOWER + height * size_of::<AtomicU64>() + size_of::<Witness>()
}

/// What the head takes, in bytes.
pub(crate) const HEAD_SIZE: usize = key_offset(HEIGHT_MAX).next_multiple_of(UNIT);

/// What a node takes, in bytes: a multiple of [`UNIT`].
#[inline]
pub(crate) fn node_size(height: usize, key_size: usize, value_size: usize) -> usize {
    let size = key_offset(height)
        .saturating_add(key_size)
        .saturating_add(value_size);
    size.saturating_add(UNIT - 1) / UNIT * UNIT
}

/// A node that is whole and that this thread may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Node<'a> {
    arena: PhantomData<&'a Arena>,
    start: NonNull<u8>,
}

// SAFETY: a node is a shared reference to bytes that never change and to atomics.
unsafe impl Send for Node<'_> {}
// SAFETY: as above.
unsafe impl Sync for Node<'_> {}

impl<'a> Node<'a> {
    /// Writes a node into `room`, each level of its tower with the link that `tower` names.
    ///
    /// # Panics
    /// If the room is smaller than [`node_size`] says.
    #[inline]
    pub(crate) fn write(
        room: Room<'a>,
        key: InternalKey<'_>,
        value: &[u8],
        tower: &[Link],
    ) -> Self {
        let (key_size, height) = (key.user_key.len(), tower.len());
        assert!(
            node_size(height, key_size, value.len()) <= room.size(),
            "the node is larger than its room"
        );
        let header = Header {
            timestamp: key.timestamp.0,
            sizes: Sizes::new(key_size, value.len(), height, key.operation.into()),
        };
        let node = Self {
            arena: PhantomData,
            start: room.into_start(),
        };
        // SAFETY: the room belongs to us alone, is as large as the layout at the top of this
        // file needs, and begins at a multiple of 8, which is all the alignment there is.
        unsafe {
            node.start.cast::<Header>().write(header);
            for (level, link) in tower.iter().enumerate() {
                node.slot(level).write(AtomicU64::new(link.0));
            }
            let bytes = node.start.add(key_offset(height));
            bytes.copy_from_nonoverlapping(NonNull::from(key.user_key).cast(), key_size);
            let bytes = bytes.add(key_size);
            bytes.copy_from_nonoverlapping(NonNull::from(value).cast(), value.len());
            node.witness(height).write(Witness::written());
        }
        node
    }

    /// The node to which `link` leads, or `None` at the end of a level.
    ///
    /// # Safety
    /// The link was read from a tower of this arena with `Acquire`, or this thread made the node.
    #[inline]
    pub(crate) unsafe fn at(arena: &'a Arena, link: Link) -> Option<Self> {
        if link == Link::END {
            return None;
        }
        Some(Self {
            arena: PhantomData,
            // SAFETY: only nodes of this arena are ever linked.
            start: unsafe { arena.address(link.number()) },
        })
    }

    /// The head of the list in `arena`: its first node.
    #[inline]
    pub(crate) fn head(arena: &'a Arena) -> Self {
        Self {
            arena: PhantomData,
            start: arena.start(),
        }
    }

    /// The link that leads to this node, whose key begins with `prefix`.
    #[inline]
    pub(crate) fn link(self, arena: &Arena, prefix: u32) -> Link {
        Link::new(arena.number(self.start), prefix)
    }

    /// The link on a level of its tower, read so that the node to which it leads may be read
    /// as well.
    ///
    /// `Acquire`: whatever the thread that stored this link had written before, the bytes of the
    /// next node above all, is visible from here on.
    #[inline]
    pub(crate) fn next(self, level: usize) -> Link {
        todo!("read the link on this level, so that what it leads to may be read as well")
    }

    /// Sets the link on a level that is not linked itself yet.
    ///
    /// `Release`: a search comes to this level by the link that is stored later. But who has come
    /// to the node on a lower level may look up its tower, as a cursor that reads ahead does. The
    /// node to which `link` leads is another thread's; this one has seen it, and passes that on.
    #[inline]
    pub(crate) fn set_next(self, level: usize, link: Link) {
        self.level(level).store(link.0, Ordering::Release);
    }

    /// Replaces the link on a level if it still is `expected`, and says whether it was.
    ///
    /// `Release`: everything that this thread has written so far, the bytes of the node to which
    /// `new` leads above all, is visible to whoever reads the link with `Acquire`. If it failed,
    /// nothing was published and nothing is read through the link, so `Relaxed` is enough.
    #[inline]
    pub(crate) fn replace_next(self, level: usize, expected: Link, new: Link) -> bool {
        todo!(
            "compare and swap the link on this level; what has been written before must be visible to whoever reads it"
        )
    }

    /// Compares its key with another: the order of `InternalKey`, except that the operation
    /// plays no part, since a list holds each version of a key once.
    #[inline]
    pub(crate) fn compare(self, key: &InternalKey<'_>) -> cmp::Ordering {
        let header = self.header();
        let own = InternalKey {
            user_key: self.bytes(key_offset(header.sizes.height()), header.sizes.key()),
            timestamp: Timestamp(header.timestamp),
            operation: key.operation,
        };
        own.cmp(key)
    }

    /// Its key, which lives as long as the list.
    #[inline]
    pub(crate) fn key(self) -> InternalKey<'a> {
        let Header { timestamp, sizes } = self.header();
        InternalKey {
            user_key: self.bytes(key_offset(sizes.height()), sizes.key()),
            timestamp: Timestamp(timestamp),
            operation: sizes.operation(),
        }
    }

    /// Its value, which lives as long as the list.
    #[inline]
    pub(crate) fn value(self) -> &'a [u8] {
        let sizes = self.header().sizes;
        self.bytes(key_offset(sizes.height()) + sizes.key(), sizes.value())
    }

    /// How many levels its tower has.
    #[inline]
    pub(crate) fn height(self) -> usize {
        self.header().sizes.height()
    }

    /// Starts to load it into the processor's cache.
    #[inline]
    pub(crate) fn prefetch(self) {
        prefetch(self.start.as_ptr());
    }

    /// As [`Node::prefetch`], and where the value of a small entry begins.
    #[inline]
    pub(crate) fn prefetch_all(self) {
        prefetch(self.start.as_ptr());
        prefetch(self.start.as_ptr().wrapping_add(64));
    }

    #[inline]
    fn header(self) -> Header {
        // SAFETY: the header was written before this node became one, and never changes.
        let header = unsafe { self.start.cast::<Header>().read() };
        // SAFETY: the witness was written with the node, for the height that its header names.
        unsafe { self.witness(header.sizes.height()).as_ref() }.read();
        header
    }

    #[inline]
    fn bytes(self, offset: usize, size: usize) -> &'a [u8] {
        // SAFETY: the caller names the key or the value as the header does. They were written
        // before this node became one, and never change while the arena lives.
        unsafe { slice::from_raw_parts(self.start.add(offset).as_ptr(), size) }
    }

    /// One level of its tower.
    #[inline]
    fn level(self, level: usize) -> &'a AtomicU64 {
        debug_assert!(
            level < self.header().sizes.height(),
            "the tower is not so high"
        );
        // SAFETY: whoever comes to a node on a level came from a higher level of it or along this one,
        // so the tower is high enough. It was written before the node was linked. From then on
        // it is shared, and only used as the atomics that it consists of.
        unsafe { self.slot(level).as_ref() }
    }

    /// Where a level of the tower lies.
    #[inline]
    fn slot(self, level: usize) -> NonNull<AtomicU64> {
        // SAFETY: a tower of at most `HEIGHT_MAX` levels lies within the node's room.
        unsafe { self.start.add(TOWER).cast::<AtomicU64>().add(level) }
    }

    /// Where the witness lies.
    #[inline]
    fn witness(self, height: usize) -> NonNull<Witness> {
        self.slot(height).cast()
    }
}
