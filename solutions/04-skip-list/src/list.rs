//! The list: how an entry is found, and how one gets in.

use std::cmp::Ordering;
use std::fmt;

use ferrisdb_core::{InternalKey, KEY_SIZE_MAX, Operation, Timestamp, VALUE_SIZE_MAX};

use crate::arena::{ADDRESSABLE, Arena, Room};
use crate::height::{HEIGHT_MAX, height};
use crate::node::{HEAD_SIZE, Link, Node, node_size, prefix};
use crate::sync::{self, AtomicUsize};
use crate::{Cursor, Entry, Error, Reservation, Result};

/// The largest list, in bytes.
pub const CAPACITY_MAX: usize = ADDRESSABLE - HEAD_SIZE;

/// A sorted set of versions that many threads read and write at once, without a lock.
///
/// Entries are added and never changed or removed. What was read from the list is borrowed from
/// it, and stays valid as long as the list lives.
///
/// The idea is William Pugh's ("Skip lists: a probabilistic alternative to balanced trees",
/// 1990); arena, inline towers and insertion by compare-and-swap follow `RocksDB`'s
/// `InlineSkipList`.
pub struct SkipList {
    /// The head's bytes come first.
    arena: Arena,
    seed: u64,
    len: AtomicUsize,
}

/// Where a key belongs: on each level, the last node before it and the link from there.
#[derive(Debug, Clone)]
pub(crate) struct Splice<'a> {
    before: [Node<'a>; HEIGHT_MAX],
    after: [Link; HEIGHT_MAX],
}

impl SkipList {
    /// An empty list with room for `capacity` bytes of nodes ([`SkipList::node_size`]), at most
    /// [`CAPACITY_MAX`]. The memory is taken at once, but its pages only come into being as they
    /// are filled.
    ///
    /// `seed` decides the heights of the towers. The same entries with the same seed are the
    /// same list.
    pub fn new(capacity: usize, seed: u64) -> Result<Self> {
        if capacity > CAPACITY_MAX {
            let capacity_max = CAPACITY_MAX;
            return Err(Error::TooLarge {
                capacity,
                capacity_max,
            });
        }
        let arena = Arena::new(HEAD_SIZE + capacity).ok_or(Error::OutOfMemory { capacity })?;
        let head = InternalKey {
            user_key: b"",
            timestamp: Timestamp::MAX,
            operation: Operation::Put,
        };
        Node::write(
            arena.allocate(HEAD_SIZE)?,
            head,
            b"",
            &[Link::END; HEIGHT_MAX],
        );
        Ok(Self {
            arena,
            seed,
            len: AtomicUsize::new(0),
        })
    }

    /// Adds an entry. Any number of threads may do so at once.
    ///
    /// When this returns, every search that begins afterwards finds the entry.
    pub fn insert(&self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        let mut splice = Splice::new(self.head());
        check_sizes(&key, value)?;
        self.find(&mut splice, HEIGHT_MAX, &key);
        self.link(&mut splice, key, value, |size| self.arena.allocate(size))
    }

    /// Room for several entries at once, so that none of them can find the list full.
    pub fn reserve(&self, bytes: usize) -> Result<Reservation<'_>> {
        let room = self.arena.allocate(bytes)?;
        Ok(Reservation::new(self, room))
    }

    /// The newest version of `key.user_key` that is not newer than `key.timestamp`. The
    /// operation of `key` plays no part.
    pub fn get(&self, key: InternalKey<'_>) -> Option<Entry<'_>> {
        let (_, found) = self.search(&key);
        let found = found.map(Entry::from)?;
        (found.key.user_key == key.user_key).then_some(found)
    }

    /// A cursor, which is at no entry yet.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor::new(self)
    }

    /// What an entry takes of the capacity, in bytes. It depends on seed, key and the size of
    /// the value, and on nothing else.
    pub fn node_size(&self, key: InternalKey<'_>, value_size: usize) -> usize {
        node_size(height(self.seed, &key), key.user_key.len(), value_size)
    }

    /// The number of entries. While others insert, it may be a little behind.
    pub fn len(&self) -> usize {
        self.len.load(sync::Ordering::Relaxed)
    }

    /// Whether there is no entry yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes of nodes fit.
    pub fn capacity(&self) -> usize {
        self.arena.size() - HEAD_SIZE
    }

    /// How many bytes of the capacity are taken, by entries and by reservations.
    pub fn memory_used(&self) -> usize {
        self.arena.used() - HEAD_SIZE
    }

    pub(crate) fn give_back(&self, room: &Room<'_>) {
        self.arena.give_back(room);
    }

    /// The head: a tower of full height before the first entry.
    #[inline]
    pub(crate) fn head(&self) -> Node<'_> {
        Node::head(&self.arena)
    }

    /// The node behind a link.
    #[inline]
    pub(crate) fn follow(&self, link: Link) -> Option<Node<'_>> {
        // SAFETY: every link here was read by `Node::next`, which acquires.
        unsafe { Node::at(&self.arena, link) }
    }

    /// Goes along one level, from a node before `key` to the last one before it. Returns that
    /// node and the link from it, which leads to a key that is not before `key` or to the end.
    ///
    /// `known` is a link of a higher level which is known to lead that far; it need not be compared again.
    #[inline]
    fn walk<'a>(
        &'a self,
        mut before: Node<'a>,
        level: usize,
        key: &InternalKey<'_>,
        key_prefix: u32,
        known: Link,
    ) -> (Node<'a>, Link) {
        loop {
            let link = before.next(level);
            if link == known || !self.leads_before(link, key, key_prefix) {
                return (before, link);
            }
            before = self.follow(link).unwrap_or(before);
        }
    }

    /// The last node before `key` (maybe the head), and the first one that is not.
    pub(crate) fn search(&self, key: &InternalKey<'_>) -> (Node<'_>, Option<Node<'_>>) {
        let key_prefix = prefix(key.user_key);
        let mut before = self.head();
        let mut after = Link::END;
        for level in (0..HEIGHT_MAX).rev() {
            (before, after) = self.walk(before, level, key, key_prefix, after);
        }
        (before, self.follow(after))
    }

    /// Brings the `levels` lowest levels of a splice to `key`, beginning from what they or the
    /// level above say now.
    pub(crate) fn find<'a>(
        &'a self,
        splice: &mut Splice<'a>,
        levels: usize,
        key: &InternalKey<'_>,
    ) {
        let key_prefix = prefix(key.user_key);
        let (mut before, mut after) = match levels {
            HEIGHT_MAX => (self.head(), Link::END),
            levels => (splice.before[levels], splice.after[levels]),
        };
        for level in (0..levels).rev() {
            (before, after) = self.walk(before, level, key, key_prefix, after);
            (splice.before[level], splice.after[level]) = (before, after);
        }
    }

    /// The lowest level on which the splice is still around `key`; below it, [`SkipList::find`]
    /// has to search. Keys that come in order are near the last one, so that is a low level.
    pub(crate) fn climb<'a>(&'a self, splice: &mut Splice<'a>, key: &InternalKey<'_>) -> usize {
        let key_prefix = prefix(key.user_key);
        for level in 0..HEIGHT_MAX {
            let before = splice.before[level];
            if before != self.head() && before.compare(key) != Ordering::Less {
                continue;
            }
            let link = before.next(level);
            if !self.leads_before(link, key, key_prefix) {
                splice.after[level] = link;
                return level;
            }
        }
        HEIGHT_MAX
    }

    /// Whether a link leads to a node that is before `key`. Only if the prefixes are the same
    /// does it have to look at the node.
    #[inline]
    fn leads_before(&self, link: Link, key: &InternalKey<'_>, key_prefix: u32) -> bool {
        self.follow(link).is_some_and(|next| {
            let order = link.prefix().cmp(&key_prefix);
            order.then_with(|| next.compare(key)) == Ordering::Less
        })
    }

    /// Makes an entry and links it where the splice says, from the lowest level up.
    ///
    /// From the moment at which the lowest level leads to it, the entry is in the list. The
    /// others only make it faster to find.
    pub(crate) fn link<'a>(
        &'a self,
        splice: &mut Splice<'a>,
        key: InternalKey<'_>,
        value: &[u8],
        allocate: impl FnOnce(usize) -> Result<Room<'a>>,
    ) -> Result<()> {
        self.refuse_duplicate(splice, &key)?;
        let height = height(self.seed, &key);
        let key_prefix = prefix(key.user_key);
        let room = allocate(node_size(height, key.user_key.len(), value.len()))?;
        let node = Node::write(room, key, value, &splice.after[..height]);
        let link = node.link(&self.arena, key_prefix);
        for level in 0..height {
            while !splice.before[level].replace_next(level, splice.after[level], link) {
                // Another thread has put a node there. It can only have come after `before`,
                // since nothing is ever removed.
                let before = splice.before[level];
                let (before, after) = self.walk(before, level, &key, key_prefix, Link::END);
                (splice.before[level], splice.after[level]) = (before, after);
                if level == 0 {
                    self.refuse_duplicate(splice, &key)?;
                }
                node.set_next(level, after);
            }
        }
        splice.before[..height].fill(node);
        self.len.fetch_add(1, sync::Ordering::Relaxed);
        Ok(())
    }

    fn refuse_duplicate(&self, splice: &Splice<'_>, key: &InternalKey<'_>) -> Result<()> {
        match self.follow(splice.after[0]) {
            Some(next) if next.compare(key) == Ordering::Equal => Err(Error::Duplicate {
                timestamp: key.timestamp,
            }),
            _ => Ok(()),
        }
    }

    /// The last node, maybe the head.
    pub(crate) fn last(&self) -> Node<'_> {
        let mut last = self.head();
        for level in (0..HEIGHT_MAX).rev() {
            while let Some(next) = self.follow(last.next(level)) {
                last = next;
            }
        }
        last
    }
}

impl<'a> Splice<'a> {
    /// Knows nothing but the head.
    pub(crate) fn new(head: Node<'a>) -> Self {
        Self {
            before: [head; HEIGHT_MAX],
            after: [Link::END; HEIGHT_MAX],
        }
    }
}

impl fmt::Debug for SkipList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SkipList")
            .field("len", &self.len())
            .field("capacity", &self.capacity())
            .field("memory_used", &self.memory_used())
            .finish_non_exhaustive()
    }
}

/// Refuses keys and values that no batch may hold.
pub(crate) fn check_sizes(key: &InternalKey<'_>, value: &[u8]) -> Result<()> {
    let sizes = [
        ("key", key.user_key.len(), KEY_SIZE_MAX),
        ("value", value.len(), VALUE_SIZE_MAX),
    ];
    for (what, size, size_max) in sizes {
        if size > size_max {
            return Err(Error::Core(ferrisdb_core::Error::TooLarge {
                what,
                size,
                size_max,
            }));
        }
    }
    Ok(())
}
