//! Many entries at once: room for all of them, and the place of the last as a hint.

use std::thread;

use ferrisdb_core::{KEY_SIZE_MAX, VALUE_SIZE_MAX};
use ferrisdb_skiplist::{Error, Reservation, SkipList};
use proptest::prelude::*;

use support::{Model, ROOMY, backwards, config, forwards, key_of, list, put, value_of, write};

mod support;

fn insert(batch: &mut Reservation<'_>, key: &str) {
    let inserted = batch.insert(put(key.as_bytes(), 1), b"v");
    inserted.expect("there is room");
}

/// The room that these keys need.
fn size_of(list: &SkipList, keys: &[&str]) -> usize {
    let size = |key: &&str| list.node_size(put(key.as_bytes(), 1), 1);
    keys.iter().map(size).sum()
}

fn expected(keys: &[&str]) -> Vec<String> {
    let mut keys: Vec<String> = keys.iter().map(|key| format!("{key} @1 = v")).collect();
    keys.sort();
    keys
}

#[test]
fn a_batch_in_order_gets_in() {
    let keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let list = list(ROOMY);
    let mut batch = list.reserve(size_of(&list, &keys)).expect("there is room");
    for key in keys {
        insert(&mut batch, key);
    }
    assert_eq!(batch.left(), 0, "yours and expected: the room was exact");
    drop(batch);
    assert_eq!(forwards(&list), expected(&keys), "yours and expected");
    assert_eq!(
        list.memory_used(),
        size_of(&list, &keys),
        "yours and expected: bytes in use"
    );
}

#[test]
fn a_batch_in_any_order_gets_in() {
    let keys = ["d", "h", "a", "g", "b", "f", "c", "e", "", "dd"];
    let list = list(ROOMY);
    list.insert(put(b"ccc", 1), b"v").expect("there is room");
    let mut batch = list.reserve(ROOMY / 2).expect("there is room");
    for key in keys {
        insert(&mut batch, key);
    }
    let all: Vec<&str> = keys.into_iter().chain(["ccc"]).collect();
    assert_eq!(forwards(&list), expected(&all), "yours and expected");
}

#[test]
fn a_batch_finds_its_way_between_other_inserts() {
    let list = list(ROOMY);
    let mut batch = list.reserve(ROOMY / 2).expect("there is room");
    let mut all = Vec::new();
    for n in 0..200_u32 {
        // Behind the last key of the batch, where the hint is, and far from it.
        let keys = [
            format!("m{n:03}a"),
            format!("m{n:03}b"),
            format!("k{:03}", n * 7 % 200),
        ];
        insert(&mut batch, &keys[0]);
        for key in &keys[1..] {
            list.insert(put(key.as_bytes(), 1), b"v")
                .expect("there is room");
        }
        all.extend(keys);
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(forwards(&list), expected(&all), "yours and expected");
    for key in all {
        assert!(
            list.get(put(key.as_bytes(), 1)).is_some(),
            "{key} is found from the top too"
        );
    }
}

#[test]
fn a_batch_that_has_no_room_is_refused_as_a_whole() {
    let list = list(1000);
    list.insert(put(b"a", 1), b"v").expect("there is room");
    let used = list.memory_used();
    let result = list.reserve(1000 - used + 1).map(|_| ());
    assert!(
        matches!(result, Err(Error::Full { needed, left }) if needed == 1001 - used && left == 1000 - used),
        "{result:?}"
    );
    assert_eq!(
        list.memory_used(),
        used,
        "yours and expected: nothing was taken"
    );
    let mut batch = list
        .reserve((1000 - used) / 8 * 8)
        .expect("that is what is left");
    insert(&mut batch, "b");
    drop(batch);
    assert_eq!(forwards(&list), expected(&["a", "b"]), "yours and expected");
}

#[test]
fn a_reservation_is_an_upper_limit() {
    let list = list(ROOMY);
    let room = size_of(&list, &["b", "c"]);
    let mut batch = list.reserve(room).expect("there is room");
    insert(&mut batch, "b");
    let left = batch.left();
    let result = batch.insert(put(b"cc", 1), &[0; 100]);
    assert!(
        matches!(result, Err(Error::Full { left: l, .. }) if l == left),
        "{left} bytes are left in the reservation, however many the list has: {result:?}"
    );
    insert(&mut batch, "c");
    drop(batch);
    assert_eq!(forwards(&list), expected(&["b", "c"]), "yours and expected");
}

#[test]
fn what_a_batch_does_not_use_goes_back() {
    let list = list(ROOMY);
    let mut batch = list.reserve(500).expect("there is room");
    insert(&mut batch, "b");
    drop(batch);
    let used = size_of(&list, &["b"]);
    assert_eq!(
        list.memory_used(),
        used,
        "yours and expected: the rest went back"
    );
    let mut batch = list.reserve(504).expect("there is room");
    insert(&mut batch, "c");
    list.insert(put(b"d", 1), b"v").expect("there is room");
    drop(batch);
    let used = used + 504 + size_of(&list, &["d"]);
    assert_eq!(
        list.memory_used(),
        used,
        "yours and expected: there is something behind it, so the rest is lost"
    );
    list.insert(put(b"e", 1), b"v").expect("there is room");
    assert_eq!(
        forwards(&list),
        expected(&["b", "c", "d", "e"]),
        "yours and expected"
    );
}

#[test]
fn a_version_that_is_there_already_is_refused_and_the_batch_goes_on() {
    let list = list(ROOMY);
    list.insert(put(b"b", 1), b"v").expect("there is room");
    let mut batch = list.reserve(1000).expect("there is room");
    insert(&mut batch, "a");
    for key in [b"b", b"a"] {
        let left = batch.left();
        let result = batch.insert(put(key, 1), b"other");
        assert!(
            matches!(result, Err(Error::Duplicate { .. })),
            "{key:?}: {result:?}"
        );
        assert_eq!(batch.left(), left, "yours and expected: it took no room");
    }
    insert(&mut batch, "c");
    insert(&mut batch, "bb");
    drop(batch);
    assert_eq!(
        forwards(&list),
        expected(&["a", "b", "bb", "c"]),
        "yours and expected"
    );
}

#[test]
fn a_batch_has_the_limits_of_every_insert() {
    let list = list(64 << 20);
    let mut batch = list.reserve(40 << 20).expect("there is room");
    let (key, value) = (vec![0; KEY_SIZE_MAX + 1], vec![0; VALUE_SIZE_MAX + 1]);
    for (key, value) in [(&key[..], &b""[..]), (b"k", &value[..])] {
        let result = batch.insert(put(key, 1), value);
        assert!(matches!(result, Err(Error::Core(_))), "{result:?}");
    }
    batch
        .insert(put(&key[1..], 1), &value[1..])
        .expect("one byte less is allowed");
    assert_eq!(list.len(), 1, "yours and expected: one entry");
}

#[test]
fn two_batches_in_the_same_place_both_get_in() {
    let list = list(4 << 20);
    thread::scope(|scope| {
        for thread in 0..3_u64 {
            let list = &list;
            scope.spawn(move || {
                let mut batch = list.reserve(1 << 20).expect("there is room");
                for n in 0..2000_u64 {
                    let key = (n * 3 + thread).to_be_bytes();
                    batch.insert(put(&key, 1), b"v").expect("it has room");
                }
            });
        }
    });
    let mut cursor = list.cursor();
    cursor.seek_to_first();
    for n in 0..6000_u64 {
        let entry = cursor.current().expect("each is there");
        assert_eq!(
            entry.key,
            put(&n.to_be_bytes(), 1),
            "yours and expected: in order"
        );
        assert!(
            list.get(entry.key).is_some(),
            "{n} is found from the top too"
        );
        cursor.next();
    }
    assert!(!cursor.is_valid(), "and nothing else");
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn batches_and_inserts_mix(
        steps in prop::collection::vec((any::<bool>(), any::<bool>(), prop::collection::vec(write(), 0..12)), 0..8),
        seed in 0_u64..8,
    ) {
        let list = SkipList::new(ROOMY, seed).expect("1 MiB is there");
        let mut model = Model::default();
        for (in_batch, sorted, mut writes) in steps {
            if sorted {
                writes.sort_by(|a, b| key_of(a).cmp(&key_of(b)));
            }
            let mut batch = in_batch.then(|| list.reserve(8192).expect("there is room"));
            for write in &writes {
                let (key, value) = (key_of(write), value_of(write));
                let result = match &mut batch {
                    Some(batch) => batch.insert(key, value),
                    None => list.insert(key, value),
                };
                prop_assert_eq!(result.is_ok(), model.insert(write), "yours and expected: was {:?} new", write);
            }
        }
        let mut entries = model.entries();
        prop_assert_eq!(forwards(&list), entries.clone(), "yours and expected, forwards");
        entries.reverse();
        prop_assert_eq!(backwards(&list), entries, "yours and expected, backwards");
    }
}
