//! What the simplest merge keeps, and where it breaks.

use std::collections::BTreeMap;
use std::rc::Rc;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tutorial_merge::{Change, Export, Price, experiment, step_1, step_2, step_3};

#[test]
fn an_article_that_is_gone_comes_back_in_step_1() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(experiment::gone(directory.path()).unwrap());
}

#[test]
fn the_first_page_costs_everything_unless_it_is_merged() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(experiment::first_page(directory.path()).unwrap());
}

#[test]
fn a_page_back_is_the_way_from_the_start() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(experiment::back(directory.path()).unwrap());
}

fn changes() -> impl Strategy<Value = BTreeMap<String, Option<String>>> {
    proptest::collection::btree_map("[a-e]{1,2}", proptest::option::of("[0-9]{1,3}"), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(8),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_newest_change_of_each_article_counts(nights in proptest::collection::vec(changes(), 0..5)) {
        let directory = tempfile::tempdir().unwrap();
        let read = Rc::default();
        let exports: Vec<Export> = nights
            .iter()
            .enumerate()
            .map(|(n, night)| {
                let changes: Vec<Change> = night.clone().into_iter().collect();
                Export::write(&directory.path().join(n.to_string()), &changes, &read).unwrap()
            })
            .collect();
        let mut newest = BTreeMap::new();
        for night in nights.iter().rev() {
            newest.extend(night.clone());
        }
        let expected: Vec<Price> = newest
            .into_iter()
            .filter_map(|(article, price)| Some((article, price?)))
            .collect();
        prop_assert_eq!(&step_2::list(&exports).unwrap(), &expected);
        let mut merge = step_3::Merge::open(&exports).unwrap();
        let mut merged = Vec::new();
        while let Some(price) = merge.next_price().unwrap() {
            merged.push(price);
        }
        prop_assert_eq!(&merged, &expected);
        // Step 1 is right as long as nothing is ever taken out.
        if nights.iter().all(|night| night.values().all(Option::is_some)) {
            prop_assert_eq!(&step_1::list(&exports).unwrap(), &expected);
        }
    }
}
