//! The list: what it is made of, and how an entry gets in.

use std::cmp::Ordering;
use std::fmt;

use ferrisdb_core::{InternalKey, KEY_SIZE_MAX, Operation, Timestamp, VALUE_SIZE_MAX};

use crate::arena::{ADDRESSABLE, Arena, Room};
use crate::height::{HEIGHT_MAX, height};
use crate::node::{HEAD_SIZE, Link, Node, node_size};
use crate::search::{Splice, Target};
use crate::sync::{self, AtomicUsize};
use crate::{Cursor, Entry, Error, Reservation, Result};

/// The largest list, in bytes: 32 GiB less the head.
pub const CAPACITY_MAX: usize = ADDRESSABLE - HEAD_SIZE;

/// A sorted set of versions that many threads read and write at once, without a lock.
///
/// Entries are added, and never changed or removed. What was read from the list is borrowed from
/// it, and stays valid as long as the list lives.
///
/// The idea is William Pugh's ("Skip lists: a probabilistic alternative to balanced trees",
/// 1990). One block of memory, towers within the nodes and insertion by compare-and-swap follow
/// `RocksDB`'s `InlineSkipList`.
///
/// ```
/// use ferrisdb_core::{InternalKey, Operation, Timestamp};
/// use ferrisdb_skiplist::SkipList;
///
/// let version = |timestamp| InternalKey {
///     user_key: b"apple",
///     timestamp: Timestamp(timestamp),
///     operation: Operation::Put,
/// };
/// let list = SkipList::new(1 << 20, 42)?;
/// list.insert(version(4), b"green")?;
/// list.insert(version(9), b"red")?;
///
/// let found = list.get(version(7)).expect("it was green by then");
/// assert_eq!(found.value, b"green");
/// # Ok::<(), ferrisdb_skiplist::Error>(())
/// ```
pub struct SkipList {
    pub(crate) arena: Arena,
    seed: u64,
    len: AtomicUsize,
}

impl SkipList {
    /// An empty list with room for `capacity` bytes of nodes ([`SkipList::node_size`]), at most
    /// [`CAPACITY_MAX`]. The addresses are taken at once; the memory behind them only comes
    /// into being as it is filled.
    ///
    /// `seed` decides the heights of the towers. The same entries with the same seed make the
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
        let room = arena.allocate(HEAD_SIZE)?;
        Node::write(room, head, b"", &[Link::END; HEIGHT_MAX]);
        Ok(Self {
            arena,
            seed,
            len: AtomicUsize::new(0),
        })
    }

    /// Adds an entry. Any number of threads may do so at once.
    ///
    /// Whoever knows that this has returned finds the entry. Keys and values have the limits of
    /// a batch.
    pub fn insert(&self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        check_sizes(&key, value)?;
        let target = Target::new(key);
        let mut splice = Splice::new(self.head());
        self.find(&mut splice, HEIGHT_MAX, &target);
        self.link(&mut splice, &target, value, |size| {
            self.arena.allocate(size)
        })
    }

    /// Room for several entries at once, so that none of them finds the list full. `bytes` is
    /// the sum of their [`SkipList::node_size`].
    pub fn reserve(&self, bytes: usize) -> Result<Reservation<'_>> {
        let room = self.arena.allocate(bytes)?;
        Ok(Reservation::new(self, room))
    }

    /// The newest version of `key.user_key` that is not newer than `key.timestamp`. The
    /// operation of `key` plays no part.
    pub fn get(&self, key: InternalKey<'_>) -> Option<Entry<'_>> {
        let (_, found) = self.search(&Target::new(key));
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

    /// The seed of the towers' heights.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The number of entries. While others insert, it may be a little behind.
    pub fn len(&self) -> usize {
        // `Relaxed`: it is a number to look at, and nothing is read because of it.
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

    /// Makes an entry and links it where the splice says, from the lowest level up.
    ///
    /// From the moment in which the lowest level leads to it, the entry is in the list. The
    /// levels above only make it faster to find. A level never has a node that the level below
    /// has not, so whoever goes down from a node always finds it there.
    pub(crate) fn link<'a>(
        &'a self,
        splice: &mut Splice<'a>,
        target: &Target<'_>,
        value: &[u8],
        allocate: impl FnOnce(usize) -> Result<Room<'a>>,
    ) -> Result<()> {
        todo!(
            "refuse a duplicate, write the node, and link it level by level from the lowest, with a compare-and-swap each"
        )
    }

    /// Refuses a target that is in the list already: the splice leads to it.
    fn refuse_duplicate(&self, splice: &Splice<'_>, target: &Target<'_>) -> Result<()> {
        match self.follow(splice.after[0]) {
            Some(next) if next.compare(&target.key) == Ordering::Equal => Err(Error::Duplicate {
                timestamp: target.key.timestamp,
            }),
            _ => Ok(()),
        }
    }

    /// Takes back what is left of a reservation, if it is the last.
    pub(crate) fn give_back(&self, room: &Room<'_>) {
        self.arena.give_back(room);
    }

    /// The head: a tower of full height before the first entry.
    #[inline]
    pub(crate) fn head(&self) -> Node<'_> {
        Node::head(&self.arena)
    }

    /// The node to which a link leads, or `None` at the end of a level. The link comes from a
    /// tower of this list.
    #[inline]
    pub(crate) fn follow(&self, link: Link) -> Option<Node<'_>> {
        // SAFETY: there are two ways to a link: `Node::next`, which acquires, and `Node::link` of
        // a node that this thread has made.
        unsafe { Node::at(&self.arena, link) }
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
