//! Walking over a stretch of keys.

use std::ops::Bound::{Excluded, Included, Unbounded};

use kv_store::{Scan, Store};

/// The keys "a" to "e".
fn five_keys() -> Store {
    let mut store = Store::new();
    for key in ["c", "a", "e", "b", "d"] {
        store.set(key, key.to_uppercase());
    }
    store
}

/// The keys of a scan, behind one another.
fn keys<'a>(scan: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> String {
    scan.map(|(key, _)| String::from_utf8_lossy(key)).collect()
}

#[test]
fn a_scan_returns_keys_with_their_values_in_key_order() {
    let store = five_keys();
    let found: Vec<_> = store.scan("a"..="b", 0).collect();
    assert_eq!(
        found,
        [(&b"a"[..], &b"A"[..]), (&b"b"[..], &b"B"[..])],
        "the store holds a to e, each with its capital as value"
    );
    assert_eq!(
        keys(store.iter(0)),
        "abcde",
        "whatever the order in which keys were set, a scan returns them sorted"
    );
}

#[test]
fn a_range_contains_its_start_but_not_its_end() {
    let store = five_keys();
    assert_eq!(
        keys(store.scan("b".."d", 0)),
        "bc",
        "the range \"b\"..\"d\" begins at b and stops before d"
    );
    assert_eq!(
        keys(store.scan("bb".."dd", 0)),
        "cd",
        "the ends of a range need not be keys of the store"
    );
}

#[test]
fn a_range_with_an_equals_sign_contains_its_end() {
    assert_eq!(
        keys(five_keys().scan("b"..="d", 0)),
        "bcd",
        "the range \"b\"..=\"d\" includes d"
    );
}

#[test]
fn a_range_may_be_open_at_either_end() {
    let store = five_keys();
    assert_eq!(keys(store.scan("d".., 0)), "de", "the range \"d\"..");
    assert_eq!(keys(store.scan(.."c", 0)), "ab", "the range ..\"c\"");
    assert_eq!(keys(store.scan(..="c", 0)), "abc", "the range ..=\"c\"");
}

#[test]
fn a_range_may_leave_out_its_start() {
    let store = five_keys();
    assert_eq!(
        keys(store.scan::<&str>((Excluded("b"), Unbounded), 0)),
        "cde",
        "everything after b, without b: how a caller asks for the next page"
    );
    assert_eq!(
        keys(store.scan::<&str>((Excluded("b"), Included("d")), 0)),
        "cd",
        "after b, up to and including d"
    );
}

#[test]
fn a_range_that_ends_before_it_begins_is_empty() {
    let store = five_keys();
    let ranges = [
        (Included("d"), Excluded("b")),
        (Included("d"), Included("b")),
        (Excluded("d"), Excluded("b")),
        (Included("c"), Excluded("c")),
        (Excluded("c"), Included("c")),
        (Excluded("c"), Excluded("c")),
    ];
    for range in ranges {
        assert_eq!(
            keys(store.scan::<&str>(range, 0)),
            "",
            "no key lies in {range:?}, and asking is not an error"
        );
    }
    assert_eq!(
        keys(store.scan("c"..="c", 0)),
        "c",
        "but \"c\"..=\"c\" holds c"
    );
}

#[test]
fn a_scan_walks_backwards_too() {
    let store = five_keys();
    assert_eq!(
        keys(store.scan("b".."e", 0).rev()),
        "dcb",
        "`rev()` returns the same keys, the largest first"
    );
}

#[test]
fn the_two_ends_of_a_scan_meet_in_the_middle() {
    let store = five_keys();
    let mut scan: Scan<'_> = store.iter(0);
    let mut seen = String::new();
    while let Some((key, _)) = scan.next() {
        seen.push_str(&String::from_utf8_lossy(key));
        if let Some((key, _)) = scan.next_back() {
            seen.push_str(&String::from_utf8_lossy(key));
        }
    }
    assert_eq!(
        seen, "aebdc",
        "taken from both ends in turn, each key comes exactly once"
    );
}

#[test]
fn a_scan_skips_what_has_expired() {
    let mut store = five_keys();
    store.set_with_ttl("a", "", 10, 0);
    store.set_with_ttl("c", "", 11, 0);
    store.set_with_ttl("e", "", 10, 0);
    assert_eq!(
        keys(store.iter(10)),
        "bcd",
        "at 10 ms the keys a and e have expired, and c has not"
    );
    assert_eq!(
        keys(store.iter(11).rev()),
        "db",
        "at 11 ms c has expired too, also for a scan from the end"
    );
}
