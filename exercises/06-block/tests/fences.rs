//! What is noted of the keys at the restart points, so that a search need not look at them.

mod support;

use std::ops::Range;

use bytes::Bytes;
use ferrisdb_block::Block;
use ferrisdb_core::Operation;
use support::{Entry, block, orders, put};

fn entries(keys: impl IntoIterator<Item = Vec<u8>>) -> Vec<Entry> {
    let entry = |user_key| Entry {
        user_key,
        timestamp: 5,
        operation: Operation::Put,
        value: b"v".to_vec(),
    };
    keys.into_iter().map(entry).collect()
}

/// The restart points among which a search for a key has to look.
fn around(block: &Block, user_key: &[u8]) -> Range<usize> {
    let (low, high) = block.restarts_around(put(user_key, 5));
    low..high
}

/// Where a block with a restart point at each of these keys may send a search: to where the keys
/// are whose four bytes behind `common` are those of the target.
fn expected(keys: &[Vec<u8>], common: usize, target: &[u8]) -> Range<usize> {
    let start = |key: &[u8]| {
        let (alike, rest) = key.split_at(common.min(key.len()));
        let mut start = rest.to_vec();
        start.resize(4, 0);
        (alike.to_vec(), start)
    };
    let low = keys.partition_point(|key| start(key) < start(target));
    let count = keys[low..].partition_point(|key| start(key) == start(target));
    low..low + count
}

#[test]
fn a_search_is_led_to_the_keys_with_the_same_four_bytes() {
    for count in [2, 7, 8, 9, 100] {
        let keys: Vec<Vec<u8>> = (0..count)
            .map(|n| format!("order/{:05}/{}", 20 * (n / 3), n % 3).into_bytes())
            .collect();
        let common = keys[0]
            .iter()
            .zip(&keys[keys.len() - 1])
            .take_while(|(a, b)| a == b)
            .count();
        let block = block(&entries(keys.clone()), 1);
        for target in 0..20 * count + 20 {
            let target = format!("order/{target:05}/1").into_bytes();
            assert_eq!(
                around(&block, &target),
                expected(&keys, common, &target),
                "{count} keys, the last is {}, and sought is {}",
                keys[keys.len() - 1].escape_ascii(),
                target.escape_ascii()
            );
        }
    }
}

#[test]
fn a_target_that_begins_otherwise_lies_before_or_behind_all() {
    let block = block(&orders(40), 2);
    assert_eq!(block.restart_count(), 20);
    for before in ["", "o", "order", "orber/99999"] {
        assert_eq!(around(&block, before.as_bytes()), 0..0, "{before}");
    }
    for behind in ["p", "orderz", "order/1"] {
        assert_eq!(around(&block, behind.as_bytes()), 20..20, "{behind}");
    }
}

#[test]
fn a_block_is_dense_if_each_entry_has_a_restart_point() {
    for count in 1..=20 {
        let entries = orders(count);
        assert!(block(&entries, 1).is_dense(), "{count} restart points");
        for interval in 2..=5 {
            assert_eq!(
                block(&entries, interval).is_dense(),
                count == 1,
                "{count} entries, a restart point every {interval}"
            );
        }
    }
    let versions = (0..20).rev().map(|timestamp| Entry {
        user_key: Vec::new(),
        timestamp,
        operation: Operation::Delete,
        value: Vec::new(),
    });
    let smallest = block(&versions.collect::<Vec<_>>(), 1);
    assert!(smallest.is_dense(), "no entries are smaller than these");
}

/// Puts `restarts` in the place of the restart points of a block of these entries.
fn with_restarts(entries: &[Entry], restarts: &[u32]) -> Block {
    let mut bytes = support::build(entries, 1).to_vec();
    bytes.truncate(bytes.len() - 4 * (entries.len() + 1));
    let count = u32::try_from(restarts.len()).expect("few");
    for number in restarts.iter().chain([&count]) {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    Block::parse(Bytes::from(bytes)).expect("count and first point are fine")
}

/// Where the entries of a block begin whose entries all have a restart point.
fn offsets(entries: &[Entry]) -> Vec<u32> {
    let bytes = support::build(entries, 1);
    let (numbers, _) = bytes[bytes.len() - 4 * (entries.len() + 1)..].as_chunks();
    let offsets = &numbers[..entries.len()];
    offsets.iter().map(|n| u32::from_le_bytes(*n)).collect()
}

#[test]
fn where_a_restart_point_makes_no_sense_all_are_looked_at() {
    let entries = orders(3);
    let offsets = offsets(&entries);
    let target = b"order/00015";
    let whole = with_restarts(&entries, &offsets);
    assert_eq!(around(&whole, target), 2..2);
    let [first, second, third] = offsets[..] else {
        panic!("there are three entries");
    };
    let cases = [
        ("into an entry", vec![first, second + 1, third]),
        ("behind the entries", vec![first, second, 10_000]),
        ("one twice", vec![first, second, second]),
        ("in the wrong order", vec![first, third, second]),
        ("many more than entries", vec![first; 1_000]),
    ];
    for (what, restarts) in cases {
        let block = with_restarts(&entries, &restarts);
        assert_eq!(around(&block, target), 0..restarts.len(), "{what}");
        assert!(!block.is_dense(), "{what}");
    }
}

#[test]
fn memory_counts_the_bytes_and_what_is_noted_of_the_restart_points() {
    let beside = |count: u64| {
        let block = block(&orders(count), 1);
        block.memory_used() - block.size()
    };
    let few = beside(1);
    assert!((100..400).contains(&few), "{few} bytes beside the block");
    assert_eq!(beside(8), few, "eight fences need no memory elsewhere");
    assert_eq!(beside(9), few + 9 * 8, "each of more takes 8 bytes");
    assert_eq!(beside(50), few + 50 * 8);
}
