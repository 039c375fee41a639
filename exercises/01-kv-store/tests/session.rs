//! One session with the store, written down call by call.

use std::fmt::Write;

use kv_store::{Entry, Store};

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("all keys and values here are text")
}

/// The whole map, expired or not, one entry a line.
fn map(store: &Store) -> String {
    let mut lines = String::new();
    for (key, entry) in store.entries() {
        let until = match entry.expires_at_ms() {
            Some(expires_at_ms) => format!(", until {expires_at_ms} ms"),
            None => String::new(),
        };
        let (key, value) = (text(key), text(entry.value()));
        writeln!(lines, "    {key:?}: {value:?}{until}").expect("a String never refuses");
    }
    lines
}

/// What was called, what it answered, and what the map holds after it.
fn record(log: &mut String, call: &str, answer: impl std::fmt::Debug, store: &Store) {
    writeln!(log, "{call}  ->  {answer:?}\n{}", map(store)).expect("a String never refuses");
}

#[test]
fn a_session_leaves_this_trace() {
    let mut store = Store::new();
    let mut log = String::new();

    store.set("user/2", "Grace");
    store.set("user/1", "Ada");
    record(&mut log, "set user/2, then user/1", (), &store);

    store.set_with_ttl("Session/9", "Ada", 100, 1_000);
    record(&mut log, "set Session/9 at 1000 ms for 100 ms", (), &store);

    let user = store.get("Session/9", 1_099).map(text);
    record(&mut log, "get Session/9 at 1099 ms", user, &store);

    let user = store.get("Session/9", 1_100).map(text);
    record(&mut log, "get Session/9 at 1100 ms", user, &store);

    let result = store.compare_and_set("user/1", Some(b"Ada"), Entry::forever("Ada L."), 1_100);
    record(&mut log, "if user/1 is Ada, make it Ada L.", result, &store);

    let result = store.compare_and_set("user/1", Some(b"Ada"), Entry::forever("Eve"), 1_100);
    let message = result.map_err(|conflict| conflict.to_string());
    record(&mut log, "if user/1 is Ada, make it Eve", message, &store);

    let renewed = Entry::expiring("Ada", 100, 1_100);
    let result = store.compare_and_set("Session/9", Some(b"Ada"), renewed, 1_100);
    let message = result.map_err(|conflict| conflict.to_string());
    record(&mut log, "if Session/9 is Ada's, renew it", message, &store);

    let mine = Entry::expiring("Grace", 50, 1_100);
    let result = store.compare_and_set("Session/9", None, mine, 1_100);
    record(&mut log, "if Session/9 is free, take it", result, &store);

    let users: Vec<_> = store
        .scan_prefix("user/", 1_100)
        .rev()
        .map(|(key, _)| text(key))
        .collect();
    record(&mut log, "scan user/ backwards", users, &store);

    let found: Vec<_> = store
        .find_ignoring_case("session/9", 1_149)
        .into_iter()
        .map(|(key, _)| text(key))
        .collect();
    record(
        &mut log,
        "find session/9 in any case at 1149 ms",
        found,
        &store,
    );

    let deleted = store.delete("user/2", 1_149);
    record(&mut log, "delete user/2", deleted, &store);

    let purged = store.purge_expired(1_150);
    record(&mut log, "purge at 1150 ms", purged, &store);

    insta::assert_snapshot!(log);
}
