//! The list against a model.

use std::collections::BTreeMap;

use ferrisdb_core::{InternalKey, Operation, Random, SeededRandom, Timestamp};
use ferrisdb_skiplist::{Error, SkipList};

fn put(user_key: &[u8], timestamp: u64) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: Timestamp(timestamp),
        operation: Operation::Put,
    }
}

#[test]
fn entries_come_back_in_order() {
    let list = SkipList::new(1 << 20, 1).unwrap();
    let mut model = BTreeMap::new();
    let mut random = SeededRandom::new(7);
    for t in 1..=2000u64 {
        let key = random.below(400).to_be_bytes()[6..].to_vec();
        let value = t.to_string().into_bytes();
        list.insert(put(&key, t), &value).unwrap();
        model.insert((key, std::cmp::Reverse(t)), value);
    }
    let mut cursor = list.cursor();
    cursor.seek_to_first();
    for ((key, t), value) in &model {
        let entry = cursor.current().unwrap();
        assert_eq!(
            (entry.key.user_key, entry.key.timestamp.0, entry.value),
            (&key[..], t.0, &value[..])
        );
        cursor.next();
    }
    assert!(!cursor.is_valid());
    cursor.seek_to_last();
    for ((key, t), _) in model.iter().rev() {
        let entry = cursor.current().unwrap();
        assert_eq!((entry.key.user_key, entry.key.timestamp.0), (&key[..], t.0));
        cursor.prev();
    }
    assert!(matches!(
        list.insert(
            put(
                &model.keys().next().unwrap().0,
                model.keys().next().unwrap().1.0
            ),
            b""
        ),
        Err(Error::Duplicate { .. })
    ));
}

#[test]
fn two_threads() {
    let list = SkipList::new(1 << 24, 1).unwrap();
    std::thread::scope(|s| {
        for i in 0..4u64 {
            let list = &list;
            s.spawn(move || {
                let mut r = list.reserve(1 << 20).unwrap();
                for t in 0..5000u64 {
                    if i < 2 {
                        r.insert(put(&(t * 7919 % 100_003).to_be_bytes(), i), b"value")
                            .unwrap();
                    } else {
                        list.insert(put(&(t * 7919 % 100_003).to_be_bytes(), i), b"value")
                            .unwrap();
                    }
                }
            });
        }
    });
    let mut cursor = list.cursor();
    cursor.seek_to_first();
    let mut count = 0;
    let mut last = None;
    while let Some(e) = cursor.current() {
        if let Some(l) = last {
            assert!(l < e.key);
        }
        last = Some(e.key);
        count += 1;
        cursor.next();
    }
    assert_eq!(count, 20000);
    assert_eq!(list.len(), 20000);
}
