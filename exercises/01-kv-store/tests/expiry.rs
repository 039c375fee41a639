//! Entries that end, and the millisecond at which they do.

use kv_store::{Entry, Store};

#[test]
fn an_entry_without_expiry_is_live_at_any_time() {
    let entry = Entry::forever("x");
    for now_ms in [0, 1, u64::MAX] {
        assert!(
            entry.is_live(now_ms),
            "an entry that never expires is live at {now_ms} ms"
        );
    }
}

#[test]
fn an_entry_is_live_until_the_millisecond_before_it_expires() {
    let entry = Entry::expiring("x", 100, 5_000);
    for now_ms in [5_000, 5_001, 5_099] {
        assert!(
            entry.is_live(now_ms),
            "written at 5000 ms for 100 ms, the entry expires at 5100: at {now_ms} it is live"
        );
    }
}

#[test]
fn an_entry_is_gone_at_the_millisecond_at_which_it_expires() {
    let entry = Entry::expiring("x", 100, 5_000);
    for now_ms in [5_100, 5_101, u64::MAX] {
        assert!(
            !entry.is_live(now_ms),
            "written at 5000 ms for 100 ms, the entry is live for the milliseconds 5000 to 5099: \
             at {now_ms} it is gone"
        );
    }
}

#[test]
fn a_time_to_live_of_zero_is_over_at_once() {
    assert!(
        !Entry::expiring("x", 0, 7).is_live(7),
        "an entry written for 0 ms is live for no millisecond at all"
    );
}

#[test]
fn a_time_to_live_beyond_the_end_of_time_lasts_to_the_end() {
    let entry = Entry::expiring("x", u64::MAX, 7);
    assert!(
        entry.is_live(u64::MAX - 1),
        "7 + u64::MAX does not fit into a u64; the entry must not expire early because of it"
    );
}

#[test]
fn get_sees_a_value_until_it_expires() {
    let mut store = Store::new();
    store.set_with_ttl("session", "Ada", 100, 5_000);
    assert_eq!(
        store.get("session", 5_099),
        Some(&b"Ada"[..]),
        "at 5099 ms, the last millisecond of its 100, the value is there"
    );
    assert_eq!(
        store.get("session", 5_100),
        None,
        "at 5100 ms the value has expired, and a read must not find it"
    );
}

#[test]
fn setting_a_key_again_starts_a_new_time_to_live() {
    let mut store = Store::new();
    store.set_with_ttl("session", "Ada", 100, 0);
    store.set_with_ttl("session", "Grace", 100, 60);
    assert_eq!(
        store.get("session", 159),
        Some(&b"Grace"[..]),
        "set again at 60 ms for 100 ms, the key is live up to 159 ms"
    );
    assert_eq!(store.get("session", 160), None, "and not at 160 ms");
}

#[test]
fn purging_frees_what_has_expired_and_changes_no_answer() {
    let mut store = Store::new();
    store.set("apple", "red");
    store.set_with_ttl("banana", "yellow", 10, 0);
    store.set_with_ttl("cherry", "dark", 11, 0);
    assert_eq!(
        store.purge_expired(10),
        1,
        "at 10 ms \"banana\" has expired, and nothing else"
    );
    assert_eq!(store.entries().len(), 2, "one of three entries was freed");
    assert_eq!(store.get("banana", 10), None);
    assert_eq!(store.get("cherry", 10), Some(&b"dark"[..]));
    assert_eq!(store.get("apple", 10), Some(&b"red"[..]));
}

#[test]
fn deleting_an_expired_key_frees_it_and_is_false() {
    let mut store = Store::new();
    store.set_with_ttl("session", "Ada", 100, 0);
    assert!(
        !store.delete("session", 100),
        "at 100 ms a `get` finds nothing, so a `delete` found nothing either"
    );
    assert_eq!(
        store.entries().len(),
        0,
        "the expired entry still took up memory; a delete must free it"
    );
}

#[test]
fn deleting_a_key_in_its_last_millisecond_is_true() {
    let mut store = Store::new();
    store.set_with_ttl("session", "Ada", 100, 0);
    assert!(
        store.delete("session", 99),
        "at 99 ms the value is still there, so the delete removed something"
    );
}
