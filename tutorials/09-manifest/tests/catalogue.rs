//! What the simplest manifest keeps, and where it breaks.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tutorial_manifest::{Change, Files, experiment, step_1, step_2, step_3, step_4};

#[test]
fn a_killed_job_leaves_nothing_or_a_mix_where_a_change_is_not_one_piece() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(experiment::killed(directory.path()).unwrap());
}

#[test]
fn a_list_that_is_written_anew_costs_more_with_every_file() {
    insta::assert_snapshot!(experiment::cost().unwrap());
}

#[test]
fn after_a_crash_a_change_is_lost_and_a_number_comes_again() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(experiment::morning(directory.path()).unwrap());
}

#[test]
fn half_a_catalogue_is_none() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(experiment::half(directory.path()).unwrap());
}

fn change() -> impl Strategy<Value = Change> {
    let numbers = || proptest::collection::vec(0..20_u64, 0..4);
    (numbers(), numbers()).prop_map(|(add, remove)| Change { add, remove })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(9),
        ..ProptestConfig::default()
    })]

    #[test]
    fn all_steps_agree_where_nothing_goes_wrong(
        changes in proptest::collection::vec(change(), 1..12),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let path = |name| directory.path().join(name);
        let mut files = Files::new();
        for change in changes {
            files = change.apply(&files);
            step_1::save(&path("1"), &files).unwrap();
            step_2::save(&path("2"), &files).unwrap();
            step_3::append(&path("3"), &change).unwrap();
            step_4::append(&path("4"), &change).unwrap();
            prop_assert_eq!(&step_1::load(&path("1")).unwrap(), &files);
            prop_assert_eq!(&step_1::load(&path("2")).unwrap(), &files);
            prop_assert_eq!(&step_3::load(&path("3")).unwrap(), &files);
            prop_assert_eq!(&step_4::load(&path("4")).unwrap(), &files);
        }
    }
}
