//! inspect: every kind of file, whole and damaged.

use std::fs;

use serde_json::Value;

use crate::common::{Place, flip, list};

fn inspect(place: &Place, end: &str, options: &str) -> crate::common::Answer {
    place.run(&format!("inspect {} {options}", place.file(end).display()))
}

/// The pieces of a file that are called so.
fn pieces(json: &Value, name: &str) -> Vec<Value> {
    let pieces = json["pieces"].as_array().expect("a list of pieces");
    pieces
        .iter()
        .filter(|piece| piece["piece"] == name)
        .cloned()
        .collect()
}

#[test]
fn every_file_of_a_database_is_known_and_sound() {
    let place = Place::filled();
    let mut seen = 0;
    for file in list(&place.path("db")) {
        if file.ends_with("LOCK") {
            place.run(&format!("inspect {}", file.display())).bad(2);
            continue;
        }
        seen += 1;
        for options in ["", "--hex", "--json", "--hex --json"] {
            let answer = place.run(&format!("inspect {} {options}", file.display()));
            if options.ends_with("--json") {
                let json = answer.json();
                assert_eq!(json["sound"], true, "{file:?}: {json}");
                // Pieces lie behind one another, and together they are the file.
                let mut end = 0;
                for piece in json["pieces"].as_array().expect("pieces") {
                    assert_eq!(piece["offset"], end, "{file:?}: {piece}");
                    end += piece["bytes"].as_u64().expect("a size");
                }
                assert_eq!(
                    end,
                    fs::metadata(&file).expect("it is there").len(),
                    "{file:?}"
                );
            }
            assert!(!answer.good().is_empty(), "{file:?} {options}");
        }
    }
    assert_eq!(seen, 5, "log, table, manifest, CURRENT and OPTIONS");
}

#[test]
fn a_table_shows_its_blocks_and_entries() {
    let place = Place::filled();
    let json = inspect(&place, ".sst", "--json").json();
    let entries: u64 = pieces(&json, "data")
        .iter()
        .map(|block| block["entries"].as_u64().expect("a number"))
        .sum();
    assert_eq!(entries, 3_000);
    assert_eq!(pieces(&json, "data")[0]["items"][0]["put"], "key00000");
    assert_eq!(pieces(&json, "data")[0]["items"][0]["value"], "value of 0");
    let data = pieces(&json, "data");
    assert_eq!(
        pieces(&json, "index")[0]["items"].as_array().map(Vec::len),
        Some(data.len())
    );
    assert_eq!(pieces(&json, "properties")[0]["items"][0]["entries"], 3_000);
    let text = inspect(&place, ".sst", "").good();
    assert!(text.contains("put     key00007 @"), "{text}");
    let hex = inspect(&place, ".sst", "--hex").good();
    for part in [
        "46 44 42 5f 53 53 54 00  magic",
        "shared size",
        "restart points",
        "bits set",
    ] {
        assert!(hex.contains(part), "{part}");
    }
}

#[test]
fn the_log_shows_its_batches() {
    let place = Place::new();
    place.run("put db apple red").good();
    place.run("del db apple k\\x00").good();
    let text = inspect(&place, ".wal", "").good();
    assert!(
        text.contains("put     apple = red") && text.contains("delete  k\\x00"),
        "{text}"
    );
    let json = inspect(&place, ".wal", "--json").json();
    let batches = pieces(&json, "batch");
    assert_eq!(batches.len(), 2);
    assert_eq!(batches[1]["items"][1]["delete"], "k\\x00");
    let hex = inspect(&place, ".wal", "--hex").good();
    assert!(
        hex.contains("61 70 70 6c 65           key                  \"apple\""),
        "{hex}"
    );
}

#[test]
fn behind_damage_the_next_record_is_found() {
    let place = Place::new();
    for key in ["one", "two", "three"] {
        place.run(&format!("put db {key} value")).good();
    }
    let sound = inspect(&place, ".wal", "--json").json();
    let second = pieces(&sound, "batch")[1]["offset"]
        .as_u64()
        .expect("an offset");
    flip(
        &place.file(".wal"),
        usize::try_from(second).expect("small") + 25,
    );
    let answer = inspect(&place, ".wal", "--json");
    let json = answer.json();
    assert_eq!(json["sound"], false);
    assert_eq!(
        pieces(&json, "batch").len(),
        2,
        "the first and the third: {json}"
    );
    let damage = &pieces(&json, "no record")[0];
    assert_eq!(damage["offset"], second, "{json}");
    let what = damage["damage"][0].as_str().expect("a sentence");
    assert!(
        what.contains("checksum") && what.contains("a record follows"),
        "{what}"
    );
    assert_eq!(answer.bad(1), "1 place is damaged\n");
}

#[test]
fn no_byte_of_a_file_can_be_changed_unnoticed() {
    let place = Place::filled();
    for (end, step) in [
        (".wal", 9_973),
        (".manifest", 13),
        ("CURRENT", 3),
        (".sst", 2_003),
    ] {
        let file = place.file(end);
        let bytes = fs::read(&file).expect("it can be read");
        for at in (0..bytes.len()).step_by(step) {
            flip(&file, at);
            let answer = inspect(&place, end, "");
            assert!(
                answer.out.contains("damaged: "),
                "{end}, byte {at}: {answer:?}"
            );
            answer.bad(1);
            fs::write(&file, &bytes).expect("it can be put back");
        }
    }
}

#[test]
fn a_file_may_be_cut_anywhere() {
    let place = Place::filled();
    for end in [".wal", ".manifest", "CURRENT", ".sst"] {
        let file = place.file(end);
        let bytes = fs::read(&file).expect("it can be read");
        for size in [0, 1, 63, 64, 70, bytes.len() / 2, bytes.len() - 1] {
            fs::write(&file, &bytes[..size.min(bytes.len())]).expect("it can be cut");
            for options in ["", "--hex", "--json"] {
                let answer = inspect(&place, end, options);
                assert!(
                    matches!(answer.code, Some(0 | 1)),
                    "{end} cut to {size}: {answer:?}"
                );
                assert!(
                    !answer.err.contains("panicked"),
                    "{end} cut to {size}: {answer:?}"
                );
            }
        }
        fs::write(&file, &bytes).expect("it can be put back");
    }
}

#[test]
fn a_table_without_its_magic_is_known_by_its_end() {
    let place = Place::filled();
    let file = place.file(".sst");
    flip(&file, 0);
    // The number in the name stands in for the one in the header.
    let answer = inspect(&place, ".sst", "--json");
    let json = answer.json();
    assert_eq!(pieces(&json, "footer")[0]["sound"], true, "{json}");
    assert_eq!(pieces(&json, "no block"), [] as [Value; 0], "{json}");
    answer.bad(1);
}

#[test]
fn a_file_under_the_name_of_another_is_told() {
    let place = Place::filled();
    let other = place.path("0000000999.sst");
    fs::copy(place.file(".sst"), &other).expect("it can be copied");
    let answer = place.run("inspect 0000000999.sst");
    assert!(
        answer.out.contains("the file's name says 999"),
        "{answer:?}"
    );
    answer.bad(1);
}

#[test]
fn a_segment_that_was_laid_out_in_advance_is_sound() {
    let place = Place::new();
    let options = ferrisdb_storage::Options::new().segment_size_max(64 << 10);
    let db = ferrisdb_storage::Db::open_with(place.path("db"), options).expect("it opens");
    for key in 0..4 {
        let key = format!("key{key}");
        db.put(key, vec![b'v'; 30_000]).expect("it can be written");
    }
    // Closing would cut off what is not needed.
    let mut files = list(&place.path("db")).into_iter();
    let last = files.rfind(|file| file.to_string_lossy().ends_with(".wal"));
    fs::copy(last.expect("a segment"), place.path("copy.wal")).expect("it can be copied");
    drop(db);
    let json = place.run("inspect copy.wal --json").json();
    assert_eq!(json["sound"], true);
    let batches = pieces(&json, "batch");
    assert_eq!(
        batches.last().map(|batch| &batch["items"][0]["put"]),
        Some(&"key3".into())
    );
    let room = &pieces(&json, "room")[0];
    assert!(
        room["bytes"].as_u64().is_some_and(|size| size > 1_000),
        "{room}"
    );
}

#[test]
fn a_file_of_options_cannot_command_the_terminal() {
    let place = Place::new();
    fs::write(place.path("OPTIONS"), "a = \x1b[2J\r1\n").expect("it can be written");
    let text = place.run("inspect OPTIONS").good();
    assert!(text.contains("a = \\x1b[2J\\r1\n"), "{text:?}");
}

#[test]
fn what_is_no_file_of_ours_is_refused() {
    let place = Place::new();
    fs::write(place.path("notes.txt"), "FDB").expect("it can be written");
    let said = place.run("inspect notes.txt").bad(2);
    assert!(said.contains("no file of a FerrisDB database"), "{said}");
    let said = place.run("inspect .").bad(2);
    assert!(said.contains("cannot read"), "{said}");
    place.run("inspect nothing").bad(2);
}
