//! What the simplest memtable does, and where it breaks.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tutorial_memtable::experiment::{self, card, shop};
use tutorial_memtable::step_1::Busy;
use tutorial_memtable::{step_2, step_3, step_4};

#[test]
fn the_newest_balance_is_all_it_knows() {
    let shop = shop(1);
    shop.set(&card(1), 250);
    assert_eq!(shop.get(&card(1)), Some(250));
    assert_eq!(shop.get(&card(2)), None);
}

#[test]
fn a_transfer_moves_money_and_makes_none() {
    let shop = shop(2);
    assert_eq!(shop.transfer(&card(1), &card(2), 300), Ok(true));
    assert_eq!(shop.get(&card(1)), Some(700));
    assert_eq!(shop.get(&card(2)), Some(1300));
    assert_eq!(shop.transfer(&card(1), &card(2), 701), Ok(false));
    assert_eq!(shop.transfer(&card(1), &card(1), 1), Ok(false));
    assert_eq!(shop.transfer(&card(1), "no such card", 1), Ok(false));
    assert_eq!(step_2::total(&shop, || ()), 2000);
}

#[test]
fn with_the_lock_held_no_till_gets_through() {
    let shop = shop(3);
    let total = step_2::total(&shop, || {
        assert_eq!(shop.transfer(&card(1), &card(2), 1), Err(Busy));
    });
    assert_eq!(total, 3000);
    insta::assert_snapshot!(experiment::waiting());
}

#[test]
fn a_report_in_pages_sees_half_of_a_transfer() {
    insta::assert_snapshot!(experiment::pages());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(5),
        ..ProptestConfig::default()
    })]

    #[test]
    fn without_tills_every_report_says_the_same(cards in 0..30_usize, page_size in 1..8_usize) {
        let shop = shop(cards);
        let total = cards as u64 * 1000;
        prop_assert_eq!(step_2::total(&shop, || ()), total);
        prop_assert_eq!(step_3::total(&shop, page_size, || ()), total);
        prop_assert_eq!(step_4::total(&shop, || ()), (total, cards));
    }

    #[test]
    fn a_report_is_wrong_exactly_if_the_money_crosses_its_place(
        cards in 2..7_usize,
        page_size in 1..4_usize,
    ) {
        for report in experiment::every_transfer(cards, page_size) {
            let place = report.pages * page_size;
            let crosses = (report.from <= place) != (report.to <= place);
            prop_assert_eq!(report.total != cards as u64 * 1000, crosses, "{:?}", report);
        }
    }
}
