//! What the tests of the list share.

#![allow(dead_code, reason = "each test binary uses another part of it")]

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ferrisdb_core::{InternalKey, Operation, Timestamp};
use ferrisdb_skiplist::{Entry, SkipList};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Bytes that are enough for every small test.
pub(crate) const ROOMY: usize = 1 << 20;

pub(crate) fn put(user_key: &[u8], timestamp: u64) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: Timestamp(timestamp),
        operation: Operation::Put,
    }
}

pub(crate) fn delete(user_key: &[u8], timestamp: u64) -> InternalKey<'_> {
    InternalKey {
        operation: Operation::Delete,
        ..put(user_key, timestamp)
    }
}

pub(crate) fn list(capacity: usize) -> SkipList {
    SkipList::new(capacity, 4).expect("so little memory is there")
}

/// An entry as text: `banana @7 = yellow`.
pub(crate) fn show(entry: &Entry<'_>) -> String {
    let Entry { key, value } = entry;
    let value = String::from_utf8_lossy(value).escape_debug().to_string();
    let name = String::from_utf8_lossy(key.user_key);
    match key.operation {
        Operation::Put => format!("{name} {} = {value}", key.timestamp),
        Operation::Delete => format!("{name} {} deleted", key.timestamp),
    }
}

/// All entries, from the first to the last.
pub(crate) fn forwards(list: &SkipList) -> Vec<String> {
    let mut cursor = list.cursor();
    cursor.seek_to_first();
    let mut found = Vec::new();
    while let Some(entry) = cursor.current() {
        found.push(show(&entry));
        assert_no_more_than(list, &found);
        cursor.next();
    }
    found
}

/// All entries, from the last to the first.
pub(crate) fn backwards(list: &SkipList) -> Vec<String> {
    let mut cursor = list.cursor();
    cursor.seek_to_last();
    let mut found = Vec::new();
    while let Some(entry) = cursor.current() {
        found.push(show(&entry));
        assert_no_more_than(list, &found);
        cursor.prev();
    }
    found
}

/// A walk that goes in circles would never end.
fn assert_no_more_than(list: &SkipList, found: &[String]) {
    assert!(
        found.len() <= list.len(),
        "a walk has come to more entries than the list says it has, which is {}; the last was {:?}",
        list.len(),
        found.last()
    );
}

/// The list as it should be: a map from key and timestamp to operation and value.
#[derive(Debug, Default, Clone)]
pub(crate) struct Model(BTreeMap<Place, Content>);

/// Key and timestamp, in the order of the list.
type Place = (Vec<u8>, Reverse<u64>);

/// Operation and value.
type Content = (Operation, Vec<u8>);

/// An insert: key, timestamp, and a value or `None` for a delete.
pub(crate) type Write = (Vec<u8>, u64, Option<Vec<u8>>);

pub(crate) fn key_of((user_key, timestamp, value): &Write) -> InternalKey<'_> {
    match value {
        Some(_) => put(user_key, *timestamp),
        None => delete(user_key, *timestamp),
    }
}

pub(crate) fn value_of((_, _, value): &Write) -> &[u8] {
    value.as_deref().unwrap_or_default()
}

impl Model {
    /// Inserts, and says whether the version was new.
    pub(crate) fn insert(&mut self, write: &Write) -> bool {
        let (user_key, timestamp, _) = write;
        let value = (key_of(write).operation, value_of(write).to_vec());
        let place = (user_key.clone(), Reverse(*timestamp));
        if self.0.contains_key(&place) {
            return false;
        }
        self.0.insert(place, value);
        true
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn entries(&self) -> Vec<String> {
        self.0.iter().map(Self::show).collect()
    }

    /// The first entry at or after a key.
    pub(crate) fn at_or_after(&self, user_key: &[u8], timestamp: u64) -> Option<String> {
        let from = (user_key.to_vec(), Reverse(timestamp));
        self.0.range(from..).next().map(Self::show)
    }

    /// The last entry at or before a key.
    pub(crate) fn at_or_before(&self, user_key: &[u8], timestamp: u64) -> Option<String> {
        let to = (user_key.to_vec(), Reverse(timestamp));
        self.0.range(..=to).next_back().map(Self::show)
    }

    /// The newest version that is not newer than the timestamp.
    pub(crate) fn get(&self, user_key: &[u8], timestamp: u64) -> Option<String> {
        let from = (user_key.to_vec(), Reverse(timestamp));
        let to = (user_key.to_vec(), Reverse(0));
        self.0.range(from..=to).next().map(Self::show)
    }

    fn show((place, content): (&Place, &Content)) -> String {
        let (user_key, Reverse(timestamp)) = place;
        let (operation, value) = content;
        let key = InternalKey {
            user_key,
            timestamp: Timestamp(*timestamp),
            operation: *operation,
        };
        show(&Entry { key, value })
    }
}

/// Keys that are alike: few letters, many with the same first four bytes, some empty, zeros.
pub(crate) fn user_key() -> impl Strategy<Value = Vec<u8>> {
    let letter = prop::sample::select(vec![0, b'a', b'b', 0xff]);
    let short = prop::collection::vec(letter.clone(), 0..6);
    let long = prop::collection::vec(letter, 0..3).prop_map(|end| [b"aaaa", &end[..]].concat());
    prop_oneof![short, long]
}

pub(crate) fn write() -> impl Strategy<Value = Write> {
    let value = prop::option::weighted(0.8, prop::collection::vec(any::<u8>(), 0..20));
    (user_key(), 0_u64..6, value)
}

pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(4),
        ..ProptestConfig::default()
    }
}
