//! Versions and the edits between them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ferrisdb_core::{KEY_SIZE_MAX, Operation, Timestamp};
use ferrisdb_manifest::{
    Edit, Invalid, LEVELS_MAX, NUMBER_MAX, Refusal, TableMeta, Version, place,
};
use ferrisdb_testkit::annotate;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use support::{flush, key, numbers, table};

mod support;

// ---------------------------------------------------------------------------------------------
// Hole 1: place
// ---------------------------------------------------------------------------------------------

fn shared(tables: impl IntoIterator<Item = TableMeta>) -> Vec<Arc<TableMeta>> {
    tables.into_iter().map(Arc::new).collect()
}

#[test]
fn in_level_0_the_newest_table_comes_first() {
    // Numbers say when a file was begun, timestamps what is in it. A merge of two old tables has
    // a high number and old content.
    let tables = shared([
        table(4, "a", "m", 40),
        table(9, "a", "m", 30),
        table(2, "a", "m", 20),
    ]);
    for (newest, expected) in [(50, 0), (35, 1), (25, 2), (10, 3)] {
        for number in [1, 20] {
            let yours = place(0, &tables, &table(number, "c", "d", newest));
            assert_eq!(
                yours,
                Ok(expected),
                "table {number} ends at @{newest}, and the tables of the level at @40, @30, @20; \
                 ranges may overlap in level 0"
            );
        }
    }
}

#[test]
fn of_two_tables_that_are_equally_new_the_one_with_the_higher_number_comes_first() {
    let tables = shared([table(8, "a", "m", 30), table(4, "a", "m", 30)]);
    for (number, expected) in [(9, 0), (6, 1), (2, 2)] {
        let yours = place(0, &tables, &table(number, "a", "m", 30));
        assert_eq!(
            yours,
            Ok(expected),
            "table {number} among 8 and 4, all up to @30"
        );
    }
}

#[test]
fn in_deeper_levels_tables_are_sorted_by_key() {
    let tables = shared([
        table(9, "c", "d", 10),
        table(3, "g", "h", 90),
        table(5, "k", "m", 50),
    ]);
    for level in 1..LEVELS_MAX {
        for (first, last, expected) in [
            ("a", "b", 0),
            ("e", "f", 1),
            ("i", "j", 2),
            ("n", "z", 3),
            ("da", "fz", 1),
        ] {
            let yours = place(level, &tables, &table(7, first, last, 60));
            assert_eq!(
                yours,
                Ok(expected),
                "{first} to {last} among c–d, g–h and k–m in level {level}"
            );
        }
        assert_eq!(place(level, &[], &table(7, "a", "z", 60)), Ok(0));
    }
}

/// All ranges of the letters a to i.
fn ranges() -> Vec<(String, String)> {
    let letters = || 'a'..='i';
    let pairs = letters().flat_map(|first| (first..='i').map(move |last| (first, last)));
    pairs.map(|(a, b)| (a.to_string(), b.to_string())).collect()
}

#[test]
fn a_table_that_has_keys_in_common_with_another_is_refused() {
    let there = [("b", "c"), ("e", "e"), ("g", "h")];
    let tables = shared((1..).zip(there).map(|(n, (a, b))| table(n, a, b, 30)));
    for (first, last) in ranges() {
        let in_common = there.iter().find(|(a, b)| *a <= &*last && &*first <= *b);
        let added = table(9, &first, &last, 60);
        match (place(3, &tables, &added), in_common) {
            (Ok(yours), None) => {
                let expected = there.iter().filter(|(_, b)| *b < &*first).count();
                assert_eq!(yours, expected, "{first} to {last} among b–c, e–e and g–h");
            }
            (
                Err(Refusal::Overlap {
                    level,
                    first: other,
                    second,
                }),
                Some(_),
            ) => {
                assert_eq!(level, 3);
                assert!(
                    tables.iter().any(|table| **table == *other),
                    "`first` is the table that is there already"
                );
                assert!(
                    other.overlaps(first.as_bytes()..=last.as_bytes()),
                    "{first} to {last} does not overlap {other:?}"
                );
                assert_eq!(*second, added, "`second` is the table that was to be added");
            }
            (yours, expected) => panic!(
                "{first} to {last} among b–c, e–e and g–h: yours says {yours:?}, and what it \
                 has keys in common with is {expected:?}"
            ),
        }
    }
}

#[test]
fn a_table_around_another_is_refused() {
    let tables = shared([table(1, "c", "c", 30), table(2, "f", "g", 30)]);
    for (first, last) in [("b", "d"), ("e", "h"), ("a", "z")] {
        let yours = place(1, &tables, &table(9, first, last, 60));
        assert!(
            matches!(yours, Err(Refusal::Overlap { .. })),
            "{first} to {last} is all around another table; yours says {yours:?}"
        );
    }
}

#[test]
fn both_ends_belong_to_a_table() {
    let there = table(1, "c", "f", 30);
    let mut before = table(2, "a", "c", 60);
    before.largest = there.smallest.clone();
    let mut behind = table(2, "f", "g", 60);
    behind.smallest = there.largest.clone();
    for added in [before, behind] {
        let yours = place(1, &shared([there.clone()]), &added);
        assert!(
            matches!(yours, Err(Refusal::Overlap { .. })),
            "{added:?} begins or ends with a key of {there:?}; yours says {yours:?}"
        );
    }
}

#[test]
fn all_versions_of_a_key_are_in_one_table_of_a_level() {
    // c @9 to c @7 and then c @4 to c @2: no version is in both, but the key is.
    let mut newer = table(1, "a", "c", 9);
    newer.largest = key("c", 7);
    let mut older = table(2, "c", "f", 4);
    older.smallest = key("c", 4);
    for (there, added) in [(&newer, &older), (&older, &newer)] {
        let yours = place(2, &shared([there.clone()]), added);
        assert!(
            matches!(yours, Err(Refusal::Overlap { .. })),
            "a reader of c looks into one table of a level, so a level cannot have c in two; \
             yours says {yours:?}"
        );
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 2: Version::apply
// ---------------------------------------------------------------------------------------------

fn apply(version: &Version, edit: &Edit) -> Version {
    version
        .apply(edit)
        .unwrap_or_else(|refusal| panic!("{edit:?} makes sense, and yours says: {refusal}"))
}

fn refusal(version: &Version, edit: &Edit) -> Refusal {
    match version.apply(edit) {
        Err(refusal) => refusal,
        Ok(_) => panic!("{edit:?} makes no sense after {:?}", numbers(version)),
    }
}

/// Level 0 has 5 and 4, level 1 has 2 (a to f) and 3 (k to p).
fn example() -> Version {
    let edit = flush(4, 40)
        .add(0, table(5, "a", "m", 50))
        .add(1, table(2, "a", "f", 20))
        .add(1, table(3, "k", "p", 30))
        .last_timestamp(Timestamp(50))
        .next_number(10);
    apply(&Version::default(), &edit)
}

#[test]
fn an_edit_leads_to_a_new_version_and_the_old_one_stays() {
    let old = example();
    let before = old.clone();
    assert_eq!(numbers(&old), vec![vec![5, 4], vec![2, 3]]);
    assert_eq!(old.number(), 1, "one edit led to it");
    let new = apply(&old, &flush(6, 60));
    assert_eq!(old, before, "a version never changes");
    assert_eq!(numbers(&new), vec![vec![6, 5, 4], vec![2, 3]]);
    assert_eq!(new.number(), 2, "versions count the edits");
    assert_eq!(new.log_start(), 6000);
    assert_eq!(new.last_timestamp(), Timestamp(60));
    assert_eq!(
        new.next_number(),
        10,
        "the edit does not say anything of it"
    );
    let same = apply(&new, &Edit::new());
    assert_eq!(numbers(&same), numbers(&new));
    assert_eq!((same.log_start(), same.number()), (6000, 3));
}

#[test]
fn a_compaction_replaces_tables() {
    let edit = Edit::new()
        .remove(0, 4)
        .remove(0, 5)
        .remove(1, 2)
        .add(1, table(7, "g", "j", 50))
        .add(1, table(6, "a", "f", 50));
    let new = apply(&example(), &edit);
    assert_eq!(
        numbers(&new),
        vec![vec![], vec![6, 7, 3]],
        "6 takes the place of 2, which had the same keys: what goes, goes first"
    );
}

#[test]
fn a_table_can_move_to_another_level_in_one_edit() {
    let old = example();
    let moved = Arc::clone(&old.level(1)[1]);
    let new = apply(&old, &Edit::new().remove(1, 3).add(2, moved));
    assert_eq!(numbers(&new), vec![vec![5, 4], vec![2], vec![3]]);
}

#[test]
fn a_table_that_is_not_there_cannot_be_removed() {
    for (level, number) in [(0, 7), (1, 4), (0, 2), (6, 3)] {
        let edit = Edit::new().remove(level, number);
        let expected = Refusal::NotThere { level, number };
        assert_eq!(refusal(&example(), &edit), expected);
    }
    let twice = Edit::new().remove(1, 3).remove(1, 3);
    let (level, number) = (1, 3);
    assert_eq!(
        refusal(&example(), &twice),
        Refusal::NotThere { level, number }
    );
}

#[test]
fn a_table_that_is_there_cannot_be_added() {
    for level in [0, 1, 4] {
        let edit = Edit::new().add(level, table(3, "v", "z", 30));
        let number = 3;
        let expected = Refusal::Twice { number };
        assert_eq!(refusal(&example(), &edit), expected, "it is in level 1");
    }
}

#[test]
fn an_edit_cannot_add_a_table_twice() {
    let edit = Edit::new()
        .add(2, table(7, "a", "b", 10))
        .add(3, table(7, "a", "b", 10));
    let number = 7;
    assert_eq!(refusal(&example(), &edit), Refusal::Twice { number });
}

#[test]
fn there_are_seven_levels() {
    let last = LEVELS_MAX - 1;
    let new = apply(&example(), &Edit::new().add(last, table(7, "a", "b", 10)));
    assert_eq!(new.level(last)[0].number, 7);
    for level in [LEVELS_MAX, usize::MAX] {
        let add = Edit::new().add(level, table(7, "a", "b", 10));
        assert_eq!(refusal(&example(), &add), Refusal::NoSuchLevel { level });
        let remove = Edit::new().remove(level, 4);
        assert_eq!(refusal(&example(), &remove), Refusal::NoSuchLevel { level });
    }
}

#[test]
fn tables_of_one_edit_must_not_overlap_either() {
    let edit = Edit::new()
        .add(2, table(7, "a", "g", 10))
        .add(2, table(8, "g", "z", 10));
    let yours = refusal(&example(), &edit);
    assert!(
        matches!(yours, Refusal::Overlap { level: 2, .. }),
        "{yours}"
    );
}

#[test]
fn what_only_grows_does_not_go_back() {
    let version = apply(&example(), &flush(6, 60));
    let same = Edit::new()
        .log_start(6000)
        .last_timestamp(Timestamp(60))
        .next_number(10);
    apply(&version, &same);
    for (edit, what, from, to) in [
        (Edit::new().log_start(5999), "log start", 6000, 5999),
        (
            Edit::new().last_timestamp(Timestamp(59)),
            "last timestamp",
            60,
            59,
        ),
        (Edit::new().next_number(9), "next number", 10, 9),
    ] {
        let expected = Refusal::Backwards { what, from, to };
        assert_eq!(refusal(&version, &edit), expected);
    }
    let more = Edit::new()
        .log_start(6001)
        .last_timestamp(Timestamp(61))
        .next_number(11);
    let new = apply(&version, &more);
    assert_eq!(
        (new.log_start(), new.last_timestamp(), new.next_number()),
        (6001, Timestamp(61), 11)
    );
}

#[test]
fn numbers_come_to_an_end() {
    let last = apply(&example(), &Edit::new().next_number(NUMBER_MAX));
    assert_eq!(last.next_number(), NUMBER_MAX);
    let edit = Edit::new().next_number(NUMBER_MAX + 1);
    assert_eq!(refusal(&last, &edit), Refusal::NumbersUsedUp);
}

#[test]
fn what_is_no_table_is_refused() {
    let good = || table(7, "c", "d", 30);
    let change = |change: &dyn Fn(&mut TableMeta)| {
        let mut table = good();
        change(&mut table);
        table
    };
    let exactly = change(&|table| {
        table.entries = 1;
        table.deletions = 1;
        table.largest = table.smallest.clone();
        table.smallest_timestamp = table.largest_timestamp;
    });
    apply(&example(), &Edit::new().add(3, exactly));
    for bad in [
        change(&|table| table.number = 0),
        change(&|table| table.number = NUMBER_MAX + 1),
        change(&|table| (table.entries, table.deletions) = (0, 0)),
        change(&|table| table.deletions = table.entries + 1),
        change(&|table| table.smallest = key("da", 30)),
        change(&|table| (table.smallest, table.largest) = (key("c", 27), key("c", 30))),
        change(&|table| table.smallest_timestamp = Timestamp(31)),
    ] {
        for level in [0, 3] {
            let edit = Edit::new().add(level, bad.clone());
            let expected = Refusal::NoTable(Box::new(bad.clone()));
            assert_eq!(refusal(&example(), &edit), expected);
        }
    }
}

/// A step of a random history: which of the tables that are there go, and which come.
#[derive(Debug, Clone)]
struct Step {
    remove: Vec<prop::sample::Index>,
    add: Vec<(usize, u64, (u8, u8), u64)>,
}

fn step() -> impl Strategy<Value = Step> {
    let new = (0..4_usize, 1..40_u64, (0..26_u8, 0..4_u8), 1..90_u64);
    let remove = prop::collection::vec(any::<prop::sample::Index>(), 0..3);
    (remove, prop::collection::vec(new, 0..4)).prop_map(|(remove, add)| Step { remove, add })
}

/// A range of letters.
fn letters((first, size): (u8, u8)) -> (String, String) {
    let last = (first + size).min(25);
    let letter = |n: u8| char::from(b'a' + n).to_string();
    (letter(first), letter(last))
}

type Model = BTreeMap<u64, (usize, TableMeta)>;

/// What the model says of an edit: `None` if it makes no sense.
fn model_apply(model: &Model, edit: &Edit) -> Option<Model> {
    let mut next = model.clone();
    for (level, number) in &edit.remove {
        let (there, _) = next.remove(number)?;
        if there != *level {
            return None;
        }
    }
    for (level, table) in &edit.add {
        let keys = table.smallest.user_key.as_slice()..=table.largest.user_key.as_slice();
        let in_the_way = |(other_level, other): &&(usize, TableMeta)| {
            *level > 0 && other_level == level && other.overlaps(keys.clone())
        };
        if next.values().any(|other| in_the_way(&other)) {
            return None;
        }
        let table = TableMeta::clone(table);
        if next.insert(table.number, (*level, table)).is_some() {
            return None;
        }
    }
    Some(next)
}

proptest! {
    #![proptest_config(Config {
        cases: 200,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x09_01),
        ..Config::default()
    })]

    #[test]
    fn any_history_of_edits_goes_as_in_a_model(steps in prop::collection::vec(step(), 1..12)) {
        let (mut version, mut model) = (Version::default(), Model::new());
        for step in steps {
            let mut edit = Edit::new();
            for index in &step.remove {
                if !model.is_empty() {
                    let number = *index.get(&model.keys().copied().collect::<Vec<_>>());
                    edit = edit.remove(model[&number].0, number);
                }
            }
            for (level, number, range, newest) in step.add {
                let (first, last) = letters(range);
                edit = edit.add(level, table(number, &first, &last, newest));
            }
            let expected = model_apply(&model, &edit);
            match (version.apply(&edit), expected) {
                (Ok(yours), Some(expected)) => {
                    let found: Model = yours
                        .tables()
                        .map(|(level, table)| (table.number, (level, TableMeta::clone(table))))
                        .collect();
                    prop_assert_eq!(&found, &expected, "the tables after {:?}", edit);
                    let newest = yours.level(0).is_sorted_by_key(|table| {
                        std::cmp::Reverse((table.largest_timestamp, table.number))
                    });
                    prop_assert!(newest, "level 0 has the newest first");
                    for level in 1..LEVELS_MAX {
                        let keys = yours.level(level).is_sorted_by(|a, b| {
                            a.largest.user_key < b.smallest.user_key
                        });
                        prop_assert!(keys, "level {} is sorted by key", level);
                    }
                    prop_assert_eq!(yours.number(), version.number() + 1);
                    (version, model) = (yours, expected);
                }
                (Err(_), None) => {}
                (yours, expected) => prop_assert!(
                    false,
                    "{:?} after {:?}: yours says {:?}, and it {}",
                    edit, numbers(&version), yours.map(|version| numbers(&version)),
                    if expected.is_some() { "makes sense" } else { "makes no sense" }
                ),
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------
// Hole 3: Edit::decode
// ---------------------------------------------------------------------------------------------

/// An edit with each of the fields.
fn full() -> Edit {
    let mut added = table(300, "apple", "plum", 70);
    added.smallest.operation = Operation::Delete;
    Edit::new()
        .log_start(123_456)
        .last_timestamp(Timestamp(70))
        .next_number(364)
        .remove(1, 4)
        .remove(0, 200)
        .add(1, added)
        .add(6, table(301, "quince", "quince", 68))
}

fn encode(edit: &Edit) -> Vec<u8> {
    let mut bytes = Vec::new();
    edit.encode(&mut bytes);
    bytes
}

fn decode(bytes: &[u8]) -> Edit {
    Edit::decode(bytes).unwrap_or_else(|invalid| panic!("the bytes are an edit: {invalid}"))
}

#[test]
fn an_edit_is_read_from_its_golden_bytes() {
    let bytes = encode(&full());
    let fields = FIELDS.map(|(size, name, value)| (size, name, value.to_owned()));
    insta::assert_snapshot!("edit", annotate(&bytes, &fields));
    assert_eq!(decode(&bytes), full());
}

/// What the bytes of [`full`] are.
const FIELDS: [(usize, &str, &str); 31] = [
    (1, "tag", "log start"),
    (3, "position", "123456"),
    (1, "tag", "last timestamp"),
    (1, "timestamp", "@70"),
    (1, "tag", "next number"),
    (2, "number", "364"),
    (1, "tag", "remove"),
    (1, "level", "1"),
    (1, "number", "4"),
    (1, "tag", "remove"),
    (1, "level", "0"),
    (2, "number", "200"),
    (1, "tag", "add"),
    (1, "level", "1"),
    (2, "number", "300"),
    (2, "size", "1300"),
    (1, "entries", "10"),
    (1, "deletions", "2"),
    (1, "smallest timestamp", "@65"),
    (1, "largest timestamp", "@70"),
    (6, "smallest", "apple"),
    (2, "", "@70, delete"),
    (5, "largest", "plum"),
    (2, "", "@67, put"),
    (1, "tag", "add"),
    (1, "level", "6"),
    (8, "table", "301 and so on"),
    (7, "smallest", "quince"),
    (2, "", "@68, put"),
    (7, "largest", "quince"),
    (2, "", "@65, put"),
];

#[test]
fn an_edit_without_fields_is_an_edit() {
    assert_eq!(decode(&[]), Edit::new());
}

#[test]
fn fields_that_are_left_out_stay_out() {
    let full = full();
    let mut without = vec![full.clone(); 5];
    without[0].log_start = None;
    without[1].last_timestamp = None;
    without[2].next_number = None;
    without[3].remove.clear();
    without[4].add.clear();
    for edit in without {
        assert_eq!(decode(&encode(&edit)), edit);
    }
    let zeros = Edit::new().log_start(0).last_timestamp(Timestamp(0));
    assert_eq!(decode(&encode(&zeros)), zeros, "0 is a value");
}

/// The three fields that are single, one after the other with these numbers, and then once more.
fn twice(first: u64, second: u64) {
    let fields = |n: u64| {
        Edit::new()
            .log_start(100 + n)
            .last_timestamp(Timestamp(200 + n))
            .next_number(300 + n)
    };
    let mut bytes = encode(&fields(first));
    bytes.extend(encode(&fields(second)));
    assert_eq!(decode(&bytes), fields(second), "the later ones count");
}

#[test]
fn of_a_field_that_comes_twice_the_later_counts() {
    twice(1, 2);
}

#[test]
fn of_a_field_that_comes_twice_the_later_counts_even_if_it_is_smaller() {
    twice(2, 1);
}

#[test]
fn extreme_edits_are_read_back() {
    let mut long = table(NUMBER_MAX, "", "", u64::MAX);
    long.largest.user_key = vec![0xff; KEY_SIZE_MAX];
    long.size = u64::MAX;
    let edit = Edit::new()
        .log_start(u64::MAX)
        .next_number(u64::MAX)
        .remove(usize::MAX, u64::MAX)
        .add(0, long);
    assert_eq!(decode(&encode(&edit)), edit);
}

#[test]
fn every_cut_of_an_edit_is_an_error_or_ends_between_two_fields() {
    let bytes = encode(&full());
    let mut whole = 0;
    for end in 0..bytes.len() {
        if let Ok(edit) = Edit::decode(&bytes[..end]) {
            let again = encode(&edit);
            assert_eq!(
                again,
                bytes[..end],
                "the first {end} bytes were read as {edit:?}"
            );
            whole += 1;
        }
    }
    assert_eq!(
        whole, 7,
        "there are seven fields, and so seven places to end before the last"
    );
}

#[test]
fn what_is_no_field_is_refused() {
    for tag in [0, 6, 255] {
        let mut bytes = encode(&full());
        bytes.push(tag);
        assert_eq!(Edit::decode(&bytes), Err(Invalid::Tag { tag }));
    }
    let mut bytes = encode(&Edit::new().add(1, table(3, "a", "b", 9)));
    *bytes.last_mut().expect("it is not empty") = 9;
    let number = 9;
    assert_eq!(Edit::decode(&bytes), Err(Invalid::Operation { number }));
}

proptest! {
    #![proptest_config(Config {
        cases: 300,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x09_02),
        ..Config::default()
    })]

    #[test]
    fn decode_reads_what_encode_wrote(
        log_start in any::<Option<u64>>(),
        last_timestamp in any::<Option<u64>>(),
        next_number in any::<Option<u64>>(),
        remove in prop::collection::vec((0..9_usize, any::<u64>()), 0..4),
        add in prop::collection::vec((0..9_usize, any::<u64>(), ".{0,9}", ".{0,9}", any::<u64>()), 0..4),
    ) {
        let mut edit = Edit::new();
        edit.log_start = log_start;
        edit.last_timestamp = last_timestamp.map(Timestamp);
        edit.next_number = next_number;
        edit.remove = remove;
        for (level, number, first, last, newest) in add {
            let mut table = table(0, &first, &last, newest);
            table.number = number;
            edit = edit.add(level, table);
        }
        prop_assert_eq!(Edit::decode(&encode(&edit)), Ok(edit));
    }

    #[test]
    fn any_bytes_are_an_edit_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(edit) = Edit::decode(&bytes) {
            prop_assert_eq!(decode(&encode(&edit)), edit);
        }
    }
}
