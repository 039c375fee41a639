//! *Given.* Collecting the index while the data is written.

use std::mem;

use ferrisdb_block::{Builder, Handle, OwnedKey};

/// Collects index entries, and cuts them into parts where there are many.
///
/// A part ends when it has the size that was asked for, and not before it is as large as the
/// index over all parts so far. So that index grows with the square root of the whole: also one
/// whose keys are as long as keys may be fits into a block.
#[derive(Debug)]
pub(crate) struct IndexBuilder {
    block: Builder,
    part_size: usize,
    /// The bytes of the last keys of all finished parts.
    upper_size: usize,
    /// Finished parts, each with its last key.
    parts: Vec<(OwnedKey, Vec<u8>)>,
    /// An encoded handle; kept for its memory.
    handle: Vec<u8>,
}

/// A finished index, not written yet.
#[derive(Debug)]
pub(crate) enum Index {
    /// One block that leads to the data.
    One(Vec<u8>),
    /// Blocks that lead to the data, each with its last key.
    Parts(Vec<(OwnedKey, Vec<u8>)>),
}

impl IndexBuilder {
    pub(crate) fn new(part_size: usize) -> Self {
        Self {
            block: Builder::new(1),
            part_size,
            upper_size: 0,
            parts: Vec::new(),
            handle: Vec::new(),
        }
    }

    /// Notes that everything up to `key` lies in the block at `handle`.
    pub(crate) fn add(&mut self, key: &OwnedKey, handle: Handle) -> ferrisdb_block::Result<()> {
        self.handle.clear();
        handle.encode(&mut self.handle);
        self.block.add(key.as_key(), &self.handle)?;
        if self.block.size() >= self.part_size.max(self.upper_size) {
            self.upper_size += key.user_key.len();
            let part = self.block.finish().to_vec();
            self.block.reset();
            self.parts.push((key.clone(), part));
        }
        Ok(())
    }

    /// The whole index. `last` is the key that was added last, if any was.
    pub(crate) fn finish(&mut self, last: Option<OwnedKey>) -> Index {
        if self.parts.is_empty() {
            return Index::One(self.block.finish().to_vec());
        }
        if let Some(last) = last.filter(|_| !self.block.is_empty()) {
            let part = self.block.finish().to_vec();
            self.parts.push((last, part));
        }
        Index::Parts(mem::take(&mut self.parts))
    }
}
