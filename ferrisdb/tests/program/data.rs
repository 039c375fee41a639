//! get, put, del, scan, load, dump.

use std::fmt::Write as _;
use std::fs;

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
fn a_key_is_shown_as_a_scan_shows_it() {
    let place = Place::new();
    place.run("put db a\\x1b\\x41 v").good();
    let json = place.run("get db a\\x1b\\x41 --json").good();
    assert_eq!(json, place.run("scan db --json").good());
    let get = |key: &str| {
        let output = place.command().args(["get", "db", key]).output();
        String::from_utf8(output.expect("it runs").stderr).expect("it prints text")
    };
    assert_eq!(get("b\u{1b}[2J"), "there is no key b\\x1b[2J\n");
    let expected = format!("there is no key {}… (500 bytes)\n", "k".repeat(60));
    assert_eq!(get(&"k".repeat(500)), expected);
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
    place.run("put one a 1").good();
    assert_eq!(place.run("dump one one.txt").err, "dumped 1 key\n");
    assert_eq!(place.run("load one one.txt").err, "loaded 1 line\n");
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
fn a_dump_has_its_name_only_once_it_is_whole() {
    let place = Place::filled();
    let part = place.path("out.txt.part");
    fs::write(&part, "of another dump").expect("it can be written");
    let said = place.run("dump db out.txt").bad(2);
    assert!(
        said.contains("out.txt.part is there already") && said.contains("remove it"),
        "{said}"
    );
    assert_eq!(fs::read(&part).expect("it is there"), b"of another dump");
    assert!(!place.path("out.txt").exists());
    fs::remove_file(&part).expect("it can be removed");
    place.run("dump db out.txt").good();
    assert!(!part.exists(), "it was renamed");
}

#[test]
fn a_last_line_that_may_have_been_cut_is_told() {
    let place = Place::new();
    let answer = place.with_input("load db --create", "a\t1\nb\t2");
    assert!(
        answer
            .err
            .starts_with("note: the last line of standard input has no end"),
        "{answer:?}"
    );
    answer.good();
    assert_eq!(place.run("get db b").good(), "2\n");
    let line = "{\"key\":\"c\",\"value\":\"3\"}";
    let answer = place.with_input("load db --json", line);
    assert_eq!(answer.err, "loaded 1 line\n", "it is whole");
}

#[test]
fn a_line_without_end_is_not_taken_into_memory() {
    let place = Place::new();
    let file = fs::File::create(place.path("zeros")).expect("it can be made");
    file.set_len(200 << 20).expect("there is space");
    for form in ["", "--json"] {
        let said = place.run(&format!("load db zeros --create {form}")).bad(2);
        assert!(
            said.starts_with("error: line 1 of zeros: it is longer than "),
            "{said}"
        );
    }
}

#[test]
fn a_line_that_is_too_large_is_named() {
    let place = Place::new();
    let lines = format!("a\t1\n{}\t2\n", "k".repeat(70_000));
    let said = place.with_input("load db --create", &lines).bad(2);
    assert!(
        said.contains("line 2 of standard input")
            && said.contains("70000 bytes")
            && said.contains("At most 1 line before it was loaded"),
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
    assert!(
        said.contains("line 1") && said.ends_with(". Nothing was loaded\n"),
        "{said}"
    );
    let said = place.with_input("load db --json", "{}\n").bad(2);
    assert!(said.contains("\"key\""), "{said}");
}
