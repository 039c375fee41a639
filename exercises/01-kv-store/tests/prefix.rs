//! Keys that begin alike, and where they end.

use kv_store::{Store, prefix_end};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Bytes as they are written in a Rust byte string.
fn text(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

#[track_caller]
fn assert_end(prefix: &[u8], end: Option<&[u8]>, why: &str) {
    assert_eq!(
        prefix_end(prefix).as_deref().map(text),
        end.map(text),
        "prefix_end({}): {why}",
        text(prefix)
    );
}

#[test]
fn the_end_is_the_prefix_with_its_last_byte_one_higher() {
    assert_end(b"ab", Some(b"ac"), "after all keys with ab comes ac");
    assert_end(b"user/", Some(b"user0"), "the byte after / is 0");
    assert_end(b"a\x00", Some(b"a\x01"), "0x00 goes up to 0x01");
    assert_end(b"\xFE", Some(b"\xFF"), "0xFE goes up to 0xFF");
}

#[test]
fn a_last_byte_of_ff_is_dropped_and_the_one_before_goes_up() {
    let why = "0xFF is the highest byte, so the one before it must go up";
    assert_end(b"a\xFF", Some(b"b"), why);
    assert_end(b"a\xFF\xFF", Some(b"b"), why);
    assert_end(b"\xFFa\xFF", Some(b"\xFFb"), why);
}

#[test]
fn a_prefix_without_a_byte_that_can_go_up_has_no_end() {
    let why = "every key from the prefix on begins with it, so nothing comes after them";
    assert_end(b"\xFF", None, why);
    assert_end(b"\xFF\xFF\xFF", None, why);
    assert_end(b"", None, "every key begins with the empty prefix");
}

#[test]
fn a_prefix_scan_returns_the_keys_that_begin_with_it() {
    let mut store = Store::new();
    for key in ["user", "user.old", "user/", "user/1", "user/2", "user0"] {
        store.set(key, "");
    }
    let found: Vec<_> = store.scan_prefix("user/", 0).map(|(key, _)| key).collect();
    assert_eq!(
        found,
        [&b"user/"[..], b"user/1", b"user/2"],
        "\"user/\" itself begins with \"user/\"; \"user\", \"user.old\" and \"user0\" do not"
    );
}

#[test]
fn a_prefix_scan_reaches_keys_with_many_ff_bytes() {
    let mut store = Store::new();
    for key in [&b"a"[..], b"a\xFF", b"a\xFF\xFF\xFF\xFF\xFF", b"b"] {
        store.set(key, "");
    }
    assert_eq!(
        store.scan_prefix("a", 0).count(),
        3,
        "however many 0xFF bytes follow the a, the key still begins with it"
    );
    assert_eq!(
        store.scan_prefix(b"a\xFF", 0).count(),
        2,
        "two keys begin with a and 0xFF"
    );
}

#[test]
fn a_prefix_scan_skips_what_has_expired() {
    let mut store = Store::new();
    store.set_with_ttl("user/1", "", 10, 0);
    store.set("user/2", "");
    assert_eq!(store.scan_prefix("user/", 9).count(), 2);
    assert_eq!(
        store.scan_prefix("user/", 10).count(),
        1,
        "at 10 ms \"user/1\" has expired"
    );
}

/// Short strings of the bytes at which mistakes happen.
fn edgy_bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop::sample::select(vec![0x00, 0x01, b'a', 0xFE, 0xFF]);
    prop::collection::vec(byte, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_prefix_scan_agrees_with_looking_at_every_key(
        keys in prop::collection::btree_set(edgy_bytes(), 0..12),
        prefix in edgy_bytes(),
    ) {
        let mut store = Store::new();
        for key in &keys {
            store.set(key, "");
        }
        let found: Vec<_> = store.scan_prefix(&prefix, 0).map(|(key, _)| text(key)).collect();
        let expected: Vec<_> = keys.iter().filter(|key| key.starts_with(&prefix)).map(|key| text(key)).collect();
        prop_assert_eq!(
            found,
            expected,
            "left: what scan_prefix({}) returned; right: the keys that begin with it",
            text(&prefix)
        );
    }
}
