//! What the simplest engine keeps, and where it breaks.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tutorial_engine::experiment::{self, lost_after};
use tutorial_engine::shell;
use tutorial_engine::step_3::{Task, Toy};

#[test]
fn a_flush_that_is_killed_after_the_log_loses_the_map() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(experiment::killed(directory.path()).unwrap());
}

#[test]
fn one_order_of_six_survives_a_kill_at_every_moment() {
    use Task::{Log, Manifest, Table};
    let directory = tempfile::tempdir().unwrap();
    let is_good = |order: &[Task; 3]| {
        let mut moments = (0..=3).map(|done| lost_after(directory.path(), &order[..done]).unwrap());
        moments.all(|outcome| outcome == "nothing is lost")
    };
    let orders = [
        [Table, Log, Manifest],
        [Log, Table, Manifest],
        [Log, Manifest, Table],
        [Manifest, Log, Table],
        [Manifest, Table, Log],
        [Table, Manifest, Log],
    ];
    let good: Vec<_> = orders.into_iter().filter(is_good).collect();
    assert_eq!(good, [[Table, Manifest, Log]]);
}

#[test]
fn a_manifest_without_its_table_does_not_open_in_silence() {
    let directory = tempfile::tempdir().unwrap();
    let outcome = lost_after(directory.path(), &[Task::Manifest]).unwrap();
    assert_eq!(outcome, "does not open: a table is missing");
}

#[test]
fn a_deleted_key_stays_deleted_when_an_older_table_has_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut toy = Toy::open(directory.path(), 100).unwrap();
    toy.write("plum", Some("blue")).unwrap();
    toy.flush().unwrap();
    toy.write("plum", None).unwrap();
    assert_eq!(toy.get("plum").unwrap(), None, "the map says deleted");
    toy.flush().unwrap();
    assert_eq!(
        toy.get("plum").unwrap(),
        None,
        "the newer table says deleted"
    );
    assert_eq!(toy.scan().unwrap(), BTreeMap::new());
}

#[test]
fn a_line_that_was_cut_off_does_not_count_and_is_not_continued() {
    let directory = tempfile::tempdir().unwrap();
    let mut toy = Toy::open(directory.path(), 100).unwrap();
    toy.write("apple", Some("red")).unwrap();
    let mut log = fs::OpenOptions::new()
        .append(true)
        .open(directory.path().join("log"))
        .unwrap();
    log.write_all(b"put plum bl").unwrap();
    for _ in 0..2 {
        let mut toy = Toy::open(directory.path(), 100).unwrap();
        assert_eq!(toy.get("plum").unwrap(), None);
        toy.write("grape", Some("green")).unwrap();
        assert_eq!(toy.get("apple").unwrap().as_deref(), Some("red"));
        assert_eq!(toy.get("grape").unwrap().as_deref(), Some("green"));
    }
}

#[test]
fn what_would_forge_a_line_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let mut toy = Toy::open(directory.path(), 100).unwrap();
    for (key, value) in [
        ("", "x"),
        ("two words", "x"),
        ("a\nb", "x"),
        ("a", "x\nput b y"),
    ] {
        toy.write(key, Some(value)).unwrap_err();
    }
    assert_eq!(toy.scan().unwrap(), BTreeMap::new());
}

#[test]
fn the_shell_answers_in_words() {
    let directory = tempfile::tempdir().unwrap();
    let mut toy = Toy::open(directory.path(), 100).unwrap();
    let mut answer = |line| shell::run(&mut toy, line).unwrap();
    assert_eq!(answer("put cherry dark red"), "done");
    assert_eq!(answer("get cherry"), "dark red");
    assert_eq!(answer("scan"), "cherry = dark red");
    assert_eq!(answer("flush"), "done");
    assert_eq!(answer("state"), "log and map: [], tables: [1]");
    assert_eq!(answer("delete cherry"), "done");
    assert_eq!(answer("get cherry"), "nothing");
    assert!(answer("help").starts_with("try: put KEY VALUE"));
}

/// A key, and its new value, or `None` when it is deleted.
type Change = (String, Option<String>);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let value = proptest::option::weighted(0.7, "[a-z ]{0,4}");
    proptest::collection::vec(("[a-f]", value), 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(10),
        ..ProptestConfig::default()
    })]

    #[test]
    fn it_answers_as_a_map_does_also_after_a_restart(
        changes in changes(),
        full in 1..5_usize,
        reopen in 0..24_usize,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut model = BTreeMap::new();
        let mut toy = Toy::open(directory.path(), full).unwrap();
        for (n, (key, value)) in changes.iter().enumerate() {
            if n == reopen {
                toy = Toy::open(directory.path(), full).unwrap();
            }
            toy.write(key, value.as_deref()).unwrap();
            match value {
                Some(value) => model.insert(key.clone(), value.clone()),
                None => model.remove(key),
            };
            prop_assert_eq!(toy.get(key).unwrap(), value.clone());
        }
        prop_assert_eq!(toy.scan().unwrap(), model.clone());
        let toy = Toy::open(directory.path(), full).unwrap();
        prop_assert_eq!(toy.scan().unwrap(), model.clone());
        for key in ["a", "b", "c", "d", "e", "f"] {
            prop_assert_eq!(toy.get(key).unwrap(), model.get(key).cloned());
        }
    }
}
