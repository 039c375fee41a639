//! What the tests of this stage share: keys, blocks made of them, and a list as the model.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::fmt::{self, Debug};

use bytes::Bytes;
use ferrisdb_block::{Block, Builder, Cursor, Result};
use ferrisdb_core::{InternalKey, Operation, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// An entry with bytes of its own.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) user_key: Vec<u8>,
    pub(crate) timestamp: u64,
    pub(crate) operation: Operation,
    pub(crate) value: Vec<u8>,
}

impl Entry {
    pub(crate) fn key(&self) -> InternalKey<'_> {
        InternalKey {
            user_key: &self.user_key,
            timestamp: Timestamp(self.timestamp),
            operation: self.operation,
        }
    }
}

impl Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            timestamp,
            operation,
            ..
        } = self;
        let (key, value) = (self.user_key.escape_ascii(), self.value.escape_ascii());
        write!(f, "{operation:?} \"{key}\" @{timestamp} = \"{value}\"")
    }
}

/// A key that was written at `timestamp`.
pub(crate) fn put(user_key: &[u8], timestamp: u64) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: Timestamp(timestamp),
        operation: Operation::Put,
    }
}

/// A key that was deleted at `timestamp`.
pub(crate) fn deleted(user_key: &[u8], timestamp: u64) -> InternalKey<'_> {
    InternalKey {
        operation: Operation::Delete,
        ..put(user_key, timestamp)
    }
}

/// `count` entries with keys that begin alike, as those of one customer do.
pub(crate) fn orders(count: u64) -> Vec<Entry> {
    let order = |n| Entry {
        user_key: format!("order/{:05}", 10 * n).into_bytes(),
        timestamp: 1000 + n,
        operation: Operation::Put,
        value: format!("{} EUR", 7 * n % 100).into_bytes(),
    };
    (0..count).map(order).collect()
}

/// The bytes of a block of these entries.
pub(crate) fn build(entries: &[Entry], restart_interval: usize) -> Bytes {
    let mut builder = Builder::new(restart_interval);
    for entry in entries {
        builder
            .add(entry.key(), &entry.value)
            .expect("the entries of this test are in order");
    }
    Bytes::copy_from_slice(builder.finish())
}

/// A block of these entries.
pub(crate) fn block(entries: &[Entry], restart_interval: usize) -> Block {
    Block::parse(build(entries, restart_interval)).expect("a block that the builder made is whole")
}

/// A copy of the entry that a cursor is at.
pub(crate) fn current(cursor: &Cursor) -> Option<Entry> {
    cursor.is_valid().then(|| Entry {
        user_key: cursor.key().user_key.to_vec(),
        timestamp: cursor.key().timestamp.0,
        operation: cursor.key().operation,
        value: cursor.value().to_vec(),
    })
}

/// All entries from the first to the last.
pub(crate) fn forward(block: &Block) -> Result<Vec<Entry>> {
    let mut cursor = block.cursor();
    let mut found = Vec::new();
    cursor.seek_to_first()?;
    while let Some(entry) = current(&cursor) {
        found.push(entry);
        cursor.next()?;
    }
    Ok(found)
}

/// All entries from the last to the first.
pub(crate) fn backward(block: &Block) -> Result<Vec<Entry>> {
    let mut cursor = block.cursor();
    let mut found = Vec::new();
    cursor.seek_to_last()?;
    while let Some(entry) = current(&cursor) {
        found.push(entry);
        cursor.prev()?;
    }
    Ok(found)
}

/// Any sorted entries: short keys over few letters, so that they share much and repeat, and
/// several versions of some.
pub(crate) fn any_entries() -> impl Strategy<Value = Vec<Entry>> {
    let user_key = prop::collection::vec(0_u8..3, 0..6);
    let value = prop::collection::vec(any::<u8>(), 0..20);
    let version = (user_key, 0_u64..300, any::<bool>(), value);
    prop::collection::vec(version, 0..60).prop_map(|versions| {
        let entry = |(user_key, timestamp, put, value)| Entry {
            user_key,
            timestamp,
            operation: if put {
                Operation::Put
            } else {
                Operation::Delete
            },
            value,
        };
        let mut entries: Vec<Entry> = versions.into_iter().map(entry).collect();
        entries.sort_by(|a, b| a.key().cmp(&b.key()));
        entries.dedup_by(|a, b| a.user_key == b.user_key && a.timestamp == b.timestamp);
        entries
    })
}

/// Compares an answer with what it should be.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a call with two values reads better without references"
)]
pub(crate) fn same<T: Debug + PartialEq>(yours: T, expected: T, why: &str) {
    assert!(
        yours == expected,
        "{why}\n   yours:    {yours:?}\n   expected: {expected:?}"
    );
}

/// A fixed seed and no files left behind: every run tries the same cases.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        cases: count,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(6),
        ..ProptestConfig::default()
    }
}
