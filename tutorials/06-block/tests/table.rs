//! What the simplest table finds, and where it breaks.

use tutorial_block::experiment::{self, day, every_flip, key};
use tutorial_block::step_3::Filter;
use tutorial_block::{step_1, step_2};

#[test]
fn every_order_is_found_and_no_other() {
    let orders = day(300);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("day");
    step_1::write(&path, &orders).unwrap();
    let plain = std::fs::read_to_string(path).unwrap();
    let shared = step_2::encode(&orders);
    for n in 0..601 {
        let expected = orders.get(&key(n)).cloned();
        assert_eq!(step_1::get(&plain, &key(n)).amount, expected);
        assert_eq!(step_2::get(&shared, &key(n)).amount, expected);
    }
}

#[test]
fn a_lookup_reads_everything_before_the_order() {
    insta::assert_snapshot!(experiment::scans());
}

#[test]
fn most_of_a_key_is_in_the_key_before() {
    insta::assert_snapshot!(experiment::sizes());
}

#[test]
fn a_flipped_bit_is_a_wrong_answer() {
    let orders = day(12);
    let tally = every_flip(&orders, &step_1::encode(&orders), step_1::get);
    assert!(tally.wrong > 0 && tally.gone > 0, "{tally:?}");
    insta::assert_snapshot!(experiment::flips());
}

#[test]
fn a_filter_denies_strangers_and_no_order() {
    insta::assert_snapshot!(experiment::filters());
}

#[test]
fn a_dark_lamp_is_proof() {
    let mut filter = Filter::new(20);
    filter.add("order/1");
    let lit = filter.lamps.iter().filter(|lamp| **lamp).count();
    assert!((1..=3).contains(&lit), "a key lights at most three lamps");
    assert!(filter.may_contain("order/1"));
    assert!((2..100).any(|n| !filter.may_contain(&format!("order/{n}"))));
}
