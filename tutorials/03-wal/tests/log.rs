//! What the simplest log keeps, and where it breaks.

use std::fs;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tutorial_wal::{Balances, experiment, step_1, step_2, step_3};

#[test]
fn a_later_line_for_the_same_card_wins() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    step_1::append(&log, "card-7", "1500").unwrap();
    step_1::append(&log, "card-9", "250").unwrap();
    step_1::append(&log, "card-7", "1275").unwrap();
    let expected = [("card-7", "1275"), ("card-9", "250")];
    assert_eq!(step_1::replay(&log).unwrap(), balances(&expected));
}

#[test]
fn a_line_that_was_cut_off_is_a_wrong_balance() {
    insta::assert_snapshot!(experiment::cuts());
}

#[test]
fn whole_lines_help_against_cuts_and_not_against_flips() {
    let lines = experiment::morning();
    assert_eq!(experiment::every_cut(&lines, step_3::replay).wrong, []);
    insta::assert_snapshot!(experiment::flips());
}

#[test]
fn a_power_cut_takes_what_was_not_synced() {
    insta::assert_snapshot!(experiment::power_cut());
}

#[test]
fn a_value_with_a_line_feed_forges_a_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let mut store = step_2::Store::open(&path).unwrap();
    store.set("card-7", "1500\nset card-8 99999").unwrap();
    drop(store);
    let store = step_2::Store::open(&path).unwrap();
    let found = store.balances().get("card-8").map(String::as_str);
    assert_eq!(found, Some("99999"), "nobody ever set card-8");
}

/// A change: a card, and its new balance or `None` when the card is removed.
type Change = (String, Option<String>);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let card = "card-[1-4]";
    let amount = proptest::option::weighted(0.8, "[1-9][0-9]{0,4}");
    proptest::collection::vec((card, amount), 0..12)
}

fn line((card, amount): &Change) -> String {
    match amount {
        Some(amount) => step_2::set_line(card, amount),
        None => step_2::delete_line(card),
    }
}

fn balances(pairs: &[(&str, &str)]) -> Balances {
    let owned = |(card, amount): &(&str, &str)| ((*card).to_owned(), (*amount).to_owned());
    pairs.iter().map(owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(3),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_reopened_store_holds_what_the_closed_one_held(changes in changes()) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let mut model = Balances::new();
        let mut store = step_2::Store::open(&path).unwrap();
        for (card, amount) in &changes {
            if let Some(amount) = amount {
                store.set(card, amount).unwrap();
                model.insert(card.clone(), amount.clone());
            } else {
                store.delete(card).unwrap();
                model.remove(card);
            }
        }
        drop(store);
        let store = step_2::Store::open(&path).unwrap();
        prop_assert_eq!(store.balances(), &model);
        prop_assert_eq!(&step_3::replay(&fs::read(&path).unwrap()), &model);
    }

    #[test]
    fn whole_lines_make_every_cut_a_state_that_was(changes in changes()) {
        let lines: Vec<String> = changes.iter().map(line).collect();
        let tally = experiment::every_cut(&lines, step_3::replay);
        prop_assert_eq!(tally.wrong, []);
    }
}
