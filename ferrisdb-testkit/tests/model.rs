//! The models, clock, steps and printers do what the tests of the engine rely on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ferrisdb_core::{Background, Batch, Clock, InternalKey, Operation, Timestamp};
use ferrisdb_testkit::{ManualClock, Model, Pairs, Steps, Timeline, Versions, annotate, generate};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

fn batch(writes: &[(&str, Option<&str>)]) -> Batch {
    let mut batch = Batch::new();
    for (key, value) in writes {
        match value {
            Some(value) => batch.put(key, value),
            None => batch.delete(key),
        }
    }
    batch
}

fn pairs(pairs: &[(&str, &str)]) -> Pairs {
    let owned = |(key, value): &(&str, &str)| (key.as_bytes().to_vec(), value.as_bytes().to_vec());
    pairs.iter().map(owned).collect()
}

#[test]
fn the_plain_model_keeps_the_last_write() {
    let mut model = Model::new();
    model.write(&batch(&[
        ("b", Some("1")),
        ("a", Some("2")),
        ("b", Some("3")),
        ("c", Some("")),
    ]));
    model.delete("a");
    assert_eq!(model.get("b"), Some(b"3".to_vec()));
    assert_eq!(model.get("a"), None);
    assert_eq!(
        model.get("c"),
        Some(Vec::new()),
        "an empty value is a value"
    );
    assert_eq!(model.contents(), pairs(&[("b", "3"), ("c", "")]));
    assert_eq!(model.scan("c"..), pairs(&[("c", "")]));
    assert_eq!(
        model.scan("c".."b"),
        pairs(&[]),
        "an inverted range is empty"
    );
}

#[test]
fn the_timeline_tells_lost_commits_from_contents_that_never_were() {
    let mut timeline = Timeline::new();
    timeline.commit(&batch(&[("a", Some("1")), ("b", Some("1"))]));
    timeline.commit(&batch(&[("a", Some("2"))]));
    timeline.acknowledge();
    timeline.commit(&batch(&[("b", None)]));
    assert_eq!((timeline.commits(), timeline.acknowledged()), (3, 2));

    assert_eq!(timeline.check(&pairs(&[("a", "2"), ("b", "1")])), Ok(2));
    assert_eq!(
        timeline.check(&pairs(&[("a", "2")])),
        Ok(3),
        "not acknowledged, yet there"
    );
    let lost = timeline
        .check(&pairs(&[("a", "1"), ("b", "1")]))
        .unwrap_err();
    assert!(
        lost.contains("after 1 of 3, but 2 were acknowledged"),
        "{lost}"
    );
    let half = timeline.check(&pairs(&[("a", "1")])).unwrap_err();
    assert!(
        half.contains("never like this: it holds \"a\" = \"1\""),
        "{half}"
    );
    assert!(half.contains("after 3: \"a\" = \"2\""), "{half}");

    timeline.rewind(2);
    assert_eq!((timeline.commits(), timeline.acknowledged()), (2, 2));
    timeline
        .check(&pairs(&[("a", "2")]))
        .expect_err("that commit is gone for good");
}

#[test]
fn versions_are_seen_as_of_a_timestamp() {
    let mut versions = Versions::new();
    versions.write(Timestamp(1), &batch(&[("a", Some("1")), ("b", Some("1"))]));
    versions.write(
        Timestamp(3),
        &batch(&[("a", None), ("ab", Some("3")), ("ab", Some("4"))]),
    );
    versions.write(Timestamp(5), &batch(&[("a", Some("5"))]));
    let at = |t| versions.scan::<&str>(.., Timestamp(t));
    assert_eq!(at(0), pairs(&[]));
    assert_eq!(at(2), pairs(&[("a", "1"), ("b", "1")]));
    assert_eq!(at(4), pairs(&[("ab", "4"), ("b", "1")]));
    assert_eq!(at(5), pairs(&[("a", "5"), ("ab", "4"), ("b", "1")]));
    assert_eq!(
        versions.scan("ab"..="b", Timestamp::MAX),
        pairs(&[("ab", "4"), ("b", "1")])
    );
    assert_eq!(
        versions.scan("ab".."b", Timestamp::MAX),
        pairs(&[("ab", "4")])
    );
    let (found, _) = versions.find("a", Timestamp(4)).expect("a version");
    assert_eq!(
        (found.timestamp, found.operation),
        (Timestamp(3), Operation::Delete)
    );
    assert_eq!(versions.get("a", Timestamp(4)), None);
    assert!(
        versions.find("aa", Timestamp::MAX).is_none(),
        "a neighbour is not the key"
    );
    assert_eq!(versions.len(), 5);
}

proptest! {
    #![proptest_config(Config {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7),
        cases: 200,
        ..Config::default()
    })]

    #[test]
    fn both_models_agree_at_every_moment(
        batches in prop::collection::vec(generate::batch(), 0..12),
        range in generate::range(),
    ) {
        let mut versions = Versions::new();
        let mut model = Model::new();
        let mut moments = vec![model.clone()];
        for (index, batch) in batches.iter().enumerate() {
            versions.write(Timestamp(index as u64 + 1), batch);
            model.write(batch);
            moments.push(model.clone());
        }
        for (moment, model) in moments.iter().enumerate() {
            let as_of = Timestamp(moment as u64);
            prop_assert_eq!(versions.scan::<&[u8]>(.., as_of), model.contents());
            prop_assert_eq!(versions.scan(range.clone(), as_of), model.scan(range.clone()));
            for (key, value) in model.contents() {
                prop_assert_eq!(versions.get(&key, as_of), Some(value.as_slice()));
            }
        }
        let keys: Vec<InternalKey<'_>> = versions.iter().map(|(key, _)| key).collect();
        prop_assert!(keys.is_sorted(), "in the order of internal keys");
        prop_assert_eq!(keys.len(), versions.len());
    }
}

#[test]
fn the_clock_moves_when_it_is_told_to() {
    let clock = ManualClock::new(1_000_000);
    assert_eq!(
        (clock.unix_us(), clock.elapsed()),
        (1_000_000, Duration::ZERO)
    );
    clock.advance(Duration::from_millis(2));
    assert_eq!(
        (clock.unix_us(), clock.elapsed()),
        (1_002_000, Duration::from_millis(2))
    );
    clock.set_unix_us(5);
    assert_eq!(
        (clock.unix_us(), clock.elapsed()),
        (5, Duration::from_millis(2))
    );

    let clock = ManualClock::ticking(0, Duration::from_micros(3));
    let start = clock.elapsed();
    assert_eq!(clock.elapsed(), start + Duration::from_micros(3));
    assert_eq!(clock.unix_us(), 6);
}

#[test]
fn steps_run_in_order_and_only_when_told() {
    let steps = Arc::new(Steps::new());
    let done = Arc::new(Mutex::new(Vec::new()));
    for n in 0..3 {
        let (done, more) = (Arc::clone(&done), Arc::clone(&steps));
        steps.run(Box::new(move || {
            done.lock().unwrap().push(n);
            if n == 0 {
                let done = Arc::clone(&done);
                more.run(Box::new(move || done.lock().unwrap().push(9)));
            }
        }));
    }
    assert_eq!(steps.waiting(), 3);
    assert!(done.lock().unwrap().is_empty(), "nothing runs by itself");
    assert!(steps.step());
    assert_eq!(*done.lock().unwrap(), [0]);
    assert_eq!(
        steps.run_all(),
        3,
        "two that waited and the one handed over meanwhile"
    );
    assert_eq!(*done.lock().unwrap(), [0, 1, 2, 9]);
    assert!(!steps.step());
}

#[test]
fn annotated_bytes_show_every_byte_with_its_meaning() {
    let bytes = b"FDB_WAL\0\x01\x00AAAAAAAAAABB\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0tail";
    let text = annotate(
        bytes,
        &[
            (8, "magic", "\"FDB_WAL\\0\"".to_owned()),
            (2, "version major", "1".to_owned()),
            (12, "name", "A…B".to_owned()),
            (0, "value", "nothing".to_owned()),
            (20, "reserved", "zero".to_owned()),
        ],
    );
    insta::assert_snapshot!(text);
}

#[test]
fn a_field_that_is_cut_off_says_so() {
    let fields = [
        (4, "length", "3".to_owned()),
        (8, "position", "?".to_owned()),
    ];
    insta::assert_snapshot!(annotate(b"\x03\0\0\0\x01\x02", &fields), @r"
    0000  03 00 00 00              length    3
    0004  01 02                    position  ? (6 bytes missing)
    ");
    insta::assert_snapshot!(annotate(b"\x03\0", &fields), @r"
    0000  03 00                    length    3 (2 bytes missing)
    0002                           position  ? (8 bytes missing)
    ");
}
