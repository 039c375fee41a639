//! Putting a block together.

use ferrisdb_core::{InternalKey, KEY_SIZE_MAX, OwnedKey, VALUE_SIZE_MAX};

use crate::block::RESTART_SIZE;
use crate::entry::{self, ENTRY_OVERHEAD_MAX, shared_size};
use crate::{BLOCK_SIZE_MAX, Error, OutOfOrder, Result};

/// Puts a block together, entry by entry, in ascending order.
///
/// One builder makes one block after the other and keeps its memory. It also keeps the last
/// key, so the order is checked from block to block as well:
///
/// ```text
///   add add add finish   add add finish   …
///   └── first block ──┘ └─ second ────┘
/// ```
#[derive(Debug)]
pub struct Builder {
    /// The entries; behind [`finish`](Self::finish) the whole block.
    bytes: Vec<u8>,
    /// The offset of each entry that has its whole key.
    restarts: Vec<u32>,
    /// Every how many entries there is a restart point.
    restart_interval: usize,
    /// The entries of this block.
    entries: usize,
    /// The last key added, to this block or to the one before.
    last: Option<OwnedKey>,
    finished: bool,
}

impl Builder {
    /// A builder of blocks with a restart point at every `restart_interval`-th entry.
    ///
    /// More restart points make a search and a step back shorter, and the block larger. 8 is a good
    /// number for data, 1 for an index, where every key is searched for. Zero is taken as 1.
    #[must_use]
    pub fn new(restart_interval: usize) -> Self {
        Self {
            bytes: Vec::new(),
            restarts: Vec::new(),
            restart_interval: restart_interval.max(1),
            entries: 0,
            last: None,
            finished: false,
        }
    }

    /// Adds an entry. Its key has to come after the last one, also when that was added before
    /// [`finish`](Self::finish); otherwise it is refused, and nothing has changed.
    ///
    /// After [`finish`](Self::finish) it begins the next block.
    pub fn add(&mut self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        todo!(
            "check, begin a new block if need be, then a restart point or a shared prefix, then the entry"
        )
    }

    /// Refuses an entry that is out of order, or too large for any block or for this one.
    fn check(&self, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        if let Some(previous) = &self.last
            && key <= previous.as_key()
        {
            let (previous, key) = (previous.clone(), key.into());
            return Err(Box::new(OutOfOrder { previous, key }).into());
        }
        let entry = ENTRY_OVERHEAD_MAX + key.user_key.len() + value.len() + RESTART_SIZE;
        let others = if self.finished { 0 } else { self.size() };
        check_size("key", key.user_key.len(), KEY_SIZE_MAX)?;
        check_size("value", value.len(), VALUE_SIZE_MAX)?;
        check_size("block", others + entry, BLOCK_SIZE_MAX)
    }

    /// Makes `key` the last one, of which the first `shared` bytes are in place.
    fn remember(&mut self, key: InternalKey<'_>, shared: usize) {
        match &mut self.last {
            Some(last) => {
                last.user_key.truncate(shared);
                last.user_key.extend_from_slice(&key.user_key[shared..]);
                last.timestamp = key.timestamp;
                last.operation = key.operation;
            }
            None => self.last = Some(key.into()),
        }
    }

    /// The size that the block would have if it were finished now, in bytes.
    pub fn size(&self) -> usize {
        if self.finished {
            return self.bytes.len();
        }
        self.bytes.len() + (self.restarts.len() + 1) * RESTART_SIZE
    }

    /// The number of entries in the block.
    pub fn len(&self) -> usize {
        self.entries
    }

    /// Whether there is no entry in the block.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Finishes the block and shows its bytes. They stay until the next entry is added or the
    /// builder is [reset](Self::reset).
    pub fn finish(&mut self) -> &[u8] {
        if !self.finished {
            for restart in &self.restarts {
                self.bytes.extend_from_slice(&restart.to_le_bytes());
            }
            let count = offset(self.restarts.len());
            self.bytes.extend_from_slice(&count.to_le_bytes());
            self.finished = true;
        }
        &self.bytes
    }

    /// Begins the next block. The last key stays, and so does the memory.
    pub fn reset(&mut self) {
        self.bytes.clear();
        self.restarts.clear();
        self.entries = 0;
        self.finished = false;
    }
}

/// A number in a block as it is stored.
fn offset(number: usize) -> u32 {
    u32::try_from(number).expect("a block has less than 4 GiB")
}

fn check_size(what: &'static str, size: usize, size_max: usize) -> Result<()> {
    if size > size_max {
        return Err(Error::TooLarge {
            what,
            size,
            size_max,
        });
    }
    Ok(())
}
