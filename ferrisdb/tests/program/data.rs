//! get, put, del, scan, load, dump.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::common::{Place, flip};

#[test]
fn what_is_put_is_there_until_it_is_deleted() {
    let place = Place::new();
    place.run("put db apple red").good();
    assert_eq!(place.run("get db apple").good(), "red\n");
    assert_eq!(
        place.run("get db apple --json").json(),
        json!({ "key": "apple", "value": "red" })
    );
    place.run("put db apple green").good();
    assert_eq!(place.run("get db apple").good(), "green\n");
    place.run("del db apple nothing").good();
    assert_eq!(place.run("get db apple").bad(1), "there is no key apple\n");
}

#[test]
fn an_empty_value_is_a_value_and_an_empty_key_a_key() {
    let place = Place::new();
    let put = place.command().args(["put", "db", "", ""]).status();
    assert!(put.expect("it runs").success());
    assert_eq!(place.run("scan db").good(), "\t\n");
}

#[test]
fn keys_that_begin_with_a_dash_are_keys() {
    let place = Place::new();
    place.run("put db -n -1").good();
    assert_eq!(place.run("get db -n").good(), "-1\n");
    let said = place.run("del db -n").bad(2);
    assert!(said.contains("--"), "it says how: {said}");
    place.run("del db a --quiet -- -n").good();
    place.run("get db -n").bad(1);
}

#[test]
fn a_scan_shows_the_range_that_was_asked_for() {
    let place = Place::new();
    place
        .with_input("load db --create", "a\t1\nab\t2\nb\t3\nba\t4\nc\t5\n")
        .good();
    let cases = [
        ("", "a ab b ba c"),
        ("--reverse", "c ba b ab a"),
        ("--from ab --to c", "ab b ba"),
        ("--from ab --to c --reverse", "ba b ab"),
        ("--prefix b", "b ba"),
        ("--prefix b --reverse --limit 1", "ba"),
        ("--prefix a --from ab", "ab"),
        ("--limit 2", "a ab"),
        ("--from c --to a", ""),
        ("--limit 0", ""),
    ];
    for (options, expected) in cases {
        let out = place.run(&format!("scan db --keys {options}")).good();
        let keys: Vec<_> = out.lines().collect();
        assert_eq!(keys.join(" "), expected, "scan {options}");
    }
    assert_eq!(place.run("scan db --limit 1").good(), "a\t1\n");
    let out = place.run("scan db --json --from c").good();
    assert_eq!(out, "{\"key\":\"c\",\"value\":\"5\"}\n");
}

#[test]
fn whatever_bytes_there_are_dump_and_load_keep_them() {
    let place = Place::new();
    let mut lines = String::from("\\\\backslash\t\nGröße\t✓\n\t\\t\\n\\r\n");
    for byte in 0..=255 {
        let _ = writeln!(lines, "k\\x{byte:02x}\t\\x{byte:02x}\\xff\\xc3");
    }
    place.with_input("load db --create", &lines).good();
    let dumped = place.run("dump db").good();
    assert_eq!(dumped.lines().count(), 259, "one line a key");
    place.with_input("load other --create", &dumped).good();
    assert_eq!(
        place.run("dump other").good(),
        dumped,
        "the same after a round trip"
    );

    let json = place.run("dump other --json").good();
    assert!(
        json.lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok()),
        "{json}"
    );
    place.with_input("load third --create --json", &json).good();
    assert_eq!(
        place.run("dump third").good(),
        dumped,
        "and after one through JSON"
    );
}

#[test]
fn load_and_dump_use_files_and_never_overwrite_one() {
    let place = Place::filled();
    let said = place.run("dump db out.txt");
    assert_eq!(said.err, "dumped 3001 keys\n");
    let said = place.run("load copy out.txt --create");
    assert_eq!(said.err, "loaded 3001 lines\n");
    assert_eq!(place.run("dump copy").good(), place.run("dump db").good());
    let said = place.run("dump db out.txt").bad(2);
    assert!(said.contains("cannot create out.txt"), "{said}");
    let said = place.run("load copy nothing.txt").bad(2);
    assert!(said.contains("cannot open nothing.txt"), "{said}");
}

#[test]
fn a_dump_that_fails_names_the_file_and_leaves_none() {
    let place = Place::filled();
    let table = place.file(".sst");
    flip(&table, 1_000);
    let said = place.run("dump db out.txt").bad(2);
    assert!(
        said.starts_with("error: cannot dump to out.txt: ") && said.contains(".sst"),
        "{said}"
    );
    flip(&table, 1_000);
    place.run("dump db out.txt").good();
}

#[test]
fn a_line_that_is_too_large_is_named() {
    let place = Place::new();
    let lines = format!("a\t1\n{}\t2\n", "k".repeat(70_000));
    let said = place.with_input("load db --create", &lines).bad(2);
    assert!(
        said.contains("line 2 of standard input") && said.contains("70000 bytes"),
        "{said}"
    );
}

#[test]
fn a_line_that_is_no_pair_is_named() {
    let place = Place::new();
    let said = place
        .with_input("load db --create", "a\t1\nb 2\nc\t3\n")
        .bad(2);
    assert!(
        said.contains("line 2 of standard input") && said.contains("no tab"),
        "{said}"
    );
    let said = place.with_input("load db --create", "a\t\\q\n").bad(2);
    assert!(said.contains("line 1"), "{said}");
    let said = place.with_input("load db --json", "{}\n").bad(2);
    assert!(said.contains("\"key\""), "{said}");
}
