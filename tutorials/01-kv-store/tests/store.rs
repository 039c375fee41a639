//! The store does what it says, and breaks where the chapter says.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tutorial_kv_store::{Store, experiment, shell};

#[test]
fn commands_get_the_answers_of_the_chapter() {
    let mut store = Store::new();
    let commands = [
        "get session/ada/phone",
        "set session/ada/phone logged-in",
        "set session/ada/phone checking-out",
        "get session/ada/phone",
        "delete session/ada/phone",
        "delete session/ada/phone",
        "open sesame",
    ];
    let answers = commands.map(|command| format!("{command}: {}", shell::run(&mut store, command)));
    insta::assert_snapshot!(answers.join("\n"));
}

#[test]
fn a_list_has_every_session_in_an_order_that_changes() {
    let lists: Vec<_> = (0..20).map(|_| experiment::list()).collect();
    for list in &lists {
        let mut list = list.clone();
        let mut logins = experiment::LOGINS;
        list.sort();
        logins.sort_unstable();
        assert_eq!(list, logins);
    }
    insta::assert_snapshot!(experiment::order(&lists));
}

#[test]
fn a_search_looks_at_every_key() {
    insta::assert_snapshot!(experiment::scan());
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    /// The model is a list of pairs, searched from the start.
    #[test]
    fn the_store_agrees_with_a_list(steps in prop::collection::vec((0..3_u8, "[ab]{0,2}", "[xy]{0,1}"), 0..40)) {
        let mut store = Store::new();
        let mut list: Vec<(String, String)> = Vec::new();
        for (step, key, value) in steps {
            let position = list.iter().position(|(other, _)| *other == key);
            match step {
                0 => {
                    store.set(&key, &value);
                    if let Some(position) = position {
                        list.remove(position);
                    }
                    list.push((key, value));
                }
                1 => {
                    prop_assert_eq!(store.delete(&key), position.is_some());
                    if let Some(position) = position {
                        list.remove(position);
                    }
                }
                _ => {
                    let expected = position.map(|position| list[position].1.as_str());
                    prop_assert_eq!(store.get(&key), expected);
                    let mut found = store.starting_with(&key).found;
                    let mut expected: Vec<_> = list.iter().map(|(key, _)| key.clone()).filter(|other| other.starts_with(&key)).collect();
                    found.sort();
                    expected.sort();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
