//! Room for a batch.

use ferrisdb_core::InternalKey;

use crate::arena::Room;
use crate::list::check_sizes;
use crate::search::{Splice, Target};
use crate::{Error, Result, SkipList};

/// Room in a list for several entries, and the place where the last one went.
///
/// Keys that come in order, as those of a sorted batch do, are linked near the last one and not
/// searched for from the top. Any order is correct.
///
/// When it is dropped, bytes that were not used go back to the list if nobody has taken memory
/// behind them meanwhile; otherwise they are lost to it.
#[derive(Debug)]
pub struct Reservation<'a> {
    list: &'a SkipList,
    room: Room<'a>,
    splice: Splice<'a>,
}

impl<'a> Reservation<'a> {
    pub(crate) fn new(list: &'a SkipList, room: Room<'a>) -> Self {
        Self {
            list,
            room,
            splice: Splice::new(list.head()),
        }
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.room.size()
    }

    /// Adds an entry, as [`SkipList::insert`] does, to the room reserved.
    pub fn insert(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        check_sizes(&key, value)?;
        let target = Target::new(key);
        let levels = self.list.climb(&mut self.splice, &target);
        self.list.find(&mut self.splice, levels, &target);
        let room = &mut self.room;
        self.list.link(&mut self.splice, &target, value, |needed| {
            let left = room.size();
            room.split(needed).ok_or(Error::Full { needed, left })
        })
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.list.give_back(&self.room);
    }
}
