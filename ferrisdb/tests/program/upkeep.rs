//! stats, verify, checkpoint, compact, completions.

use std::fs::{self, OpenOptions};
use std::process::Stdio;

use crate::common::{Place, flip, list};

#[test]
fn stats_say_where_everything_is() {
    let place = Place::filled();
    let text = place.run("stats db").good();
    for part in [
        "level 6       1 table",
        "3000 entries in tables, 0 of them deletions",
        "1 version ",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let json = place.run("stats db --json").json();
    assert_eq!(json["levels"][6]["tables"], 1, "{json}");
    assert_eq!(json["tables"][0]["smallest"], "key00000", "{json}");
    assert_eq!(json["tables"][0]["largest"], "key02999", "{json}");
    assert_eq!(json["log_batches_replayed"], 1, "{json}");
}

#[test]
fn verify_finds_a_damaged_table_and_names_it() {
    let place = Place::filled();
    let json = place.run("verify db --json").json();
    assert_eq!(
        (&json["sound"], &json["tables"]),
        (&true.into(), &1.into()),
        "{json}"
    );
    flip(&place.file(".sst"), 1_000);
    let answer = place.run("verify db");
    assert!(
        answer.out.contains("damaged: ") && answer.out.contains(".sst"),
        "{answer:?}"
    );
    assert_eq!(answer.bad(1), "1 file is damaged\n");
    let answer = place.run("verify db --json");
    assert_eq!(answer.json()["sound"], false);
    answer.bad(1);
}

#[test]
fn a_log_that_was_cut_is_told_of() {
    let place = Place::new();
    for key in ["k1", "k2", "k3"] {
        place.run(&format!("put db {key} v")).good();
    }
    let json = place.run("verify db --json").json();
    assert_eq!(json["unfinished"], serde_json::json!([]), "{json}");
    let log = OpenOptions::new().write(true).open(place.file(".wal"));
    let log = log.expect("it is there");
    let size = log.metadata().expect("it can be asked").len();
    log.set_len(size - 18).expect("it can be cut");
    let answer = place.run("verify db");
    assert!(answer.out.contains("note: torn tail in db"), "{answer:?}");
    answer.good();
    let json = place.run("verify db --json").json();
    assert_eq!(
        json["unfinished"].as_array().map(Vec::len),
        Some(1),
        "{json}"
    );
    let answer = place.run("put db k4 v");
    assert!(answer.err.contains("it was cut off"), "{answer:?}");
    answer.good();
    assert_eq!(place.run("put db k5 v").err, "", "it is told once");
}

#[test]
fn damage_is_told_by_the_exit_code_even_if_nobody_reads_on() {
    let place = Place::filled();
    let table = place.file(".sst");
    flip(&table, 1_000);
    let inspect = format!("inspect {}", table.display());
    for line in ["verify db", "verify db --json", &inspect] {
        let mut child = place
            .command()
            .args(line.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it can be started");
        drop(child.stdout.take());
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(1), "{line}");
    }
}

fn remove(place: &Place, end: &str) {
    fs::remove_file(place.file(end)).expect("it can be removed");
}

#[test]
fn what_cannot_be_opened_for_damage_is_damaged() {
    type Damage = fn(&Place);
    let ways: [(&str, Damage); 6] = [
        (".manifest is missing", |place| remove(place, ".manifest")),
        (".sst is missing", |place| remove(place, ".sst")),
        ("CURRENT is missing", |place| remove(place, "CURRENT")),
        ("CURRENT", |place| flip(&place.file("CURRENT"), 20)),
        (".wal", |place| flip(&place.file(".wal"), 0)),
        ("footer", |place| {
            let bytes = fs::read(place.file(".sst")).expect("it can be read");
            flip(&place.file(".sst"), bytes.len() - 10);
        }),
    ];
    for (says, damage) in ways {
        let place = Place::filled();
        damage(&place);
        let answer = place.run("verify db --json");
        let json = answer.json();
        assert_eq!(json["sound"], false, "{json}");
        let what = json["damage"][0].as_str().expect("a sentence");
        assert!(what.contains(says), "{says}: {what}");
        answer.bad(1);
        let answer = place.run("verify db");
        assert!(answer.out.starts_with("damaged: "), "{answer:?}");
        assert!(answer.bad(1).contains("cannot be opened"), "{says}");
    }
}

#[test]
fn a_checkpoint_is_a_database_and_takes_no_place_that_is_taken() {
    let place = Place::filled();
    let json = place.run("checkpoint db copy --json").json();
    assert_eq!(json["checkpoint"], "copy");
    place.run("put db later later").good();
    place.run("del db key00001").good();
    assert_eq!(place.run("dump copy").good().lines().count(), 3_001);
    place.run("get copy later").bad(1);
    place.run("verify copy").good();
    let said = place.run("checkpoint db copy").bad(2);
    assert!(said.contains("copy"), "{said}");
}

#[test]
fn compacting_removes_what_was_deleted() {
    let place = Place::filled();
    let keys: Vec<_> = (0..2_999).map(|n| format!("key{n:05}")).collect();
    place.run(&format!("del db {}", keys.join(" "))).good();
    let json = place.run("compact db --json").json();
    let bytes = |name: &str| json[name].as_u64().expect("a number");
    assert!(bytes("bytes_after") < bytes("bytes_before") / 4, "{json}");
    assert_eq!(place.run("scan db --keys").good(), "key02999\nlate\n");
    let text = place.run("compact db --from a --to b").good();
    assert!(text.contains("before"), "{text}");
}

#[test]
fn every_shell_gets_its_script() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.run(&format!("completions {shell}")).good();
        assert!(
            script.contains("checkpoint") && script.contains("inspect"),
            "{shell}"
        );
    }
    place.run("completions tcsh").bad(2);
}

#[test]
fn reading_changes_nothing() {
    let place = Place::filled();
    let state = || {
        let files = list(&place.path("db")).into_iter();
        files
            .map(|file| (fs::read(&file).expect("it can be read"), file))
            .collect::<Vec<_>>()
    };
    let before = state();
    let mut permissions = fs::metadata(place.path("db"))
        .expect("it is there")
        .permissions();
    permissions.set_readonly(true);
    fs::set_permissions(place.path("db"), permissions.clone()).expect("it is ours");
    for line in ["get db late", "scan db", "dump db", "stats db", "verify db"] {
        place.run(line).good();
    }
    assert!(
        before == state(),
        "files changed although nothing was to be written"
    );
    // Whoever may do anything may write here all the same.
    if fs::write(place.path("db").join("probe"), "").is_err() {
        let said = place.run("put db a b").bad(2);
        assert!(
            said.contains("ermission") || said.contains("read-only"),
            "{said}"
        );
    }
    #[expect(
        clippy::permissions_set_readonly_false,
        reason = "the directory goes at once"
    )]
    permissions.set_readonly(false);
    fs::set_permissions(place.path("db"), permissions).expect("it is ours");
}
