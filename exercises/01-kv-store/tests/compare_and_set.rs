//! Writing only if nobody else did.

use kv_store::{Conflict, Entry, Store};

/// What a compare-and-set reports when it found `actual`.
fn conflict(actual: Option<&str>) -> Result<(), Conflict> {
    Err(Conflict {
        actual: actual.map(|value| value.as_bytes().to_vec()),
    })
}

#[test]
fn it_writes_if_the_key_holds_what_was_expected() {
    let mut store = Store::new();
    store.set("balance", "100");
    let result = store.compare_and_set("balance", Some(b"100"), Entry::forever("90"), 0);
    assert_eq!(
        result,
        Ok(()),
        "the balance was 100, as the caller expected"
    );
    assert_eq!(
        store.get("balance", 0),
        Some(&b"90"[..]),
        "so 90 must have been written"
    );
}

#[test]
fn it_writes_nothing_if_the_key_holds_something_else() {
    let mut store = Store::new();
    store.set("balance", "70");
    let before = store.clone();
    let result = store.compare_and_set("balance", Some(b"100"), Entry::forever("90"), 0);
    assert_eq!(
        result,
        conflict(Some("70")),
        "somebody else wrote 70: the caller must learn it"
    );
    assert_eq!(
        store, before,
        "after a conflict the store must be as it was"
    );
}

#[test]
fn expecting_nothing_creates_a_key_but_never_overwrites_one() {
    let mut store = Store::new();
    let first = store.compare_and_set("name", None, Entry::forever("Ada"), 0);
    assert_eq!(first, Ok(()), "the key held nothing, as expected");
    let second = store.compare_and_set("name", None, Entry::forever("Grace"), 0);
    assert_eq!(
        second,
        conflict(Some("Ada")),
        "the second writer comes too late"
    );
    assert_eq!(
        store.get("name", 0),
        Some(&b"Ada"[..]),
        "the first one's value must still be there"
    );
}

#[test]
fn expecting_a_value_where_there_is_none_creates_nothing() {
    let mut store = Store::new();
    let result = store.compare_and_set("name", Some(b"Ada"), Entry::forever("Grace"), 0);
    assert_eq!(
        result,
        conflict(None),
        "the key holds nothing, and \"Ada\" was expected"
    );
    assert_eq!(
        store.entries().len(),
        0,
        "a conflict must not leave a key behind"
    );
}

#[test]
fn an_empty_value_is_something_else_than_no_value() {
    let mut store = Store::new();
    let result = store.compare_and_set("flag", Some(b""), Entry::forever("up"), 0);
    assert_eq!(
        result,
        conflict(None),
        "an empty value was expected, the key holds none"
    );
    store.set("flag", "");
    let result = store.compare_and_set("flag", None, Entry::forever("up"), 0);
    assert_eq!(
        result,
        conflict(Some("")),
        "no value was expected, the key holds an empty one"
    );
}

#[test]
fn an_expired_value_counts_as_nothing() {
    let mut store = Store::new();
    store.set_with_ttl("lock", "worker 3", 30, 0);
    let result = store.compare_and_set("lock", Some(b"worker 3"), Entry::forever("x"), 30);
    assert_eq!(
        result,
        conflict(None),
        "at 30 ms the lock of worker 3 has expired: it cannot be renewed any more"
    );
    let result = store.compare_and_set("lock", None, Entry::forever("worker 7"), 30);
    assert_eq!(result, Ok(()), "and whoever expects no lock gets it");
}

#[test]
fn a_lock_changes_hands_at_the_millisecond_at_which_it_expires() {
    let mut store = Store::new();
    store.set_with_ttl("lock", "worker 3", 30, 0);
    let mine = Entry::expiring("worker 7", 30, 29);
    let result = store.compare_and_set("lock", None, mine, 29);
    assert_eq!(
        result,
        conflict(Some("worker 3")),
        "at 29 ms worker 3 still has it"
    );
    let mine = Entry::expiring("worker 7", 30, 30);
    let result = store.compare_and_set("lock", None, mine, 30);
    assert_eq!(result, Ok(()), "at 30 ms it is free");
    assert_eq!(store.get("lock", 59), Some(&b"worker 7"[..]));
    assert_eq!(
        store.get("lock", 60),
        None,
        "taken at 30 ms for 30 ms, the lock is free again at 60"
    );
}

#[test]
fn the_new_entry_brings_its_own_expiry() {
    let mut store = Store::new();
    store.set_with_ttl("lock", "worker 3", 30, 0);
    let renewed = Entry::forever("worker 3");
    let result = store.compare_and_set("lock", Some(b"worker 3"), renewed, 10);
    assert_eq!(result, Ok(()), "at 10 ms worker 3 still has the lock");
    assert_eq!(
        store.get("lock", 30),
        Some(&b"worker 3"[..]),
        "it was written anew, for good: the old expiry at 30 ms no longer counts"
    );
}
