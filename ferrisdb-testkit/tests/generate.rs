//! The strategies generate what they claim, and what they shrink to is readable.

use ferrisdb_core::{Batch, KEY_SIZE_MAX, Operation};
use ferrisdb_testkit::generate::{self, Action, History, Range, Write};
use ferrisdb_testkit::{Text, show};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

fn runner() -> TestRunner {
    TestRunner::new(Config {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..Config::default()
    })
}

/// So many values of a strategy, the same each time.
fn sample<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let mut runner = runner();
    let mut next = || {
        strategy
            .new_tree(&mut runner)
            .expect("never rejects")
            .current()
    };
    (0..count).map(|_| next()).collect()
}

/// What a failing test would end up reporting.
fn shrunk<S: Strategy>(strategy: &S, fails: impl Fn(&S::Value) -> bool) -> S::Value {
    let result = runner().run(strategy, |value| {
        prop_assert!(!fails(&value));
        Ok(())
    });
    match result {
        Err(TestError::Fail(_, value)) => value,
        other => panic!("the failing case is found: {other:?}"),
    }
}

#[test]
fn keys_collide_and_reach_the_edges() {
    let keys = sample(&generate::key(), 2000);
    let share = |is: fn(&Text) -> bool| keys.iter().filter(|key| is(key)).count();
    assert!(
        share(|key| key.len() == 1) > 1000,
        "most are short, so they collide"
    );
    assert!(share(|key| key.is_empty()) > 10);
    assert!(share(|key| key.contains(&0x00)) > 10);
    assert!(share(|key| key.contains(&0xff)) > 10);
    assert!(share(|key| key.starts_with(b"user/")) > 10);
    assert!(share(|key| key.len() == KEY_SIZE_MAX) > 0, "at the limit");
    assert!(
        share(|key| key.len() == KEY_SIZE_MAX - 1) > 0,
        "just below it"
    );
    assert_eq!(share(|key| key.len() > KEY_SIZE_MAX), 0, "never above it");
    assert!(share(|key| key.len() > 1000) < 100, "long ones are rare");
}

#[test]
fn values_are_empty_short_binary_and_long() {
    let values = sample(&generate::value(), 3000);
    let share = |is: fn(&Text) -> bool| values.iter().filter(|value| is(value)).count();
    assert!(share(|value| value.is_empty()) > 50);
    assert!(share(|value| value.len() < 3) > 500);
    assert!(share(|value| value.contains(&0)) > 10);
    assert!(
        share(|value| value.len() > 1024) > 10,
        "longer than two sectors"
    );
}

#[test]
fn batches_hold_both_operations_repeat_keys_and_can_be_empty() {
    let batches = sample(&generate::batch(), 500);
    let repeats = |batch: &Batch| {
        let keys: Vec<_> = batch.iter().map(|entry| entry.key).collect();
        (1..keys.len()).any(|index| keys[..index].contains(&keys[index]))
    };
    let has = |batch: &Batch, operation| batch.iter().any(|entry| entry.operation == operation);
    assert!(batches.iter().any(Batch::is_empty));
    assert!(batches.iter().any(repeats));
    assert!(
        batches
            .iter()
            .any(|batch| { has(batch, Operation::Put) && has(batch, Operation::Delete) })
    );
    assert!(batches.iter().all(|batch| batch.check().is_ok()));
}

#[test]
fn histories_hold_every_action() {
    let histories = sample(&generate::history(1..=40), 200);
    assert!(
        histories
            .iter()
            .all(|history| (1..=40).contains(&history.0.len()))
    );
    let actions: Vec<Action> = histories
        .into_iter()
        .flat_map(|history| history.0)
        .collect();
    let text = format!("{:?}", History(actions));
    let sentences = [
        "put ",
        "delete ",
        "write a batch: ",
        "write an empty batch",
        "get ",
        "scan from ",
        "scan after ",
        "scan backwards from ",
        " up to ",
        " through ",
        " to the end",
        "sync\n",
        "close and open again",
        "kill and open again",
        "cut the power (seed ",
    ];
    for sentence in sentences {
        assert!(text.contains(sentence), "no action says {sentence:?}");
    }
}

#[test]
fn a_history_reads_like_a_list_of_sentences() {
    let text = |bytes: &str| Text::from(bytes);
    let put = |key, value| Write::Put(text(key), text(value));
    let range = Range {
        start: std::ops::Bound::Included(text("a")),
        end: std::ops::Bound::Excluded(text("b\0")),
    };
    let history = History(vec![
        Action::Write(put("a", "1")),
        Action::Batch(vec![put("b", ""), Write::Delete(text("a"))]),
        Action::Scan(range.clone()),
        Action::ScanBack(range),
        Action::Get(Text(vec![b'x'; 70_000])),
        Action::Sync,
        Action::PowerCut(7),
    ]);
    let expected = r#"
  1. put "a" = "1"
  2. write a batch: put "b" = "", delete "a"
  3. scan from "a" up to "b\x00"
  4. scan backwards from "a" up to "b\x00"
  5. get "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" (70000 bytes)
  6. sync
  7. cut the power (seed 7) and open again"#;
    assert_eq!(format!("{history:?}"), expected);
}

#[test]
fn failures_shrink_to_the_plainest_case() {
    let put_then_reopened = |history: &History| {
        let is_put = |action: &Action| matches!(action, Action::Write(Write::Put(..)));
        let put = history.0.iter().position(is_put);
        let reopened = history
            .0
            .iter()
            .rposition(|action| *action == Action::Reopen);
        put < reopened && put.is_some()
    };
    let history = shrunk(&generate::history(1..=40), put_then_reopened);
    assert_eq!(
        format!("{history:?}"),
        "\n  1. put \"a\" = \"0\"\n  2. close and open again"
    );
}

#[test]
fn text_is_shown_short_and_escaped() {
    assert_eq!(show(b""), "\"\"");
    assert_eq!(show(&[b'z'; 32]), format!("\"{}\"", "z".repeat(32)));
    assert_eq!(
        show(&[b'z'; 33]),
        format!("\"{}…\" (33 bytes)", "z".repeat(32))
    );
    assert_eq!(format!("{:?}", Text(vec![0, 9, b'"'])), r#""\x00\t\"""#);
}
