//! What the simplest table keeps, and where it breaks.

use std::fs;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tutorial_sstable::{Prices, experiment, step_1, step_2, step_3};

#[test]
fn the_whole_export_is_read_for_one_price() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(experiment::growth(directory.path(), &[1_000, 10_000]).unwrap());
}

#[test]
fn a_killed_export_leaves_no_table_unless_it_had_another_name() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(experiment::killed(directory.path(), 97).unwrap());
}

#[test]
fn an_article_that_is_nowhere_costs_a_block_a_table() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(experiment::many_tables(directory.path()).unwrap());
}

#[test]
fn one_price_is_one_read_of_one_block() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("prices");
    step_2::write(&path, &experiment::prices(10_000)).unwrap();
    let table = step_2::Table::open(&path).unwrap();
    assert_eq!(table.reader.reads.get(), 2, "the footer and the index");
    for n in [0, 1, 4_711, 9_999] {
        let before = table.reader.reads.get();
        let article = format!("article-{n:07}");
        assert!(table.get(&article).unwrap().is_some(), "{article} is there");
        assert_eq!(table.reader.reads.get() - before, 1);
    }
}

#[test]
fn a_file_that_is_no_table_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("prices");
    for text in ["", "short", &"x".repeat(100), &"9".repeat(41)] {
        fs::write(&path, text).unwrap();
        step_2::Table::open(&path).expect_err("this is no table");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7),
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_was_written_is_found_and_nothing_else(
        prices in proptest::collection::btree_map("[a-f]{1,3}", "[0-9]{1,900}", 0..60),
        asked in proptest::collection::vec("[a-f]{1,3}", 20),
    ) {
        let prices: Prices = prices;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("prices");
        step_1::write(&path, &prices).unwrap();
        let first = step_1::Table::open(&path).unwrap();
        step_3::write(&path, &prices).unwrap();
        let second = step_2::Table::open(&path).unwrap();
        for article in prices.keys().chain(&asked) {
            let expected = prices.get(article).cloned();
            prop_assert_eq!(first.get(article).unwrap(), expected.clone());
            prop_assert_eq!(second.get(article).unwrap(), expected);
        }
    }
}
