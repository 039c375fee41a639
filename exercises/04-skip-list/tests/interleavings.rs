//! Small histories, in every order in which threads can interleave.
//!
//! These tests are part of the crate, since only the crate itself can be built with loom's
//! atomics (see `sync.rs`). Each body runs again and again, until loom has tried every order that
//! can make a difference: every switch between threads, and for every read every value that its
//! ordering allows.

use std::sync::Arc;

use ferrisdb_core::{InternalKey, Operation, Timestamp};
use loom::thread;

use crate::height::{HEIGHT_MAX, height};
use crate::{Error, SkipList};

fn put(user_key: &str) -> InternalKey<'_> {
    InternalKey {
        user_key: user_key.as_bytes(),
        timestamp: Timestamp(1),
        operation: Operation::Put,
    }
}

/// A seed that gives these keys towers of these heights.
fn seed_for(towers: &[(&str, usize)]) -> u64 {
    let fits = |seed: &u64| {
        let mut towers = towers.iter();
        towers.all(|&(key, levels)| height(*seed, &put(key)) == levels)
    };
    (0..)
        .find(fits)
        .expect("every combination of heights has its seed")
}

/// A list with room for a few nodes, in which these keys get towers of these heights.
fn list_with(towers: &[(&str, usize)]) -> Arc<SkipList> {
    let list = SkipList::new(4096, seed_for(towers)).expect("4 KiB are there");
    Arc::new(list)
}

/// Every value in these tests is its key, doubled.
fn insert(list: &SkipList, key: &str) -> Result<(), Error> {
    list.insert(put(key), key.repeat(2).as_bytes())
}

/// The keys of a level, from the head on. Each node must be whole.
fn keys_on(list: &SkipList, level: usize) -> Vec<String> {
    let mut keys = Vec::new();
    let mut node = list.head();
    while let Some(next) = list.follow(node.next(level)) {
        let key = String::from_utf8_lossy(next.key().user_key).into_owned();
        let value = String::from_utf8_lossy(next.value()).into_owned();
        assert_eq!(
            value,
            key.repeat(2),
            "a reader came to a node whose value is not whole"
        );
        keys.push(key);
        node = next;
    }
    keys
}

/// The list must hold these keys in this order, and each level only keys of the one below.
fn assert_holds(list: &SkipList, expected: &[&str]) {
    let mut below = keys_on(list, 0);
    assert_eq!(
        below, expected,
        "yours and expected: after both threads are done, the lowest level holds every key once, in order"
    );
    for level in 1..HEIGHT_MAX {
        let keys = keys_on(list, level);
        let mut rest = below.iter();
        assert!(
            keys.iter().all(|key| rest.any(|other| other == key)),
            "level {level} holds {keys:?}, which is no part of the level below: {below:?}"
        );
        let expected: Vec<&String> = below
            .iter()
            .filter(|key| height(list.seed(), &put(key)) > level)
            .collect();
        assert_eq!(
            keys.iter().collect::<Vec<_>>(),
            expected,
            "yours and expected: level {level} holds every tower that is higher than that"
        );
        below = keys;
    }
}

#[test]
fn what_a_reader_finds_is_whole() {
    let towers = [("b", 1)];
    loom::model(move || {
        let list = list_with(&towers);
        let writer = {
            let list = Arc::clone(&list);
            thread::spawn(move || insert(&list, "b").expect("there is room"))
        };
        let mut cursor = list.cursor();
        cursor.seek(put("a"));
        if let Some(entry) = cursor.current() {
            assert_eq!(entry.key, put("b"), "yours and expected: the key is whole");
            assert_eq!(entry.value, b"bb", "yours and expected: the value is whole");
        }
        writer.join().expect("the writer did not panic");
        assert_holds(&list, &["b"]);
    });
}

#[test]
fn two_writers_in_the_same_place_both_get_in() {
    let towers = [("b", 1), ("c", 1)];
    loom::model(move || {
        let list = list_with(&towers);
        let writer = {
            let list = Arc::clone(&list);
            thread::spawn(move || insert(&list, "b").expect("there is room"))
        };
        insert(&list, "c").expect("there is room");
        writer.join().expect("the writer did not panic");
        assert_holds(&list, &["b", "c"]);
    });
}

#[test]
fn two_writers_and_a_reader_on_two_levels() {
    let towers = [("b", 2), ("c", 2)];
    loom::model(move || {
        let list = list_with(&towers);
        let writers = ["b", "c"].map(|key| {
            let list = Arc::clone(&list);
            thread::spawn(move || insert(&list, key).expect("there is room"))
        });
        let keys = keys_on(&list, 0);
        assert!(keys.is_sorted(), "a reader saw {keys:?}");
        let mut cursor = list.cursor();
        cursor.seek(put("a"));
        for writer in writers {
            writer.join().expect("the writer did not panic");
        }
        assert_holds(&list, &["b", "c"]);
    });
}
