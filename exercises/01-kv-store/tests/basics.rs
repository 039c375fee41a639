//! Writing, reading and deleting one key at a time.

use kv_store::Store;

/// The keys in memory, in the order of the map.
fn keys(store: &Store) -> Vec<&[u8]> {
    store.entries().map(|(key, _)| key).collect()
}

#[test]
fn what_is_set_is_in_the_map() {
    let mut store = Store::new();
    store.set("apple", "red");
    let (key, entry) = store
        .entries()
        .next()
        .expect("after one `set` the map must hold one entry");
    assert_eq!(key, b"apple", "the entry must be under the key it was set");
    assert_eq!(entry.value(), b"red", "the entry must hold the value set");
    assert_eq!(
        entry.expires_at_ms(),
        None,
        "`set` writes for good: the entry must have no expiry"
    );
}

#[test]
fn setting_a_key_again_replaces_its_value() {
    let mut store = Store::new();
    store.set("apple", "red");
    store.set("apple", "green");
    let values: Vec<_> = store.entries().map(|(_, entry)| entry.value()).collect();
    assert_eq!(
        values,
        [b"green"],
        "a key holds one value: the one that was set last"
    );
}

#[test]
fn setting_a_key_again_removes_its_expiry() {
    let mut store = Store::new();
    store.set_with_ttl("session", "Ada", 100, 0);
    store.set("session", "Ada, for good");
    let (_, entry) = store.entries().next().expect("one key was set");
    assert_eq!(
        entry.expires_at_ms(),
        None,
        "`set` replaces the whole entry, and the old time to live is part of it"
    );
}

#[test]
fn keys_are_kept_byte_for_byte_in_byte_order() {
    let mut store = Store::new();
    for key in [&b"b"[..], b"B", b"\xFF", b"", b"ba", b"\x00", b"a b"] {
        store.set(key, "");
    }
    let expected: [&[u8]; 7] = [b"", b"\x00", b"B", b"a b", b"b", b"ba", b"\xFF"];
    assert_eq!(
        keys(&store),
        expected,
        "keys are bytes: none of them may be changed, and they sort by their bytes, so that \
         capitals come before small letters and a key comes before the keys it begins"
    );
}

#[test]
fn get_returns_the_value_that_was_set() {
    let mut store = Store::new();
    store.set("apple", "red");
    store.set("banana", "yellow");
    assert_eq!(
        store.get("banana", 0),
        Some(&b"yellow"[..]),
        "\"banana\" was set to \"yellow\""
    );
    assert_eq!(
        store.get("apple", u64::MAX),
        Some(&b"red"[..]),
        "what `set` writes is there for good, however late it is"
    );
}

#[test]
fn get_finds_nothing_under_a_key_that_was_never_set() {
    let mut store = Store::new();
    store.set("apple", "red");
    for key in ["", "appl", "apples", "Apple", "b"] {
        assert_eq!(
            store.get(key, 0),
            None,
            "only \"apple\" was set, and \"{key}\" is not the same bytes"
        );
    }
}

#[test]
fn an_empty_key_and_an_empty_value_are_as_good_as_any() {
    let mut store = Store::new();
    store.set("", "no name");
    store.set("flag", "");
    assert_eq!(
        store.get("", 0),
        Some(&b"no name"[..]),
        "the empty key is a key"
    );
    assert_eq!(
        store.get("flag", 0),
        Some(&b""[..]),
        "an empty value is a value: `Some` of nothing, not `None`"
    );
}

#[test]
fn delete_removes_the_key_and_says_so() {
    let mut store = Store::new();
    store.set("apple", "red");
    store.set("banana", "yellow");
    assert!(
        store.delete("apple", 0),
        "\"apple\" held a value, so deleting it is `true`"
    );
    assert_eq!(
        keys(&store),
        [b"banana"],
        "\"apple\" must be gone from the map, and only \"apple\""
    );
}

#[test]
fn deleting_a_key_that_holds_nothing_is_false() {
    let mut store = Store::new();
    store.set("apple", "red");
    assert!(!store.delete("pear", 0), "\"pear\" was never set");
    store.delete("apple", 0);
    assert!(
        !store.delete("apple", 0),
        "\"apple\" was deleted already, so the second delete finds nothing"
    );
}
