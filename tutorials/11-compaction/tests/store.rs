//! What the simplest compaction keeps, and where it breaks.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tutorial_compaction::{Changes, Store, experiment};

fn in_a_directory<T>(run: impl FnOnce(&Path) -> T) -> T {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    run(directory.path())
}

#[test]
fn without_merging_an_unknown_article_costs_a_file_an_evening() {
    insta::assert_snapshot!(in_a_directory(experiment::year).unwrap());
}

#[test]
fn merging_everything_writes_the_square_of_the_data() {
    insta::assert_snapshot!(in_a_directory(experiment::everything).unwrap());
}

#[test]
fn merging_equals_writes_little_more_with_every_doubling() {
    insta::assert_snapshot!(in_a_directory(experiment::equals).unwrap());
}

#[test]
fn a_deletion_that_is_left_out_too_early_brings_the_article_back() {
    insta::assert_snapshot!(in_a_directory(experiment::back).unwrap());
}

#[test]
fn a_file_that_is_damaged_is_an_error() {
    in_a_directory(|directory| {
        let mut store = Store::new(directory);
        store
            .add(&Changes::from([("kettle".into(), Some(12))]))
            .unwrap();
        for text in ["kettle", "kettle twelve", "kettle 1\n\n"] {
            fs::write(directory.join("0001.txt"), text).unwrap();
            store.get("kettle").expect_err("this is no file of ours");
            store.merge_all().expect_err("so it cannot be merged");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(11),
        ..ProptestConfig::default()
    })]

    /// Whatever is merged in between, the answers are those of a map.
    #[test]
    fn merging_changes_no_answer(
        evenings in proptest::collection::vec(
            (proptest::collection::btree_map("[a-e]", proptest::option::of(0_u64..100), 0..5), 0..3),
            1..20,
        ),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut store = Store::new(directory.path());
        let mut model = Changes::new();
        for (changes, merge) in evenings {
            store.add(&changes).unwrap();
            model.extend(changes);
            match merge {
                0 => {}
                1 => store.merge_equals().unwrap(),
                _ => store.merge_all().unwrap(),
            }
            for article in ["a", "b", "c", "d", "e"] {
                let expected = model.get(article).copied().flatten();
                prop_assert_eq!(store.get(article).unwrap().0, expected);
            }
        }
    }

    /// After merging equals, each file is larger than all newer ones together.
    #[test]
    fn merging_equals_leaves_files_that_grow_with_age(
        evenings in proptest::collection::vec(1_u64..30, 1..20),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut store = Store::new(directory.path());
        for (evening, count) in evenings.into_iter().enumerate() {
            store
                .add(&(0..count).map(|n| (format!("{evening:02}-{n:02}"), Some(n))).collect())
                .unwrap();
            store.merge_equals().unwrap();
            let sizes = store.sizes().unwrap();
            for (place, &size) in sizes.iter().enumerate() {
                prop_assert!(size > sizes[place + 1..].iter().sum());
            }
        }
    }
}
