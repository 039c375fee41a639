//! Looking a key up when nobody remembers its capitals.

use kv_store::Store;

/// The keys found, in the order in which they were returned.
fn found<'a>(store: &'a Store, key: &str) -> Vec<std::borrow::Cow<'a, str>> {
    store
        .find_ignoring_case(key, 0)
        .into_iter()
        .map(|(key, _)| String::from_utf8_lossy(key))
        .collect()
}

fn store_with(keys: &[&str]) -> Store {
    let mut store = Store::new();
    for key in keys {
        store.set(key, "");
    }
    store
}

#[test]
fn every_spelling_is_found_in_key_order() {
    let store = store_with(&["apple", "Apple", "APPLE", "aPPle", "banana", "Apricot"]);
    for key in ["apple", "APPLE", "aPpLe"] {
        assert_eq!(
            found(&store, key),
            ["APPLE", "Apple", "aPPle", "apple"],
            "looking for \"{key}\": all four spellings, in byte order, as they were written"
        );
    }
}

#[test]
fn the_value_of_each_spelling_comes_with_it() {
    let mut store = Store::new();
    store.set("Ada", "countess");
    store.set("ADA", "language");
    assert_eq!(
        store.find_ignoring_case("ada", 0),
        [(&b"ADA"[..], &b"language"[..]), (b"Ada", b"countess")],
        "\"ADA\" and \"Ada\" are two keys with a value each"
    );
}

#[test]
fn a_key_that_only_begins_alike_is_not_found() {
    let store = store_with(&["Apple", "Apples", "Appl", "Bpple"]);
    assert_eq!(
        found(&store, "apple"),
        ["Apple"],
        "case is ignored, but the length and all other letters must agree"
    );
}

#[test]
fn only_the_letters_a_to_z_have_a_case() {
    let store = store_with(&["K[1]", "k[1]", "k{1}", "K\u{1b}1]"]);
    assert_eq!(
        found(&store, "k[1]"),
        ["K[1]", "k[1]"],
        "[ and {{ differ in the same bit as K and k, but they are no letters"
    );
}

#[test]
fn bytes_above_127_have_no_case_at_all() {
    // "Ärger" in capitals and in small letters, and the Kelvin sign, whose small letter is k.
    let store = store_with(&["\u{c4}RGER", "\u{e4}rger", "\u{212a}", "K"]);
    assert_eq!(
        found(&store, "\u{e4}RGER"),
        ["\u{e4}rger"],
        "the two bytes of \u{c4} and \u{e4} differ: the store knows bytes, not alphabets"
    );
    assert_eq!(
        found(&store, "k"),
        ["K"],
        "the Kelvin sign is three bytes, none of them a letter from A to Z"
    );
}

#[test]
fn an_expired_spelling_is_not_found() {
    let mut store = store_with(&["apple"]);
    store.set_with_ttl("APPLE", "", 10, 0);
    assert_eq!(
        store.find_ignoring_case("Apple", 9).len(),
        2,
        "at 9 ms both spellings are live"
    );
    assert_eq!(
        store.find_ignoring_case("Apple", 10).len(),
        1,
        "at 10 ms \"APPLE\" has expired"
    );
}
