//! Writes that happen together or not at all.

use std::fmt;

use crate::{Error, Operation, Result};

/// The longest key, in bytes.
pub const KEY_SIZE_MAX: usize = 64 << 10;

/// The longest value, in bytes.
pub const VALUE_SIZE_MAX: usize = 16 << 20;

/// The largest batch, in bytes as [`Batch::size`] counts them.
pub const BATCH_SIZE_MAX: usize = 64 << 20;

/// What an entry counts in [`Batch::size`] besides its key and value: as much as any file
/// format needs for the operation and the two lengths.
const ENTRY_OVERHEAD: usize = 8;

/// Writes that happen together or not at all.
///
/// A batch takes writes of any length; whoever commits it calls [`Batch::check`] first, so a
/// batch that is too large is refused as a whole. Where a batch writes a key twice, the later
/// write wins.
///
/// All keys and values lie behind one another in one buffer, so a batch of a thousand writes
/// costs a handful of allocations, and clearing it keeps them for the next.
///
/// ```
/// use ferrisdb_core::Batch;
///
/// let mut batch = Batch::new();
/// batch.put("alice", "90");
/// batch.put("bob", "110");
/// batch.delete("transfer/42");
/// assert_eq!(batch.len(), 3);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Key and value of each entry, one after the other.
    bytes: Vec<u8>,
    entries: Vec<Span>,
}

/// Where an entry's key and value end in [`Batch::bytes`]; they start where the last one ended.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Span {
    operation: Operation,
    key_end: usize,
    value_end: usize,
}

/// One write of a [`Batch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchEntry<'a> {
    /// What is done to the key.
    pub operation: Operation,
    /// The key.
    pub key: &'a [u8],
    /// The new value; empty for a delete.
    pub value: &'a [u8],
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a write of `value` under `key`.
    pub fn put(&mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.push(Operation::Put, key.as_ref(), value.as_ref());
    }

    /// Adds a removal of `key`. Removing a key that does not exist is fine.
    pub fn delete(&mut self, key: impl AsRef<[u8]>) {
        self.push(Operation::Delete, key.as_ref(), &[]);
    }

    fn push(&mut self, operation: Operation, key: &[u8], value: &[u8]) {
        // At once, so that a batch of one write grows once.
        self.bytes.reserve(key.len() + value.len());
        self.bytes.extend_from_slice(key);
        let key_end = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.entries.push(Span {
            operation,
            key_end,
            value_end: self.bytes.len(),
        });
    }

    /// The writes, in the order in which they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = BatchEntry<'_>> {
        let mut start = 0;
        self.entries.iter().map(move |span| {
            let key = &self.bytes[start..span.key_end];
            let value = &self.bytes[span.key_end..span.value_end];
            start = span.value_end;
            BatchEntry {
                operation: span.operation,
                key,
                value,
            }
        })
    }

    /// The number of writes.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no write in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Keys, values and 8 bytes an entry; never less than what a file needs to store it.
    pub fn size(&self) -> usize {
        self.bytes.len() + ENTRY_OVERHEAD * self.entries.len()
    }

    /// Forgets all writes and keeps the memory for the next ones.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
    }

    /// Refuses a batch with an over-long key or value, or one that is too large as a whole.
    pub fn check(&self) -> Result<()> {
        for entry in self.iter() {
            check_size("key", entry.key.len(), KEY_SIZE_MAX)?;
            check_size("value", entry.value.len(), VALUE_SIZE_MAX)?;
        }
        check_size("batch", self.size(), BATCH_SIZE_MAX)
    }
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

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_in_order_with_their_keys_and_values() {
        let mut batch = Batch::new();
        batch.put("a", "1");
        batch.put("", "");
        batch.delete("b");
        let entries: Vec<_> = batch
            .iter()
            .map(|e| (e.operation, e.key, e.value))
            .collect();
        let expected: [(Operation, &[u8], &[u8]); 3] = [
            (Operation::Put, b"a", b"1"),
            (Operation::Put, b"", b""),
            (Operation::Delete, b"b", b""),
        ];
        assert_eq!(entries, expected);
        assert_eq!(batch.size(), 3 + 3 * 8);
    }

    #[test]
    fn limits_are_inclusive() {
        let cases = [("key", KEY_SIZE_MAX, 0), ("value", 0, VALUE_SIZE_MAX)];
        for (what, key, value) in cases {
            let mut batch = Batch::new();
            batch.put(vec![0; key], vec![0; value]);
            batch.check().expect("exactly at the limit is allowed");

            batch.clear();
            batch.put(
                vec![0; key + usize::from(what == "key")],
                vec![0; value + usize::from(what == "value")],
            );
            let error = batch
                .check()
                .expect_err("one byte above the limit is refused");
            assert!(error.to_string().contains(what), "{error}");
        }
    }

    #[test]
    fn a_batch_that_is_too_large_as_a_whole_is_refused() {
        let mut batch = Batch::new();
        for key in 0..4_u8 {
            batch.put([key], vec![0; VALUE_SIZE_MAX]);
        }
        let error = batch
            .check()
            .expect_err("4 entries of 16 MiB and their overhead are above 64 MiB");
        assert!(error.to_string().contains("batch"), "{error}");
    }
}
