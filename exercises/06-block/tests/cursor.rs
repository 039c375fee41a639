//! Reading a block: forward, backward, and from the middle.

mod support;

use bytes::Bytes;
use ferrisdb_block::{Block, Cursor, Damage, Error, Result};
use ferrisdb_core::{InternalKey, KEY_SIZE_MAX, Operation, VALUE_SIZE_MAX};
use ferrisdb_format::put_varint;
use proptest::prelude::*;
use support::{
    Entry, any_entries, backward, block, build, cases, current, deleted, forward, orders, put, same,
};

fn entry(key: InternalKey<'_>, value: &[u8]) -> Entry {
    Entry {
        user_key: key.user_key.to_vec(),
        timestamp: key.timestamp.0,
        operation: key.operation,
        value: value.to_vec(),
    }
}

/// Bytes behind one another, restart points and their count: a block that no builder made.
fn forged(entries: &[u8], restarts: &[u32]) -> Block {
    let count = u32::try_from(restarts.len()).expect("few");
    let numbers = restarts.iter().copied().chain([count]);
    let trailer: Vec<u8> = numbers.flat_map(u32::to_le_bytes).collect();
    Block::parse(Bytes::from([entries, &trailer].concat())).expect("count and first point are fine")
}

#[track_caller]
fn assert_at(cursor: &Cursor, expected: Option<&Entry>, after: &str) {
    same(
        current(cursor),
        expected.cloned(),
        &format!("after {after} the cursor should be at another entry (None: at none)"),
    );
}

// Forward.

#[test]
fn entries_come_back_as_they_were_added() {
    for count in [1, 2, 15, 16, 17, 33, 100] {
        for interval in [1, 2, 16, 1000] {
            let entries = orders(count);
            let yours = forward(&block(&entries, interval)).expect("the block is whole");
            same(yours, entries, "from the first entry to the last");
        }
    }
}

#[test]
fn an_empty_value_is_not_a_delete() {
    let entries = [
        entry(put(b"", 3), b""),
        entry(put(b"a", 9), b""),
        entry(deleted(b"a", 8), b""),
        entry(put(b"a", 7), b"old"),
        entry(put(b"a\0", 7), b"\0"),
    ];
    let yours = forward(&block(&entries, 16)).expect("the block is whole");
    same(yours, entries.to_vec(), "operation, value and timestamp");
}

#[test]
fn sizes_and_timestamps_may_need_more_than_one_byte() {
    let long = |byte: u8, size: usize| vec![byte; size];
    let sizes = [127, 128, 129, 300, 16_383, 16_384, KEY_SIZE_MAX];
    let mut entries: Vec<Entry> = sizes
        .iter()
        .map(|&size| entry(put(&long(b'k', size), u64::MAX), &long(b'v', size)))
        .collect();
    entries.push(entry(put(b"z", 1 << 40), &long(b'v', 1 << 20)));
    for interval in [1, 16] {
        let yours = forward(&block(&entries, interval)).expect("the block is whole");
        assert!(
            yours == entries,
            "keys of {sizes:?} bytes and values of the same sizes should come back"
        );
    }
}

#[test]
fn a_value_can_be_kept_without_copying_it() {
    let bytes = build(&orders(3), 16);
    let mut cursor = Block::parse(bytes.clone()).expect("whole").cursor();
    cursor.seek_to_first().expect("whole");
    let value = cursor.value_bytes();
    same(&value[..], &b"0 EUR"[..], "the value of the first entry");
    assert!(
        bytes.as_ptr_range().contains(&value.as_ptr()),
        "the value should be a part of the block's own memory"
    );
}

#[test]
fn there_is_no_entry_in_an_empty_block() {
    let block = block(&[], 16);
    let mut cursor = block.cursor();
    assert_at(&cursor, None, "nothing at all");
    cursor.seek_to_first().expect("an empty block is whole");
    assert_at(&cursor, None, "seek_to_first");
    cursor.next().expect("an empty block is whole");
    assert_at(&cursor, None, "next");
}

#[test]
fn a_cursor_stays_at_no_entry_behind_the_end() {
    let entries = orders(3);
    let mut cursor = block(&entries, 2).cursor();
    cursor.next().expect("whole");
    assert_at(&cursor, None, "next on a new cursor");
    cursor.seek_to_first().expect("whole");
    for _ in 0..3 {
        cursor.next().expect("whole");
    }
    assert_at(&cursor, None, "one step more than there are entries");
    cursor.next().expect("whole");
    assert_at(&cursor, None, "another step");
    cursor.seek_to_first().expect("whole");
    assert_at(&cursor, entries.first(), "seek_to_first");
}

#[test]
fn a_cursor_can_go_over_to_another_block() {
    let entries = orders(10);
    let (first, second) = (block(&entries[..5], 4), block(&entries[5..], 4));
    let mut cursor = first.cursor();
    cursor.seek_to_first().expect("whole");
    cursor.set_block(second);
    assert_at(&cursor, None, "set_block");
    cursor.seek_to_first().expect("whole");
    assert_at(&cursor, entries.get(5), "seek_to_first in the second block");
    cursor.clear();
    assert_at(&cursor, None, "clear");
    cursor.seek_to_first().expect("whole");
    assert_at(&cursor, entries.get(5), "clear keeps the block");
}

/// An entry that may be anything: sizes, operation and timestamp as given, then the bytes.
fn raw(shared: u64, suffix: u64, value: u64, operation: u8, bytes: &[u8]) -> Vec<u8> {
    let mut entry = Vec::new();
    put_varint(&mut entry, shared);
    put_varint(&mut entry, suffix);
    put_varint(&mut entry, value);
    entry.extend([operation, 1]);
    entry.extend(bytes);
    entry
}

/// What going through these entries fails with, and how many good ones came before.
fn failure(entries: &[u8]) -> (usize, Error) {
    let mut cursor = forged(entries, &[0]).cursor();
    let mut good = 0;
    let mut result = cursor.seek_to_first();
    while result.is_ok() {
        assert!(
            cursor.is_valid(),
            "these entries should not have been accepted"
        );
        good += 1;
        result = cursor.next();
    }
    assert!(!cursor.is_valid(), "after an error a cursor is at no entry");
    cursor.next().expect("from no entry, next does nothing");
    (good, result.expect_err("the loop ended with it"))
}

#[test]
fn sizes_are_held_against_what_is_there() {
    let fine = raw(0, 2, 1, 1, b"kkv");
    let end = fine.len();
    let cut_short = |needed, found| Damage::CutShort {
        what: "entry",
        needed,
        found,
    };
    let cases = [
        (raw(0, 3, 0, 1, b"kk"), cut_short(3, 2)),
        (raw(0, 2, 2, 1, b"kkv"), cut_short(4, 3)),
        (raw(2, 0, 1, 1, b""), cut_short(1, 0)),
        (
            raw(0, KEY_SIZE_MAX as u64, VALUE_SIZE_MAX as u64, 1, b"kkv"),
            cut_short(KEY_SIZE_MAX + VALUE_SIZE_MAX, 3),
        ),
        (
            raw(3, 0, 0, 1, b""),
            Damage::Shared {
                shared: 3,
                available: 2,
            },
        ),
        (
            raw(KEY_SIZE_MAX as u64, 0, 0, 1, b""),
            Damage::Shared {
                shared: KEY_SIZE_MAX,
                available: 2,
            },
        ),
    ];
    for (second, damage) in cases {
        let bytes = [&fine[..], &second].concat();
        let expected = (
            1,
            Error::Damaged {
                offset: end,
                damage,
            },
        );
        same(
            failure(&bytes),
            expected,
            "the first entry is fine, and the second is damaged at its first byte",
        );
    }
}

#[test]
fn no_key_and_no_value_is_longer_than_the_longest_legal_one() {
    let max = KEY_SIZE_MAX as u64;
    let cases = [
        (
            raw(max + 1, 0, 0, 1, b""),
            "shared part of the key",
            max + 1,
            KEY_SIZE_MAX,
        ),
        (
            raw(0, max + 1, 0, 1, b""),
            "rest of the key",
            max + 1,
            KEY_SIZE_MAX,
        ),
        (
            raw(1, max, 0, 1, b""),
            "rest of the key",
            max,
            KEY_SIZE_MAX - 1,
        ),
        (
            raw(0, u64::MAX, 0, 1, b""),
            "rest of the key",
            u64::MAX,
            KEY_SIZE_MAX,
        ),
        (raw(max, 1, 0, 1, b""), "rest of the key", 1, 0),
        (
            raw(0, 1, VALUE_SIZE_MAX as u64 + 1, 1, b"k"),
            "value",
            VALUE_SIZE_MAX as u64 + 1,
            VALUE_SIZE_MAX,
        ),
        (
            raw(0, 1, u64::MAX, 1, b"k"),
            "value",
            u64::MAX,
            VALUE_SIZE_MAX,
        ),
    ];
    for (bytes, what, size, size_max) in cases {
        let damage = Damage::TooLong {
            what,
            size,
            size_max,
        };
        same(
            failure(&bytes),
            (0, Error::Damaged { offset: 0, damage }),
            "a size above the limit is refused as such, whatever is there",
        );
    }
}

#[test]
fn an_operation_that_does_not_exist_is_refused() {
    for number in (0..=u8::MAX).filter(|number| !(1..=2).contains(number)) {
        let damage = Damage::Operation { number };
        let found = failure(&raw(0, 1, 0, number, b"k"));
        same(
            found,
            (0, Error::Damaged { offset: 0, damage }),
            "1 is put, 2 is delete",
        );
    }
}

#[test]
fn an_entry_that_is_cut_anywhere_is_refused() {
    let whole = raw(0, 130, 200, 2, &[b'x'; 330]);
    for size in 1..whole.len() {
        let (good, error) = failure(&whole[..size]);
        assert!(
            good == 0 && matches!(error, Error::Damaged { offset: 0, .. }),
            "the first {size} bytes of an entry of {} are no entry, yours says {error}",
            whole.len()
        );
    }
}

#[test]
fn a_number_with_a_shorter_form_is_refused() {
    // 1 as 81 00 instead of 01: the writer never does this.
    for at in [0, 1, 2, 4] {
        let mut bytes = raw(0, 1, 1, 1, b"kv");
        let value = bytes[at];
        bytes.splice(at..=at, [value | 0x80, 0]);
        let (good, error) = failure(&bytes);
        assert!(
            good == 0
                && matches!(
                    error,
                    Error::Damaged {
                        damage: Damage::Varint(_),
                        ..
                    }
                ),
            "expected Damage::Varint, yours is {error:?}"
        );
    }
}

// Seek.

/// Every target that makes a difference to these entries: each key, and what lies just before
/// and just after it.
fn targets(entries: &[Entry]) -> Vec<Entry> {
    let mut targets = vec![entry(put(b"", u64::MAX), b""), entry(put(b"\xff", 0), b"")];
    for this in entries {
        for timestamp in this.timestamp.saturating_sub(1)..=this.timestamp + 1 {
            for operation in [Operation::Put, Operation::Delete] {
                targets.push(Entry {
                    timestamp,
                    operation,
                    ..this.clone()
                });
            }
        }
        let shorter = this.user_key[..this.user_key.len().saturating_sub(1)].to_vec();
        let longer = [&this.user_key[..], b"\0"].concat();
        for user_key in [shorter, longer] {
            targets.push(Entry {
                user_key,
                ..this.clone()
            });
        }
    }
    targets
}

/// Versions of keys that begin alike, some of them with more versions than an interval has
/// entries.
fn versions() -> Vec<Entry> {
    let mut entries = Vec::new();
    for (key, count) in [
        (&b"a"[..], 1),
        (b"ab", 9),
        (b"abc", 2),
        (b"b", 1),
        (b"ba", 5),
    ] {
        for timestamp in (1..=count).rev() {
            let value = format!("{timestamp}");
            entries.push(entry(put(key, 10 * timestamp), value.as_bytes()));
        }
    }
    entries
}

#[test]
fn seek_finds_the_first_entry_at_or_after_the_target() {
    for entries in [orders(0), orders(1), orders(20), versions()] {
        // With 100 they all lie behind one restart point.
        for interval in [1, 2, 3, 4, 16, 100] {
            let mut cursor = block(&entries, interval).cursor();
            for target in targets(&entries) {
                let index = entries.partition_point(|entry| entry.key() < target.key());
                cursor.seek(target.key()).expect("the block is whole");
                let after = format!("seek({target:?}), interval {interval},");
                assert_at(&cursor, entries.get(index), &after);
                cursor.next().expect("the block is whole");
                let expected = entries.get(index + 1);
                assert_at(&cursor, expected, &format!("{after} and then next"));
            }
        }
    }
}

/// Keys that begin alike for long, and then differ early, late, or only in their length.
fn keys_much_alike(common: usize) -> Vec<Vec<u8>> {
    let ends: [&[u8]; 16] = [
        b"",
        b"\0",
        b"\0\0\0\0\0",
        b"a",
        b"a\0",
        b"aaaa",
        b"aaaa\0",
        b"aaaaa",
        b"aaaab",
        b"aaab",
        b"b",
        b"bbbb",
        b"bbbbb",
        b"bbbbbb",
        b"\xff\xff\xff",
        b"\xff\xff\xff\xff\xff",
    ];
    let key = |end: &&[u8]| [vec![b'k'; common].as_slice(), end].concat();
    ends.iter().map(key).collect()
}

#[test]
fn seek_finds_the_first_entry_however_much_keys_are_alike() {
    for common in [0, 1, 5, 31, 32, 33, 40] {
        let keys = keys_much_alike(common);
        // In between lie targets that are no keys, before and behind them those that lack a part
        // of what all keys have in common.
        let mut targets: Vec<_> = keys
            .iter()
            .map(|key| [key, &b"\x01"[..]].concat())
            .collect();
        targets.extend(keys.iter().cloned());
        targets.extend((0..common).map(|size| vec![b'k'; size]));
        targets.extend((0..common).map(|size| [&vec![b'k'; size][..], b"j"].concat()));
        targets.extend((0..common).map(|size| [&vec![b'k'; size][..], b"l"].concat()));
        for (count, interval) in [(16, 1), (16, 2), (16, 5), (8, 1), (3, 1), (1, 1)] {
            for skip in 0..=keys.len() - count {
                let entry = |key: &Vec<u8>| Entry {
                    user_key: key.clone(),
                    timestamp: 5,
                    operation: Operation::Put,
                    value: b"v".to_vec(),
                };
                let entries: Vec<_> = keys[skip..][..count].iter().map(entry).collect();
                let mut cursor = block(&entries, interval).cursor();
                for target in &targets {
                    for timestamp in [4, 5, 6] {
                        let target = put(target, timestamp);
                        cursor.seek(target).expect("nothing is damaged");
                        let expected = entries.iter().find(|entry| entry.key() >= target);
                        let about = format!("sought {target:?}, a restart point every {interval}");
                        assert_at(&cursor, expected, &about);
                    }
                }
            }
        }
    }
}

#[test]
fn seek_finds_what_a_reader_at_a_time_may_see() {
    let mut cursor = block(&versions(), 4).cursor();
    for (as_of, expected) in [(95, "9"), (90, "9"), (89, "8"), (45, "4"), (10, "1")] {
        cursor.seek(put(b"ab", as_of)).expect("whole");
        assert!(cursor.is_valid(), "ab has a version at or before {as_of}");
        let yours = (cursor.key().user_key, cursor.value());
        let why = format!("the newest version of ab that a reader at {as_of} may see");
        same(yours, (&b"ab"[..], expected.as_bytes()), &why);
    }
    cursor.seek(put(b"ab", 9)).expect("whole");
    same(
        cursor.key(),
        put(b"abc", 20),
        "ab has no version at or before 9",
    );
}

#[test]
fn seek_goes_straight_to_an_entry_where_each_has_a_restart_point() {
    // As in the index of a table.
    let entries = orders(30);
    let mut cursor = block(&entries, 1).cursor();
    for target in targets(&entries) {
        let index = entries.partition_point(|entry| entry.key() < target.key());
        cursor.seek(target.key()).expect("the block is whole");
        assert_at(&cursor, entries.get(index), &format!("seek({target:?})"));
    }
}

/// A block of 64 intervals of 4 entries, whose entries at `broken` have an operation that does
/// not exist.
fn broken_at(entries: &[Entry], broken: impl Fn(usize) -> bool) -> Block {
    let bytes = build(entries, 4);
    let mut cursor = Block::parse(bytes.clone()).expect("whole").cursor();
    let mut damaged = bytes.to_vec();
    cursor.seek_to_first().expect("whole");
    for index in 0..entries.len() {
        if broken(index) {
            // Operation and timestamp (2 bytes) lie before the suffix, which lies before the value.
            let value = cursor.value().as_ptr() as usize - bytes.as_ptr() as usize;
            let shared = if index % 4 == 0 {
                0
            } else {
                common(&entries[index - 1], &entries[index])
            };
            let suffix = entries[index].user_key.len() - shared;
            damaged[value - suffix - 3] = 9;
        }
        cursor.next().expect("whole");
    }
    Block::parse(Bytes::from(damaged)).expect("the end of the block is untouched")
}

fn common(a: &Entry, b: &Entry) -> usize {
    let pairs = a.user_key.iter().zip(&b.user_key);
    pairs.take_while(|(a, b)| a == b).count()
}

#[test]
fn seek_looks_at_few_restart_points() {
    let entries = orders(256);
    let target = &entries[150];
    let mut asked = Vec::new();
    for interval in 0..64 {
        let block = broken_at(&entries, |index| index == 4 * interval);
        if block.cursor().seek(target.key()).is_err() {
            asked.push(interval);
        }
    }
    assert!(
        (2..=8).contains(&asked.len()),
        "to find one of 64 restart points takes about 6 looks, yours looked at {}: {asked:?}",
        asked.len()
    );
}

#[test]
fn seek_reads_one_interval_only() {
    let entries = orders(256);
    for (index, target) in entries.iter().enumerate() {
        // All entries are broken but those at restart points and those of this interval.
        let block = broken_at(&entries, |other| other % 4 != 0 && other / 4 != index / 4);
        let mut cursor = block.cursor();
        let result = cursor.seek(target.key());
        assert!(
            result.is_ok() || index % 4 == 0,
            "{target:?} lies in interval {}, and yours read an entry of another: {result:?}",
            index / 4
        );
        if result.is_ok() {
            assert_at(&cursor, Some(target), "seek");
        }
    }
}

#[test]
fn seek_reads_one_interval_only_wherever_the_cursor_is() {
    let entries = orders(256);
    for (from, to) in [(1, 201), (5, 255), (253, 1), (201, 101), (101, 150)] {
        // All entries are broken but those at restart points and those of these two intervals.
        let block = broken_at(&entries, |other| {
            other % 4 != 0 && other / 4 != from / 4 && other / 4 != to / 4
        });
        let mut cursor = block.cursor();
        let (from, to) = (&entries[from], &entries[to]);
        cursor.seek(from.key()).expect("its interval is whole");
        let result = cursor.seek(to.key());
        assert!(
            result.is_ok(),
            "from {from:?} to {to:?} a search should go by the restart points, and not walk: {result:?}"
        );
        assert_at(&cursor, Some(to), "seek");
    }
}

#[test]
fn seek_reads_one_interval_only_of_the_many_versions_of_a_key() {
    let version = |timestamp| entry(put(b"apple", timestamp), b"red");
    let entries: Vec<Entry> = (1000..1256).rev().map(version).collect();
    for (index, target) in entries
        .iter()
        .enumerate()
        .filter(|(index, _)| index % 4 != 0)
    {
        // All entries are broken but those at restart points and those of this interval.
        let block = broken_at(&entries, |other| other % 4 != 0 && other / 4 != index / 4);
        let mut cursor = block.cursor();
        let result = cursor.seek(target.key());
        assert!(
            result.is_ok(),
            "{target:?} is version {index} of 256 of one key, so the restart points differ in their \
             timestamps only; it lies in interval {}, and yours read an entry of another: {result:?}",
            index / 4
        );
        assert_at(&cursor, Some(target), "seek");
    }
}

#[test]
fn seek_reports_damage_and_leaves_the_cursor_at_no_entry() {
    let entries = orders(16);
    let cases = [
        (
            broken_at(&entries, |index| index % 4 == 0),
            "entries at restart points",
        ),
        (
            broken_at(&entries, |index| index % 4 != 0),
            "entries behind restart points",
        ),
    ];
    for (block, what) in cases {
        for at in [1, 6, 13] {
            let mut cursor = block.cursor();
            let error = cursor.seek(entries[at].key());
            assert!(
                matches!(
                    error,
                    Err(Error::Damaged {
                        damage: Damage::Operation { number: 9 },
                        ..
                    })
                ),
                "{what} are damaged, and seek returned {error:?}"
            );
            assert_at(&cursor, None, "an error");
        }
    }
}

#[test]
fn seek_passes_over_no_damage_that_it_meets() {
    let entries = orders(256);
    let mut reported = Vec::new();
    for interval in 0..64 {
        let block = broken_at(&entries, |index| index == 4 * interval);
        if block.cursor().seek(entries[255].key()).is_err() {
            reported.push(interval);
        }
    }
    assert!(
        reported.len() >= 4,
        "to find the last of 64 restart points takes about 6 looks, so damage at about 6 of them \
         should be reported; yours reported it at {reported:?}"
    );
}

#[test]
fn an_earlier_entry_is_gone_when_a_seek_fails() {
    let entries = orders(16);
    let block = broken_at(&entries, |index| index == 13);
    let mut cursor = block.cursor();
    cursor.seek(entries[2].key()).expect("this part is whole");
    let result = cursor.seek(entries[14].key());
    assert!(
        result.is_err(),
        "entry 13 is damaged and in the way to 14, and seek returned {result:?}"
    );
    assert_at(&cursor, None, "a seek that failed");
}

#[test]
fn a_restart_point_at_an_entry_that_shares_is_refused() {
    let (first, second) = (raw(0, 2, 0, 1, b"ka"), raw(1, 1, 0, 1, b"b"));
    let offset = u32::try_from(first.len()).expect("short");
    let block = forged(&[&first[..], &second].concat(), &[0, offset]);
    let result = block.cursor().seek(put(b"z", 1));
    let damage = Damage::Shared {
        shared: 1,
        available: 0,
    };
    let expected = Error::Damaged {
        offset: first.len(),
        damage,
    };
    same(
        result,
        Err(expected),
        "the second restart point leads to an entry that shares a byte, which seek should report",
    );
}

#[test]
fn a_restart_point_behind_the_entries_is_refused() {
    let entries = [raw(0, 1, 0, 1, b"a"), raw(0, 1, 0, 1, b"b")].concat();
    for offset in [entries.len(), entries.len() + 1, u32::MAX as usize] {
        let block = forged(&entries, &[0, u32::try_from(offset).expect("a u32")]);
        let result = block.cursor().seek(put(b"b", 1));
        let damaged = Damage::Restart {
            index: 1,
            offset,
            reason: "the entries end before it",
        };
        let expected = Error::Damaged {
            offset: entries.len() + 4,
            damage: damaged,
        };
        let why = "restart point 1 leads to no entry, which seek should report";
        same(result, Err(expected), why);
    }
}

// Backward.

#[test]
fn entries_come_back_in_reverse() {
    for count in [0, 1, 2, 15, 16, 17, 33, 100] {
        for interval in [1, 2, 16, 1000] {
            let mut entries = orders(count);
            let yours = backward(&block(&entries, interval)).expect("the block is whole");
            entries.reverse();
            same(yours, entries, "from the last entry to the first");
        }
    }
}

#[test]
fn going_back_within_an_interval_passes_no_entry() {
    let entries = orders(16);
    let mut cursor = block(&entries, 16).cursor();
    cursor.seek(entries[15].key()).expect("whole");
    for index in (0..15).rev() {
        cursor.prev().expect("whole");
        assert_at(&cursor, entries.get(index), "prev");
    }
}

#[test]
fn a_cursor_can_turn_around_anywhere() {
    for entries in [orders(20), versions()] {
        for interval in [1, 2, 3, 16] {
            let mut cursor = block(&entries, interval).cursor();
            for (index, this) in entries.iter().enumerate() {
                cursor.seek(this.key()).expect("whole");
                cursor.prev().expect("whole");
                let before = index.checked_sub(1).map(|before| &entries[before]);
                assert_at(&cursor, before, &format!("seek({this:?}) and prev"));
                cursor.next().expect("whole");
                let again = before.and(Some(this));
                assert_at(&cursor, again, &format!("seek({this:?}), prev and next"));
            }
        }
    }
}

#[test]
fn a_cursor_stays_at_no_entry_before_the_beginning() {
    let entries = orders(3);
    let mut cursor = block(&entries, 2).cursor();
    cursor.prev().expect("whole");
    assert_at(&cursor, None, "prev on a new cursor");
    cursor.seek_to_first().expect("whole");
    for _ in 0..2 {
        cursor.prev().expect("whole");
        assert_at(&cursor, None, "prev at the first entry, or at none");
    }
    cursor.next().expect("whole");
    assert_at(&cursor, None, "next from before the beginning");
    cursor.seek_to_last().expect("whole");
    assert_at(&cursor, entries.last(), "seek_to_last");
}

#[test]
fn seek_for_prev_finds_the_last_entry_at_or_before_the_target() {
    for entries in [orders(0), orders(1), orders(20), versions()] {
        for interval in [1, 2, 3, 16, 100] {
            let mut cursor = block(&entries, interval).cursor();
            for target in targets(&entries) {
                let above = entries.partition_point(|entry| entry.key() <= target.key());
                let expected = above.checked_sub(1).map(|index| &entries[index]);
                cursor
                    .seek_for_prev(target.key())
                    .expect("the block is whole");
                assert_at(&cursor, expected, &format!("seek_for_prev({target:?})"));
            }
        }
    }
}

#[test]
fn going_back_reads_one_interval_only() {
    let entries = orders(256);
    for (index, this) in entries.iter().enumerate().skip(1) {
        let before = index - 1;
        let block = broken_at(&entries, |other| {
            other % 4 != 0 && other / 4 != before / 4 && other / 4 != index / 4
        });
        let mut cursor = block.cursor();
        if cursor.seek(this.key()).is_err() {
            // At a restart point, seek may read the interval before.
            continue;
        }
        let moved = cursor.prev();
        assert_eq!(
            moved,
            Ok(()),
            "prev from {this:?} should read nothing but the interval of the entry before"
        );
        assert_at(&cursor, entries.get(before), "prev");
    }
}

/// Going back through a block in which the operation of entry `broken` does not exist.
fn back_to_damage(broken: usize) {
    let entries = orders(16);
    let block = broken_at(&entries, |index| index == broken);
    let damaged = forward(&block);
    assert!(
        matches!(
            damaged,
            Err(Error::Damaged {
                damage: Damage::Operation { number: 9 },
                ..
            })
        ),
        "entry {broken} is damaged, and going forward gave {damaged:?}"
    );
    let expected = damaged.map(|_| ());
    let mut cursor = block.cursor();
    let mut result = cursor.seek_to_last();
    // The intervals behind the damaged one are whole.
    for entry in entries[4 * (broken / 4 + 1)..].iter().rev() {
        same(result, Ok(()), "the damage is not in this interval");
        assert_at(&cursor, Some(entry), "seek_to_last or prev");
        result = cursor.prev();
    }
    let why = format!(
        "entry {broken} is damaged, and a step back into its interval should return the error of that \
         entry, as a step forward does"
    );
    same(result, expected.clone(), &why);
    assert_at(&cursor, None, "an error");
    let target = entries[broken].key();
    let why = format!("seek_for_prev to the damaged entry {broken} should return its error");
    same(cursor.seek_for_prev(target), expected, &why);
    assert_at(&cursor, None, "an error");
    same(cursor.prev(), Ok(()), "from no entry, prev does nothing");
}

#[test]
fn going_back_reports_damage_at_a_restart_point() {
    for broken in [0, 4, 8, 12] {
        back_to_damage(broken);
    }
}

#[test]
fn going_back_reports_damage_behind_a_restart_point() {
    for broken in (0..16).filter(|broken| broken % 4 != 0) {
        back_to_damage(broken);
    }
}

/// Going back from the second of two entries, where a restart point leads into the first one's
/// value. What looks like an entry there has a value of `value_size` bytes, and does not end where
/// the second one begins.
fn back_over_an_inner_entry(value_size: u64) {
    let inner = raw(0, 1, value_size, 1, b"x");
    let first_value = [&inner[..], b"..."].concat();
    let first_size = first_value.len() as u64;
    let first = raw(0, 1, first_size, 1, &[b"a", &first_value[..]].concat());
    let second = raw(0, 1, 0, 1, b"b");
    let into = u32::try_from(first.len() - first_value.len()).expect("short");
    let block = forged(&[&first[..], &second].concat(), &[0, into]);
    let mut cursor = block.cursor();
    cursor.seek_to_first().expect("the first entry is fine");
    cursor.next().expect("the second one too");
    let result = cursor.prev();
    assert!(
        matches!(
            result,
            Err(Error::Damaged {
                damage: Damage::Restart { index: 1, .. },
                ..
            })
        ),
        "from restart point 1 on no entry ends where the second one begins: prev should stop once it \
         is past that byte and return Damage::Restart for point 1, yours is {result:?}"
    );
    assert_at(&cursor, None, "an error");
    cursor.prev().expect("from no entry, prev does nothing");
}

#[test]
fn a_restart_point_into_an_entry_does_not_lead_astray() {
    // The inner entry ends where the second one does.
    back_over_an_inner_entry(9);
}

#[test]
fn going_back_stops_where_it_has_passed_the_end() {
    // The inner entry ends within the second one, and there is nothing behind that can be read.
    back_over_an_inner_entry(4);
}

#[derive(Debug, Clone)]
enum Move {
    First,
    Last,
    Seek(Entry),
    SeekForPrev(Entry),
    Next,
    Prev,
}

fn any_move() -> impl Strategy<Value = Move> {
    let user_key = || prop::collection::vec(0_u8..3, 0..6);
    let target = || (user_key(), 0_u64..300).prop_map(|(key, at)| entry(put(&key, at), b""));
    prop_oneof![
        1 => Just(Move::First),
        1 => Just(Move::Last),
        3 => target().prop_map(Move::Seek),
        3 => target().prop_map(Move::SeekForPrev),
        6 => Just(Move::Next),
        6 => Just(Move::Prev),
    ]
}

/// Where a list would be: the index of the entry, if there is one.
fn move_in_list(entries: &[Entry], at: Option<usize>, step: &Move) -> Option<usize> {
    let index = match step {
        Move::First => 0,
        Move::Last => entries.len().checked_sub(1)?,
        Move::Seek(target) => entries.partition_point(|entry| entry.key() < target.key()),
        Move::SeekForPrev(target) => {
            let above = entries.partition_point(|entry| entry.key() <= target.key());
            above.checked_sub(1)?
        }
        Move::Next => at? + 1,
        Move::Prev => at?.checked_sub(1)?,
    };
    (index < entries.len()).then_some(index)
}

fn move_cursor(cursor: &mut Cursor, step: &Move) -> Result<()> {
    match step {
        Move::First => cursor.seek_to_first(),
        Move::Last => cursor.seek_to_last(),
        Move::Seek(target) => cursor.seek(target.key()),
        Move::SeekForPrev(target) => cursor.seek_for_prev(target.key()),
        Move::Next => cursor.next(),
        Move::Prev => cursor.prev(),
    }
}

/// Every move, with nothing to compare it with. Ends although the bytes may be anything.
fn wander(block: &Block, moves: &[Move]) {
    let steps_max = block.size();
    for (start, step) in [(Move::First, Move::Next), (Move::Last, Move::Prev)] {
        let mut cursor = block.cursor();
        let mut result = move_cursor(&mut cursor, &start);
        let mut steps = 0;
        while result.is_ok() && cursor.is_valid() {
            steps += 1;
            assert!(
                steps <= steps_max,
                "a block of {steps_max} bytes has fewer entries"
            );
            result = move_cursor(&mut cursor, &step);
        }
    }
    let mut cursor = block.cursor();
    for step in moves {
        let result = move_cursor(&mut cursor, step);
        assert!(
            result.is_ok() || !cursor.is_valid(),
            "after an error a cursor is at no entry"
        );
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn any_entries_come_back_from_a_block(entries in any_entries(), interval in 1_usize..6) {
        let yours = forward(&block(&entries, interval)).expect("the block is whole");
        prop_assert_eq!(yours, entries);
    }

    #[test]
    fn any_moves_agree_with_a_list(
        entries in any_entries(),
        interval in 1_usize..6,
        moves in prop::collection::vec(any_move(), 1..30),
    ) {
        let mut cursor = block(&entries, interval).cursor();
        let mut at = None;
        for step in &moves {
            at = move_in_list(&entries, at, step);
            move_cursor(&mut cursor, step).expect("the block is whole");
            let (yours, expected) = (current(&cursor), at.map(|at| entries[at].clone()));
            prop_assert_eq!(yours, expected, "after {:?}", step);
        }
    }

    #[test]
    fn no_bytes_make_a_cursor_panic_or_run_forever(
        entries in any_entries(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        moves in prop::collection::vec(any_move(), 1..30),
    ) {
        let mut bytes = build(&entries, 3).to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(block) = Block::parse(Bytes::from(bytes)) {
            wander(&block, &moves);
        }
    }

    #[test]
    fn no_entries_at_all_make_it_do_so_either(
        entries in prop::collection::vec(prop_oneof![0_u8..4, any::<u8>()], 1..60),
        restarts in prop::collection::vec(0_u32..70, 0..4),
        moves in prop::collection::vec(any_move(), 1..30),
    ) {
        wander(&forged(&entries, &[&[0], &restarts[..]].concat()), &moves);
    }
}
