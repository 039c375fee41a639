//! A small cache to compare with: sharded, bounded by bytes, evicts what was used least recently.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// The table and the offset of a block.
type Key = (u64, u64);

const SHARDS: usize = 16;

/// Where a list has no further entry.
const NONE: usize = usize::MAX;

pub(crate) struct Lru {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
}

#[derive(Default)]
struct Shard {
    entries: HashMap<Key, usize>,
    /// A list through all slots, from the one used last to the one used longest ago.
    slots: Vec<Slot>,
    first: usize,
    last: usize,
    used: usize,
    capacity: usize,
}

struct Slot {
    key: Key,
    block: Bytes,
    before: usize,
    behind: usize,
}

impl Lru {
    pub(crate) fn new(capacity: u64) -> Self {
        let capacity = usize::try_from(capacity).unwrap_or(usize::MAX) / SHARDS;
        let shard = || Shard {
            first: NONE,
            last: NONE,
            capacity,
            ..Shard::default()
        };
        Self {
            shards: (0..SHARDS).map(|_| Mutex::new(shard())).collect(),
            hasher: RandomState::new(),
        }
    }

    fn shard(&self, key: &Key) -> std::sync::MutexGuard<'_, Shard> {
        let hash = self.hasher.hash_one(key) >> 60;
        let shard = &self.shards[usize::try_from(hash).unwrap_or(0) % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Bytes> {
        let mut shard = self.shard(key);
        let at = *shard.entries.get(key)?;
        shard.take_out(at);
        shard.put_first(at);
        Some(shard.slots[at].block.clone())
    }

    pub(crate) fn insert(&self, key: Key, block: Bytes) {
        self.shard(&key).insert(key, block);
    }
}

impl Shard {
    fn insert(&mut self, key: Key, block: Bytes) {
        self.used += block.len();
        // A slot that is evicted is used again for the new block.
        let mut free = None;
        while self.used > self.capacity && self.last != NONE {
            let at = self.last;
            self.take_out(at);
            self.entries.remove(&self.slots[at].key);
            self.used -= self.slots[at].block.len();
            free = Some(at);
        }
        let (before, behind) = (NONE, NONE);
        let slot = Slot {
            key,
            block,
            before,
            behind,
        };
        let at = if let Some(at) = free {
            self.slots[at] = slot;
            at
        } else {
            self.slots.push(slot);
            self.slots.len() - 1
        };
        self.entries.insert(key, at);
        self.put_first(at);
    }

    fn take_out(&mut self, at: usize) {
        let (before, behind) = (self.slots[at].before, self.slots[at].behind);
        match self.slots.get_mut(before) {
            Some(slot) => slot.behind = behind,
            None => self.first = behind,
        }
        match self.slots.get_mut(behind) {
            Some(slot) => slot.before = before,
            None => self.last = before,
        }
    }

    fn put_first(&mut self, at: usize) {
        self.slots[at].before = NONE;
        self.slots[at].behind = self.first;
        match self.slots.get_mut(self.first) {
            Some(slot) => slot.before = at,
            None => self.last = at,
        }
        self.first = at;
    }
}
