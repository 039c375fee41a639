//! What the simplest skip list does, and where it breaks.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tutorial_skip_list::experiment::{self, Tally, card, every_pair, shop};
use tutorial_skip_list::step_1;
use tutorial_skip_list::step_2::{LEVELS, List, height};
use tutorial_skip_list::turns::{self, Till};

#[test]
fn cards_come_back_in_order_however_they_were_sold() {
    let list = shop(200);
    let cards = list.cards(0, || ());
    assert_eq!(cards.len(), 200);
    assert!(cards.is_sorted(), "{cards:?}");
    assert_eq!(list.get(&card(7), || ()), Some(100));
    assert_eq!(list.get("card-99999x", || ()), None);
    assert_eq!(List::default().get("", || ()), None);
}

#[test]
fn a_level_has_about_half_of_the_cards_of_the_level_below() {
    let list = shop(4000);
    for level in 1..5 {
        let (here, below) = (list.cards(level, || ()), list.cards(level - 1, || ()));
        assert!(
            here.len() * 3 > below.len() && here.len() * 3 < below.len() * 2,
            "level {level} has {} cards, the one below {}",
            here.len(),
            below.len()
        );
    }
    assert!((0..10_000).all(|n| (1..=LEVELS).contains(&height(&card(n)))));
}

#[test]
fn a_linked_list_looks_at_everything_before_the_place() {
    let mut list = step_1::List::default();
    for card in ["ada", "bob", "cy"] {
        let before = list.find(card, || ());
        list.link(before, card);
    }
    let mut looked = 0;
    assert_eq!(list.find("dee", || looked += 1), 3, "behind cy");
    assert_eq!(looked, 3);
}

#[test]
fn towers_save_most_of_the_steps() {
    insta::assert_snapshot!(experiment::sorted());
}

#[test]
fn a_thread_that_has_nothing_to_wait_for_does_not_wait() {
    let work = |till: &mut Till<'_>| (0..10).for_each(|_| till.work());
    assert_eq!(turns::run([&work, &|_| ()]), (10, 0));
    assert_eq!(turns::run([&|_| (), &work]), (10, 0));
    assert_eq!(turns::run([&work, &work]), (20, 0));
}

#[test]
fn with_a_lock_one_waits_while_the_other_works() {
    insta::assert_snapshot!(experiment::locks());
}

#[test]
fn without_a_lock_cards_are_lost() {
    insta::assert_snapshot!(experiment::lost());
    let Tally { pairs, met, gone } = every_pair(5);
    assert_eq!(pairs, 20, "every new card with every other");
    assert!(gone <= met, "a card is lost only where two write one link");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(4),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_cards_are_those_of_a_map(
        cards in prop::collection::vec(("[ab]{0,6}", 0..1000_u64), 0..40),
        asked in prop::collection::vec("[ab]{0,6}", 0..10),
    ) {
        let (mut list, mut model) = (List::default(), BTreeMap::new());
        for (card, balance) in cards {
            model.entry(card.clone()).or_insert_with(|| {
                let place = list.find(&card, || ());
                list.link(&place, &card, balance);
                balance
            });
        }
        let expected: Vec<&str> = model.keys().map(String::as_str).collect();
        prop_assert_eq!(list.cards(0, || ()), expected);
        for card in &asked {
            prop_assert_eq!(list.get(card, || ()), model.get(card).copied(), "{:?}", card);
        }
    }
}
