//! stats, verify, checkpoint, compact, completions.

use std::fs;

use crate::common::{Place, flip, list};

#[test]
fn stats_say_where_everything_is() {
    let place = Place::filled();
    let text = place.run("stats db").good();
    for part in [
        "level 6       1 table",
        "3000 entries in tables, 0 of them deletions",
        "1 versions",
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
