//! The list as its users see it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};

use ferrisdb_core::{KEY_SIZE_MAX, Source, VALUE_SIZE_MAX};
use ferrisdb_skiplist::{CAPACITY_MAX, Cursor, Entry, Error, OwnedCursor, SkipList};
use proptest::prelude::*;

use support::{
    Model, ROOMY, backwards, config, delete, forwards, key_of, list, put, show, user_key, value_of,
    write,
};

mod support;

fn fruits() -> SkipList {
    let list = list(ROOMY);
    let entries = [
        (put(b"cherry", 2), "red"),
        (put(b"apple", 4), "green"),
        (put(b"banana", 3), ""),
        (delete(b"apple", 9), ""),
        (put(b"apple", 1), "unripe"),
        (put(b"", 5), "no name"),
    ];
    for (key, value) in entries {
        list.insert(key, value.as_bytes()).expect("there is room");
    }
    list
}

const SORTED: [&str; 6] = [
    " @5 = no name",
    "apple @9 deleted",
    "apple @4 = green",
    "apple @1 = unripe",
    "banana @3 = ",
    "cherry @2 = red",
];

// Order and lookup

#[test]
fn entries_come_in_the_order_of_keys_and_the_newest_version_first() {
    let list = fruits();
    assert_eq!(forwards(&list), SORTED, "yours and expected, forwards");
    let mut reversed = SORTED;
    reversed.reverse();
    assert_eq!(backwards(&list), reversed, "yours and expected, backwards");
    assert_eq!(list.len(), 6, "yours and expected: the length");
    assert!(!list.is_empty());
}

#[test]
fn get_finds_the_newest_version_that_is_not_too_new() {
    let list = fruits();
    let cases = [
        (&b"apple"[..], 0, None),
        (b"apple", 1, Some("apple @1 = unripe")),
        (b"apple", 3, Some("apple @1 = unripe")),
        (b"apple", 4, Some("apple @4 = green")),
        (b"apple", 8, Some("apple @4 = green")),
        (b"apple", 9, Some("apple @9 deleted")),
        (b"apple", u64::MAX, Some("apple @9 deleted")),
        (b"banana", 2, None),
        (b"banana", 3, Some("banana @3 = ")),
        (b"b", 9, None),
        (b"zebra", 9, None),
        (b"", 9, Some(" @5 = no name")),
    ];
    for (key, timestamp, expected) in cases {
        for target in [put(key, timestamp), delete(key, timestamp)] {
            assert_eq!(
                list.get(target).as_ref().map(show).as_deref(),
                expected,
                "yours and expected: {} as of {timestamp}",
                String::from_utf8_lossy(key)
            );
        }
    }
}

#[test]
fn a_version_is_inserted_once() {
    let list = fruits();
    let used = list.memory_used();
    for key in [
        put(b"apple", 4),
        delete(b"apple", 4),
        put(b"", 5),
        put(b"cherry", 2),
    ] {
        let result = list.insert(key, b"other");
        assert!(
            matches!(result, Err(Error::Duplicate { timestamp }) if timestamp == key.timestamp),
            "{key:?} is in the list already, whatever its operation: {result:?}"
        );
    }
    assert_eq!(forwards(&list), SORTED, "yours and expected: unchanged");
    assert_eq!(
        (list.memory_used(), list.len()),
        (used, 6),
        "yours and expected: nothing was taken for what was refused"
    );
}

#[test]
fn an_empty_list_has_nothing_to_find() {
    let list = list(ROOMY);
    assert!(list.is_empty() && list.get(put(b"", 0)).is_none());
    let mut cursor = list.cursor();
    let moves: [fn(&mut Cursor<'_>); 6] = [
        |cursor| cursor.seek_to_first(),
        |cursor| cursor.seek_to_last(),
        |cursor| cursor.seek(put(b"", u64::MAX)),
        |cursor| cursor.seek_for_prev(put(b"zz", 0)),
        |cursor| cursor.next(),
        |cursor| cursor.prev(),
    ];
    for move_it in moves {
        move_it(&mut cursor);
        assert!(!cursor.is_valid() && cursor.current().is_none());
    }
    list.insert(put(b"", u64::MAX), b"the very first key there can be")
        .expect("there is room");
    assert_eq!(forwards(&list).len(), 1, "yours and expected: it is found");
}

// The cursor

#[test]
fn a_cursor_goes_where_it_is_sent() {
    let list = fruits();
    let mut cursor = list.cursor();
    let cases = [
        (
            put(b"apple", 5),
            Some("apple @4 = green"),
            Some("apple @9 deleted"),
        ),
        (
            put(b"apple", 4),
            Some("apple @4 = green"),
            Some("apple @4 = green"),
        ),
        (
            delete(b"apple", 4),
            Some("apple @4 = green"),
            Some("apple @4 = green"),
        ),
        (
            put(b"apple", 9),
            Some("apple @9 deleted"),
            Some("apple @9 deleted"),
        ),
        (
            put(b"avocado", 9),
            Some("banana @3 = "),
            Some("apple @1 = unripe"),
        ),
        (put(b"", 6), Some(" @5 = no name"), None),
        (put(b"", 5), Some(" @5 = no name"), Some(" @5 = no name")),
        (put(b"zebra", 1), None, Some("cherry @2 = red")),
        (put(b"cherry", 1), None, Some("cherry @2 = red")),
    ];
    for (key, after, before) in cases {
        cursor.seek(key);
        let found = cursor.current().as_ref().map(show);
        assert_eq!(
            found.as_deref(),
            after,
            "yours and expected: the first at or after {key:?}"
        );
        cursor.seek_for_prev(key);
        let found = cursor.current().as_ref().map(show);
        assert_eq!(
            found.as_deref(),
            before,
            "yours and expected: the last at or before {key:?}"
        );
    }
}

#[test]
fn a_cursor_that_has_left_the_list_stays_outside() {
    let list = fruits();
    let mut cursor = list.cursor();
    assert!(!cursor.is_valid(), "a new cursor is at no entry");
    cursor.seek_to_last();
    assert!(cursor.is_valid());
    for _ in 0..3 {
        cursor.next();
        assert!(!cursor.is_valid(), "behind the last entry there is nothing");
    }
    cursor.prev();
    assert!(!cursor.is_valid(), "only a seek brings it back");
    cursor.seek_to_first();
    cursor.prev();
    assert!(
        !cursor.is_valid(),
        "before the first entry there is nothing"
    );
    cursor.next();
    assert!(!cursor.is_valid(), "only a seek brings it back");
}

#[test]
fn a_cursor_may_turn_around_anywhere() {
    let list = fruits();
    let mut cursor = list.cursor();
    for at in 0..SORTED.len() {
        cursor.seek_to_first();
        (0..at).for_each(|_| cursor.next());
        for expected in [at.checked_sub(1), Some(at)] {
            if expected == Some(at) {
                cursor.next();
            } else {
                cursor.prev();
            }
            let found = cursor.current().as_ref().map(show);
            assert_eq!(
                found.as_deref(),
                expected.map(|at| SORTED[at]),
                "yours and expected: there and back from entry {at}"
            );
            if expected.is_none() {
                break;
            }
        }
    }
}

#[test]
fn an_entry_outlives_the_cursor_that_found_it() {
    let list = fruits();
    let entry: Entry<'_> = {
        let mut cursor = list.cursor();
        cursor.seek(put(b"banana", 9));
        cursor.current().expect("there is one")
    };
    for n in 0..100_u64 {
        list.insert(put(&n.to_be_bytes(), 1), &[7; 50])
            .expect("there is room");
    }
    assert_eq!(
        show(&entry),
        "banana @3 = ",
        "yours and expected: borrowed from the list"
    );
}

#[test]
fn a_cursor_that_owns_its_list_goes_where_others_go_and_outlives_everyone() {
    let list = Arc::new(fruits());
    let mut cursor = OwnedCursor::new(Arc::clone(&list));
    drop(list);
    assert!(!cursor.is_valid(), "at no entry before its first move");
    let moves: [fn(&mut OwnedCursor); 6] = [
        |cursor| {
            let Ok(()) = cursor.seek_to_first();
        },
        |cursor| {
            let Ok(()) = cursor.next();
        },
        |cursor| {
            let Ok(()) = cursor.seek_to_last();
        },
        |cursor| {
            let Ok(()) = cursor.prev();
        },
        |cursor| {
            let Ok(()) = cursor.seek(put(b"b", 1));
        },
        |cursor| {
            let Ok(()) = cursor.seek_for_prev(put(b"b", 1));
        },
    ];
    for (step, expected) in moves.iter().zip([0, 1, 5, 4, 4, 3]) {
        step(&mut cursor);
        let entry = Entry {
            key: cursor.key(),
            value: cursor.value(),
        };
        assert_eq!(show(&entry), SORTED[expected], "yours and expected");
    }
    let elsewhere = thread::spawn(move || cursor.current().as_ref().map(show));
    assert_eq!(
        elsewhere.join().expect("the thread only reads").as_deref(),
        Some(SORTED[3]),
        "yours and expected: the list lives as long as its cursor, in whichever thread"
    );
}

#[test]
fn a_long_walk_and_many_short_ones_see_the_same() {
    let list = list(ROOMY);
    for n in 0..2000_u64 {
        let key = (n * 7919 % 2000).to_be_bytes();
        list.insert(put(&key, 1), &n.to_le_bytes())
            .expect("there is room");
    }
    let walked = forwards(&list);
    let mut cursor = list.cursor();
    for n in 0..2000_u64 {
        cursor.seek(put(&n.to_be_bytes(), 1));
        let found = cursor.current().expect("each of them is there");
        assert_eq!(show(&found), walked[usize::try_from(n).unwrap_or(0)]);
    }
    assert_eq!(walked.len(), 2000, "yours and expected: every entry once");
}

// Sizes

#[test]
fn keys_and_values_of_every_legal_size_come_back() {
    let list = list(VALUE_SIZE_MAX + (4 << 20));
    let keys = [
        0,
        1,
        3,
        4,
        5,
        7,
        8,
        9,
        16,
        255,
        4096,
        KEY_SIZE_MAX - 1,
        KEY_SIZE_MAX,
    ];
    for (n, size) in (1..).zip(keys) {
        let key = vec![b'k'; size];
        let value = vec![u8::try_from(n).unwrap_or(0); size % 1000];
        let before = list.memory_used();
        list.insert(put(&key, n), &value).expect("there is room");
        let taken = list.memory_used() - before;
        let promised = list.node_size(put(&key, n), value.len());
        assert_eq!(
            taken, promised,
            "yours and expected: bytes for a key of {size}"
        );
        let found = list.get(put(&key, n)).expect("it is there");
        assert!(
            found.key.user_key == key && found.value == value,
            "key of {size} bytes"
        );
    }
    let value: Vec<u8> = (0..251_u8).cycle().take(VALUE_SIZE_MAX).collect();
    list.insert(put(b"large", 1), &value)
        .expect("there is room");
    let found = list.get(put(b"large", 1)).expect("it is there");
    assert!(found.value == value, "a value of 16 MiB");
}

#[test]
fn what_is_larger_than_a_batch_may_hold_is_refused() {
    let list = list(64 << 20);
    let (key, value) = (vec![0; KEY_SIZE_MAX + 1], vec![0; VALUE_SIZE_MAX + 1]);
    for (key, value, what) in [(&key[..], &b""[..], "key"), (b"k", &value[..], "value")] {
        let error = list
            .insert(put(key, 1), value)
            .expect_err("one byte too many");
        let text = error.to_string();
        assert!(
            matches!(error, Error::Core(ferrisdb_core::Error::TooLarge { .. }))
                && text.contains(what),
            "expected a message about the {what}: {text}"
        );
    }
    assert_eq!(
        (list.len(), list.memory_used()),
        (0, 0),
        "yours and expected: nothing changed"
    );
    list.insert(put(&key[1..], 1), &value[1..])
        .expect("one byte less is allowed");
}

#[test]
fn a_full_list_refuses_and_keeps_what_it_has() {
    let entries: Vec<(Vec<u8>, Vec<u8>)> = (0..12_usize)
        .map(|n| {
            (
                format!("key-{:02}", n * 5 % 12).into_bytes(),
                vec![b'v'; n * 3 % 17],
            )
        })
        .collect();
    let all: usize = {
        let list = list(ROOMY);
        let size = |(key, value): &(Vec<u8>, Vec<u8>)| list.node_size(put(key, 1), value.len());
        entries.iter().map(size).sum()
    };
    for capacity in 0..=all {
        let list = list(capacity);
        assert_eq!(
            list.capacity(),
            capacity,
            "yours and expected: the capacity"
        );
        let mut expected = Vec::new();
        let mut used = 0;
        for (key, value) in &entries {
            let size = list.node_size(put(key, 1), value.len());
            let result = list.insert(put(key, 1), value);
            if used + size <= capacity {
                result.expect("it fits");
                used += size;
                expected.push(show(&Entry {
                    key: put(key, 1),
                    value,
                }));
            } else {
                let left = capacity - used;
                let is_full = matches!(
                    result, Err(Error::Full { needed, left: l }) if needed == size && l == left
                );
                assert!(
                    is_full,
                    "{size} bytes are needed, {left} of {capacity} left: {result:?}"
                );
            }
            assert_eq!(list.memory_used(), used, "yours and expected: bytes in use");
        }
        expected.sort();
        assert_eq!(
            forwards(&list),
            expected,
            "yours and expected, with {capacity} bytes"
        );
    }
}

#[test]
fn a_list_without_room_can_be_asked() {
    let list = list(0);
    let result = list.insert(put(b"", 1), b"");
    assert!(
        matches!(result, Err(Error::Full { left: 0, .. })),
        "{result:?}"
    );
    assert_eq!((list.capacity(), list.len()), (0, 0));
    assert!(forwards(&list).is_empty() && list.get(put(b"", 1)).is_none());
}

#[test]
fn a_list_that_cannot_be_addressed_is_refused() {
    list(8)
        .insert(put(b"", 1), b"")
        .expect_err("8 bytes are no node");
    assert_eq!(
        CAPACITY_MAX >> 20,
        (32 << 10) - 1,
        "nearly 32 GiB can be reached"
    );
    for capacity in [CAPACITY_MAX + 1, 32 << 30, usize::MAX] {
        let error = SkipList::new(capacity, 1).expect_err("32-bit numbers cannot reach so far");
        let text = error.to_string();
        assert!(
            matches!(error, Error::TooLarge { .. }) && text.contains(&capacity.to_string()),
            "{text}"
        );
    }
}

#[test]
fn a_list_is_shown_by_its_sizes_and_a_cursor_by_its_entry() {
    let list = list(4000);
    list.insert(put(b"apple", 1), b"red").expect("it fits");
    let shown = format!("{list:?}");
    assert!(
        shown.contains("4000") && shown.contains(&list.memory_used().to_string()),
        "{shown}"
    );
    let mut cursor = list.cursor();
    cursor.seek_to_first();
    let owned = OwnedCursor::new(Arc::new(self::list(0)));
    let shown = format!("{cursor:?} {owned:?}");
    assert!(
        shown.contains("Cursor(Some(") && shown.contains("OwnedCursor(None)"),
        "{shown}"
    );
}

#[test]
fn the_same_entries_make_the_same_list_in_any_order() {
    let keys: Vec<[u8; 8]> = (0..300_u64).map(u64::to_be_bytes).collect();
    let build = |order: &mut dyn Iterator<Item = &[u8; 8]>, seed| {
        let list = SkipList::new(ROOMY, seed).expect("1 MiB is there");
        for key in order {
            list.insert(put(key, 1), b"value").expect("there is room");
        }
        let sizes: Vec<usize> = keys
            .iter()
            .map(|key| list.node_size(put(key, 1), 5))
            .collect();
        (list.memory_used(), sizes, forwards(&list))
    };
    let first = build(&mut keys.iter(), 4);
    assert!(
        first == build(&mut keys.iter().rev(), 4),
        "the same seed: the same towers"
    );
    let other = build(&mut keys.iter(), 5);
    assert!(first.1 != other.1, "another seed: other towers");
    assert!(first.2 == other.2, "another seed: the same entries");
}

// A model

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn any_history_is_that_of_a_map(
        writes in prop::collection::vec(write(), 0..40),
        asked in prop::collection::vec((user_key(), 0_u64..7), 1..20),
        seed in 0_u64..8,
    ) {
        let list = SkipList::new(ROOMY, seed).expect("1 MiB is there");
        let mut model = Model::default();
        for write in &writes {
            let inserted = list.insert(key_of(write), value_of(write)).is_ok();
            prop_assert_eq!(inserted, model.insert(write), "yours and expected: was {:?} new", write);
        }
        let mut entries = model.entries();
        prop_assert_eq!(forwards(&list), entries.clone(), "yours and expected, forwards");
        entries.reverse();
        prop_assert_eq!(backwards(&list), entries, "yours and expected, backwards");
        prop_assert_eq!(list.len(), model.len(), "yours and expected: the length");
        let mut cursor = list.cursor();
        for (key, timestamp) in &asked {
            let target = put(key, *timestamp);
            let found = list.get(target).as_ref().map(show);
            prop_assert_eq!(found, model.get(key, *timestamp), "yours and expected: get {:?}", target);
            cursor.seek(target);
            let found = cursor.current().as_ref().map(show);
            prop_assert_eq!(found, model.at_or_after(key, *timestamp), "yours and expected: seek {:?}", target);
            cursor.seek_for_prev(target);
            let found = cursor.current().as_ref().map(show);
            prop_assert_eq!(found, model.at_or_before(key, *timestamp), "yours and expected: seek_for_prev {:?}", target);
        }
    }
}

// Threads

#[test]
fn many_threads_lose_nothing() {
    let list = list(4 << 20);
    thread::scope(|scope| {
        for thread in 0..4_u64 {
            let list = &list;
            scope.spawn(move || {
                for n in 0..1000_u64 {
                    let key = (n * 7919 % 1000).to_be_bytes();
                    let inserted = list.insert(put(&key, thread), &thread.to_le_bytes());
                    inserted.expect("there is room, and each version is its own");
                }
            });
        }
    });
    assert_eq!(list.len(), 4000, "yours and expected: the length");
    let mut cursor = list.cursor();
    cursor.seek_to_first();
    for n in 0..1000_u64 {
        for thread in (0..4_u64).rev() {
            let entry = cursor.current().expect("each is there");
            assert_eq!(
                entry.key,
                put(&n.to_be_bytes(), thread),
                "yours and expected: in order"
            );
            assert_eq!(
                entry.value,
                thread.to_le_bytes(),
                "yours and expected: its value"
            );
            cursor.next();
        }
    }
    assert!(!cursor.is_valid(), "and nothing else");
}

/// Goes through a list while others insert, and counts the entries whose value is `before`, and
/// all of them.
fn scan(list: &SkipList) -> (usize, usize) {
    let mut cursor = list.cursor();
    cursor.seek_to_first();
    let (mut old, mut all) = (0, 0);
    let mut previous: Option<Entry<'_>> = None;
    while let Some(entry) = cursor.current() {
        assert!(
            previous.is_none_or(|previous| previous.key < entry.key),
            "a reader came from {previous:?} to {entry:?}"
        );
        let is_old = entry.key.timestamp.0 == 1;
        let expected: &[u8] = if is_old { b"before" } else { b"meanwhile" };
        assert_eq!(entry.value, expected, "yours and expected: a whole value");
        old += usize::from(is_old);
        all += 1;
        previous = Some(entry);
        cursor.next();
    }
    (old, all)
}

/// Scans until `done`, and once more. Returns what the last scan has seen.
fn scan_until(done: &AtomicBool, list: &SkipList) -> usize {
    let mut seen_before = 0;
    loop {
        let is_last = done.load(Ordering::Acquire);
        let (old, all) = scan(list);
        assert_eq!(
            old, 500,
            "yours and expected: what was there is always there"
        );
        assert!(
            all >= seen_before,
            "a later scan saw {all}, an earlier {seen_before}"
        );
        if is_last {
            return all;
        }
        seen_before = all;
    }
}

#[test]
fn a_reader_sees_a_sorted_superset_while_others_insert() {
    let list = list(8 << 20);
    for n in 0..500_u64 {
        list.insert(put(&(n * 4).to_be_bytes(), 1), b"before")
            .expect("there is room");
    }
    let done = AtomicBool::new(false);
    let insert_all = |thread: u64| {
        for n in 0..4000_u64 {
            let key = (n * 1237 % 4000).to_be_bytes();
            let inserted = list.insert(put(&key, thread * 10), b"meanwhile");
            inserted.expect("there is room");
        }
    };
    thread::scope(|scope| {
        let writers = [1, 2].map(|thread| scope.spawn(move || insert_all(thread)));
        let reader = scope.spawn(|| scan_until(&done, &list));
        let ended = writers.map(ScopedJoinHandle::join);
        done.store(true, Ordering::Release);
        assert!(ended.iter().all(Result::is_ok), "the writers did not panic");
        let all = reader.join().expect("the reader did not panic");
        assert_eq!(
            all, 8500,
            "yours and expected: the last scan sees everything"
        );
    });
}

#[test]
fn of_equal_versions_in_many_threads_one_gets_in() {
    let list = list(4 << 20);
    let inserted: usize = thread::scope(|scope| {
        let insert_all = |thread: u8| {
            let list = &list;
            move || {
                let insert = |n: &u64| list.insert(put(&n.to_be_bytes(), 1), &[thread]).is_ok();
                (0..1000).filter(insert).count()
            }
        };
        let threads: Vec<_> = (0..4)
            .map(|thread| scope.spawn(insert_all(thread)))
            .collect();
        let counts = threads.into_iter().map(ScopedJoinHandle::join);
        counts.map(|count| count.expect("it did not panic")).sum()
    });
    assert_eq!(
        inserted, 1000,
        "yours and expected: inserts that were told they succeeded"
    );
    assert_eq!(
        forwards(&list).len(),
        1000,
        "yours and expected: entries in the list"
    );
}

// Pictures

/// What an entry is called in a picture; the head and the end are nothing.
fn name(entry: Option<Entry<'_>>) -> String {
    entry.map_or("-".to_owned(), |entry| {
        format!(
            "{}{}",
            String::from_utf8_lossy(entry.key.user_key),
            entry.key.timestamp
        )
    })
}

/// A list whose pictures stand in the next two tests.
fn pictured() -> SkipList {
    let list = list(ROOMY);
    for key in [
        "apple",
        "apricot",
        "banana",
        "banana-bread",
        "cherry",
        "date",
        "",
    ] {
        for timestamp in [1, 2] {
            list.insert(put(key.as_bytes(), timestamp), b"")
                .expect("there is room");
        }
    }
    list
}

#[test]
fn the_same_entries_make_the_same_picture_for_ever() {
    let list = pictured();
    let show = |tower: &ferrisdb_skiplist::Tower<'_>| {
        let links = tower.links.iter().map(|link| name(*link));
        format!(
            "{}: {}",
            name(tower.entry),
            links.collect::<Vec<_>>().join(" ")
        )
    };
    let towers: Vec<_> = list.towers().iter().skip(1).map(show).collect();
    let expected = [
        "@2: @1",
        "@1: apple@2 apple@1",
        "apple@2: apple@1",
        "apple@1: apricot@2 apricot@2",
        "apricot@2: apricot@1 banana-bread@2",
        "apricot@1: banana@2",
        "banana@2: banana@1",
        "banana@1: banana-bread@2",
        "banana-bread@2: banana-bread@1 banana-bread@1 banana-bread@1 cherry@2",
        "banana-bread@1: cherry@2 cherry@2 cherry@2",
        "cherry@2: cherry@1 cherry@1 - - -",
        "cherry@1: date@2 -",
        "date@2: date@1",
        "date@1: -",
    ];
    assert_eq!(
        towers, expected,
        "yours and expected: each entry, and where its levels lead"
    );
}

#[test]
fn a_search_takes_the_same_way_for_ever() {
    let list = pictured();
    let show = |step: &ferrisdb_skiplist::Step<'_>| {
        let way = if step.is_right { "right" } else { "down" };
        format!(
            "{} {} > {} {:?} {way}",
            step.level,
            name(step.from),
            name(step.next),
            step.by
        )
    };
    let keys = [put(b"banana-bread", 1), put(b"date", 1), put(b"e", 1)];
    let paths = keys.iter().flat_map(|key| list.path(*key));
    let steps: Vec<_> = paths
        .filter(|step| step.level < 5)
        .map(|step| show(&step))
        .collect();
    let expected = [
        "4 - > cherry@2 Prefix down",
        "3 - > banana-bread@2 Key right",
        "3 banana-bread@2 > cherry@2 Known down",
        "2 banana-bread@2 > banana-bread@1 Key down",
        "1 banana-bread@2 > banana-bread@1 Known down",
        "0 banana-bread@2 > banana-bread@1 Known down",
        "4 - > cherry@2 Prefix right",
        "4 cherry@2 > - End down",
        "3 cherry@2 > - End down",
        "2 cherry@2 > - End down",
        "1 cherry@2 > cherry@1 Prefix right",
        "1 cherry@1 > - End down",
        "0 cherry@1 > date@2 Key right",
        "0 date@2 > date@1 Key down",
        "4 - > cherry@2 Prefix right",
        "4 cherry@2 > - End down",
        "3 cherry@2 > - End down",
        "2 cherry@2 > - End down",
        "1 cherry@2 > cherry@1 Prefix right",
        "1 cherry@1 > - End down",
        "0 cherry@1 > date@2 Prefix right",
        "0 date@2 > date@1 Prefix right",
        "0 date@1 > - End down",
    ];
    assert_eq!(
        steps, expected,
        "yours and expected: the steps on the lowest five levels"
    );
}
