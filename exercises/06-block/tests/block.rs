//! The bytes of a block: what the builder makes, and what `Block::parse` makes of it.

mod support;

use bytes::Bytes;
use ferrisdb_block::{BLOCK_SIZE_MAX, Block, Builder, Damage, Error};
use ferrisdb_core::{KEY_SIZE_MAX, VALUE_SIZE_MAX};
use ferrisdb_testkit::annotate;
use proptest::prelude::*;

use support::{Entry, any_entries, build, cases, deleted, orders, put, same};

/// The block of the chapter's picture: five entries, a restart point at every third one.
fn fruit() -> Vec<u8> {
    let mut builder = Builder::new(3);
    for (key, value) in [
        (put(b"apple", 9), &b"red"[..]),
        (deleted(b"apple", 4), b""),
        (put(b"apricot", 300), b"orange"),
        (put(b"banana", 7), b"yellow"),
        (put(b"band", 8), b""),
    ] {
        builder.add(key, value).expect("the keys are in order");
    }
    builder.finish().to_vec()
}

/// An entry's fields, for a snapshot.
fn fields(name: &str, suffix: &str, value: &str, shared: usize, timestamp: u64) -> Fields {
    let timestamp_size = if timestamp < 128 { 1 } else { 2 };
    let operation = if name.starts_with("deleted") {
        "delete"
    } else {
        "put"
    };
    vec![
        (1, "shared", format!("{shared} <- {name}")),
        (1, "suffix size", suffix.len().to_string()),
        (1, "value size", value.len().to_string()),
        (1, "operation", operation.to_string()),
        (timestamp_size, "timestamp", timestamp.to_string()),
        (suffix.len(), "suffix", format!("\"{suffix}\"")),
        (value.len(), "value", format!("\"{value}\"")),
    ]
}

type Fields = Vec<(usize, &'static str, String)>;

#[test]
fn a_block_is_laid_out_as_in_the_diagram() {
    let bytes = fruit();
    let mut all = fields("apple", "apple", "red", 0, 9);
    all.extend(fields("deleted apple", "", "", 5, 4));
    all.extend(fields("apricot", "ricot", "orange", 2, 300));
    all.extend(fields("banana", "banana", "yellow", 0, 7));
    all.extend(fields("band", "d", "", 3, 8));
    for index in 0..2 {
        all.push((4, "restart point", index.to_string()));
    }
    all.push((4, "count", "2".to_string()));
    all.retain(|&(size, ..)| size > 0);
    insta::assert_snapshot!(annotate(&bytes, &all));
}

#[test]
fn an_entry_stores_only_what_its_key_does_not_share_with_the_one_before() {
    let keys: [&[u8]; 6] = [b"a", b"abc", b"abcde", b"abd", b"abdx", b"b"];
    let mut builder = Builder::new(16);
    let mut expected = Vec::new();
    for (key, (shared, suffix)) in keys.into_iter().zip([
        (0, &b"a"[..]),
        (1, b"bc"),
        (3, b"de"),
        (2, b"d"),
        (3, b"x"),
        (0, b"b"),
    ]) {
        builder.add(put(key, 1), b"v").expect("in order");
        let sizes = [shared, u8::try_from(suffix.len()).expect("short"), 1, 1, 1];
        expected.extend([&sizes[..], suffix, b"v"].concat());
    }
    let yours = builder.finish();
    same(
        &yours[..yours.len() - 8],
        &expected[..],
        "each entry begins with how many bytes its key shares with the key just before it, then the \
         sizes of the rest of the key and of the value, operation and timestamp",
    );
}

#[test]
fn what_is_shared_is_counted_within_a_key_that_is_longer_than_a_byte_can_count() {
    let long = vec![b'k'; 1000];
    let longer = [&long[..], b"!"].concat();
    let mut builder = Builder::new(16);
    builder.add(put(&long, 1), b"").expect("in order");
    let before = builder.size();
    builder.add(put(&longer, 1), b"").expect("in order");
    assert_eq!(
        builder.size() - before,
        2 + 1 + 1 + 1 + 1 + 1,
        "an entry that shares 1,000 bytes takes 2 bytes to say so, 4 for the other fields and 1 for its suffix"
    );
}

/// Where the restart points of a block lead.
fn restarts(bytes: &[u8]) -> Vec<usize> {
    let u32s: Vec<u32> = bytes
        .rchunks_exact(4)
        .map(|four| u32::from_le_bytes(four.try_into().expect("4 bytes")))
        .collect();
    let count = u32s[0] as usize;
    u32s[1..=count].iter().rev().map(|&n| n as usize).collect()
}

#[test]
fn there_is_a_restart_point_at_every_nth_entry() {
    // Every entry of `orders` that stores its whole key has 5 + 1 bytes of fields, 11 of key
    // and 5 or 6 of value.
    for interval in 1..=7 {
        for count in [1, 2, 6, 7, 8, 14, 15, 20] {
            let entries = orders(count);
            let bytes = build(&entries, interval);
            let yours = restarts(&bytes);
            let expected = entries.len().div_ceil(interval);
            assert_eq!(
                yours.len(),
                expected,
                "{count} entries with a restart point at every {interval}-th have {expected} of them"
            );
            for (number, &offset) in yours.iter().enumerate() {
                let key = &entries[number * interval].user_key;
                let head = [0, u8::try_from(key.len()).expect("short")];
                assert!(
                    bytes[offset..].starts_with(&head) && bytes[offset + 6..].starts_with(key),
                    "restart point {number} should lead to the entry of {:?}, which shares nothing \
                     and holds its whole key",
                    key.escape_ascii().to_string()
                );
            }
        }
    }
}

#[test]
fn an_interval_of_zero_is_taken_as_one() {
    let entries = orders(5);
    assert_eq!(build(&entries, 0), build(&entries, 1));
}

#[test]
fn keys_have_to_ascend_and_their_versions_to_descend() {
    let allowed = [
        (put(b"apple", 5), put(b"banana", 5)),
        (put(b"apple", 5), put(b"apple", 4)),
        (put(b"", 5), put(b"\0", 5)),
        (put(b"apple", 1), put(b"apple\0", 9)),
    ];
    for (first, second) in allowed {
        let mut builder = Builder::new(2);
        builder.add(first, b"").expect("the first key may be any");
        let added = builder.add(second, b"");
        assert_eq!(added, Ok(()), "{second:?} may follow {first:?}");
    }
    let refused = [
        (put(b"banana", 5), put(b"apple", 5)),
        (put(b"apple", 5), put(b"apple", 6)),
        (put(b"apple", 5), put(b"apple", 5)),
        (put(b"apple\0", 1), put(b"apple", 1)),
    ];
    for (first, second) in refused {
        let mut builder = Builder::new(2);
        builder.add(first, b"").expect("the first key may be any");
        let added = builder.add(second, b"");
        assert!(
            matches!(added, Err(Error::OutOfOrder(_))),
            "{second:?} must not follow {first:?}, and `add` returned {added:?}"
        );
    }
}

#[test]
fn an_entry_that_is_refused_changes_nothing() {
    let mut builder = Builder::new(3);
    let mut untouched = Builder::new(3);
    for entry in orders(8) {
        builder.add(entry.key(), &entry.value).expect("in order");
        untouched.add(entry.key(), &entry.value).expect("in order");
        builder
            .add(put(b"a", 1), b"out of order")
            .expect_err("\"a\" comes before all orders, and yours took it");
        builder
            .add(put(&vec![b'z'; KEY_SIZE_MAX + 1], 1), b"")
            .expect_err("no key is that long, and yours took it");
    }
    assert_eq!(
        builder.len(),
        8,
        "only the 8 entries that were accepted count"
    );
    assert_eq!(builder.size(), untouched.size());
    assert_eq!(
        builder.finish(),
        untouched.finish(),
        "entries that were refused must leave no trace in the block, nor in what the next one shares"
    );
}

#[test]
fn an_entry_that_is_refused_leaves_a_finished_block_as_it_is() {
    let mut builder = Builder::new(3);
    for entry in orders(8) {
        builder.add(entry.key(), &entry.value).expect("in order");
    }
    let finished = builder.finish().to_vec();
    builder
        .add(put(b"a", 1), b"out of order")
        .expect_err("\"a\" comes before all orders, and yours took it");
    assert_eq!(
        (builder.len(), builder.size()),
        (8, finished.len()),
        "the next block begins with an entry that is accepted, and not with one that is refused"
    );
    assert_eq!(builder.finish(), finished, "these are still the bytes");
}

#[test]
fn the_refusal_names_both_keys() {
    let mut builder = Builder::new(16);
    builder.add(put(b"b\xff", 7), b"").expect("the first key");
    let error = builder
        .add(deleted(b"a", 9), b"")
        .expect_err("it comes before the last key, and yours took it");
    assert_eq!(
        error.to_string(),
        "\"a\" @9 (deleted) cannot follow \"b\\xff\" @7: keys have to ascend, and the versions of a \
         key have to go from the newest to the oldest"
    );
    let long = [b'a'; 100];
    let error = builder
        .add(put(&long, 1), b"")
        .expect_err("it comes before the last key, and yours took it");
    assert!(
        error.to_string().contains("aa\" and 52 more bytes @1"),
        "a message shows 48 bytes of a key: {error}"
    );
}

#[test]
fn the_order_is_checked_from_block_to_block() {
    for reset in [false, true] {
        let mut builder = Builder::new(4);
        builder.add(put(b"m", 5), b"").expect("the first key");
        builder.finish();
        if reset {
            builder.reset();
        }
        for (key, fine) in [
            (put(b"l", 5), false),
            (put(b"m", 5), false),
            (put(b"m", 6), false),
            (put(b"m", 4), true),
        ] {
            let added = builder.add(key, b"");
            assert_eq!(
                added.is_ok(),
                fine,
                "the block before ended with m @5, then {key:?} gave {added:?}"
            );
        }
    }
}

#[test]
fn the_next_block_begins_anew() {
    let entries = orders(9);
    let mut builder = Builder::new(4);
    for (index, part) in entries.chunks(3).enumerate() {
        for entry in part {
            builder.add(entry.key(), &entry.value).expect("in order");
        }
        assert_eq!(builder.len(), 3, "block {index} has 3 entries");
        assert_eq!(
            builder.finish(),
            build(part, 4),
            "block {index} should be as if it were the only one: its first entry shares nothing"
        );
    }
}

#[test]
fn the_first_entry_after_finish_is_counted_as_the_first() {
    let entries = orders(6);
    let mut builder = Builder::new(4);
    for entry in &entries[..5] {
        builder.add(entry.key(), &entry.value).expect("in order");
    }
    builder.finish();
    assert_eq!(
        builder.len(),
        5,
        "the finished block has 5 entries until the next is begun"
    );
    builder
        .add(entries[5].key(), &entries[5].value)
        .expect("in order");
    assert_eq!(builder.len(), 1, "the next block has one entry");
    assert!(!builder.is_empty(), "the next block has one entry");
}

#[test]
fn finishing_twice_gives_the_same_bytes() {
    let entries = orders(3);
    let mut builder = Builder::new(2);
    for entry in &entries {
        builder.add(entry.key(), &entry.value).expect("in order");
    }
    let size = builder.size();
    let first = builder.finish().to_vec();
    assert_eq!(builder.finish(), first);
    assert_eq!((builder.size(), first.len()), (size, size));
    builder.reset();
    assert!(builder.is_empty(), "after reset there is no entry");
    assert_eq!(
        builder.finish(),
        [0; 4],
        "a block without entries is its count"
    );
}

#[test]
fn the_longest_key_and_value_are_allowed_and_nothing_longer() {
    let (key, value) = (vec![b'k'; KEY_SIZE_MAX], vec![b'v'; VALUE_SIZE_MAX]);
    let (too_long, too_large) = (vec![b'k'; KEY_SIZE_MAX + 1], vec![b'v'; VALUE_SIZE_MAX + 1]);
    let mut builder = Builder::new(16);
    let refused = |size, size_max, what| {
        Err(Error::TooLarge {
            what,
            size,
            size_max,
        })
    };
    assert_eq!(
        builder.add(put(&too_long, 1), b""),
        refused(KEY_SIZE_MAX + 1, KEY_SIZE_MAX, "key")
    );
    assert_eq!(
        builder.add(put(b"k", 1), &too_large),
        refused(VALUE_SIZE_MAX + 1, VALUE_SIZE_MAX, "value")
    );
    assert_eq!(builder.add(put(&key, u64::MAX), &value), Ok(()));
    let second = builder.add(put(&key, 1), &value);
    assert!(
        matches!(
            second,
            Err(Error::TooLarge {
                what: "block",
                size_max: BLOCK_SIZE_MAX,
                ..
            })
        ),
        "a second entry of that size makes the block larger than any may be, and `add` returned {second:?}"
    );
    assert!(builder.finish().len() <= BLOCK_SIZE_MAX);
    assert_eq!(
        builder.add(put(&key, 1), &value),
        Ok(()),
        "in the next block there is room again"
    );
    let beside = |size| {
        let mut builder = Builder::new(1);
        let added = builder.add(put(b"a", 1), &value[..size]);
        added.map(|()| builder).expect("it is small")
    };
    let overhead = beside(1 << 19).size() - (1 << 19);
    let mut builder = beside((1 << 20) - 1 - overhead);
    assert_eq!(builder.size(), (1 << 20) - 1);
    assert_eq!(
        builder.add(put(&key, u64::MAX), &value),
        Ok(()),
        "a block of a byte less than a mebibyte has room for the largest entry"
    );
    assert!(builder.finish().len() <= BLOCK_SIZE_MAX);
    // Readers refuse what is larger, so this is part of the format: a mebibyte, an entry's numbers
    // (3 + 3 + 4 + 1 + 10 bytes), key and value, and a restart point.
    assert_eq!(BLOCK_SIZE_MAX, 1_048_576 + 21 + 65_536 + 16_777_216 + 4);
}

#[test]
fn a_finished_block_can_be_parsed() {
    for (count, interval, restarts) in [(0, 3, 0), (1, 3, 1), (3, 3, 1), (4, 3, 2), (9, 1, 9)] {
        let bytes = build(&orders(count), interval);
        let block = Block::parse(bytes.clone()).expect("the builder made it");
        assert_eq!(
            block.size(),
            bytes.len(),
            "a block has the size of its bytes"
        );
        assert_eq!(
            block.restart_count(),
            restarts,
            "{count} entries, interval {interval}"
        );
    }
}

/// What parsing these bytes fails with.
fn parse_error(bytes: &[u8]) -> Error {
    let parsed = Block::parse(Bytes::copy_from_slice(bytes));
    parsed.expect_err("these bytes are no block, and yours took them")
}

#[test]
fn bytes_without_room_for_the_count_are_no_block() {
    for size in 0..4 {
        assert_eq!(
            parse_error(&vec![0; size]),
            Error::Damaged {
                offset: size,
                damage: Damage::CutShort {
                    what: "block",
                    needed: 4,
                    found: size
                }
            },
            "{size} bytes do not hold a count of 4"
        );
    }
}

#[test]
fn a_count_above_what_is_there_is_refused() {
    let whole = fruit();
    let room = (whole.len() - 4) / 4;
    // Four times 2^30 and a little is a little, if only 32 bits of it are kept.
    let wraps = [1 << 30, (1 << 30) + 1, (1 << 30) + room, 3 << 30];
    for count in [room + 1, 1000, u32::MAX as usize].into_iter().chain(wraps) {
        let mut bytes = whole.clone();
        let end = bytes.len() - 4;
        let number = u32::try_from(count).expect("a u32");
        bytes[end..].copy_from_slice(&number.to_le_bytes());
        assert_eq!(
            parse_error(&bytes),
            Error::Damaged {
                offset: bytes.len(),
                damage: Damage::CutShort {
                    what: "block",
                    needed: 4 * count + 4,
                    found: bytes.len()
                }
            },
            "{count} restart points of 4 bytes and their count do not fit into {} bytes",
            bytes.len()
        );
    }
}

#[test]
fn the_first_restart_point_leads_to_the_first_entry() {
    // 6 bytes of one entry, then restart points, then their count.
    let entry = [0, 1, 0, 1, 1, b'k'];
    let with = |restarts: &[u32]| {
        let numbers = restarts
            .iter()
            .copied()
            .chain([u32::try_from(restarts.len()).expect("few")]);
        let trailer: Vec<u8> = numbers.flat_map(u32::to_le_bytes).collect();
        trailer
    };
    let whole = [&entry[..], &with(&[0])].concat();
    Block::parse(Bytes::from(whole)).expect("this one is whole");
    let cases = [
        (
            [&entry[..], &with(&[])].concat(),
            "entries, and no restart point",
        ),
        (
            [&entry[..], &with(&[1])].concat(),
            "the first restart point leads into the entry",
        ),
        (
            [&entry[..], &with(&[6, 0])].concat(),
            "the first restart point is not the lowest",
        ),
        (with(&[0]), "a restart point, and no entries"),
        (with(&[0, 0]), "restart points, and no entries"),
    ];
    for (bytes, why) in cases {
        let error = parse_error(&bytes);
        assert!(
            matches!(
                error,
                Error::Damaged {
                    damage: Damage::Restart { index: 0, .. },
                    ..
                }
            ),
            "{why}: expected Damage::Restart for point 0, yours is {error:?}"
        );
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn the_size_is_known_before_the_block_is_finished(
        entries in any_entries(),
        interval in 1_usize..6,
    ) {
        let mut builder = Builder::new(interval);
        for (count, Entry { value, .. }) in entries.iter().enumerate() {
            builder.add(entries[count].key(), value).expect("in order");
            prop_assert_eq!(builder.len(), count + 1);
            let finished = build(&entries[..=count], interval);
            prop_assert_eq!(builder.size(), finished.len(), "after {} entries", count + 1);
        }
    }
}
