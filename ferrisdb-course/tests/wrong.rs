//! Wrong answers: how they are put into the solution, and what their failures say about a learner.

#![expect(clippy::unwrap_used, reason = "a test may panic, and its helpers too")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::{Fixture, lesson};
use ferrisdb_course::diagnose::diagnose;
use ferrisdb_course::items::SourceTree;
use ferrisdb_course::lesson::Lesson;
use ferrisdb_course::wrong::{self, Record};

const SOLUTION: &str = "/// Keeps this.\npub fn encode(value: u32) -> u32 {\n    value + SIZE\n}\n\n\
    const SIZE: u32 = 4;\n\npub struct Writer;\n\nimpl Writer {\n    pub fn append(&mut self) -> u32 {\n        \
    encode(1)\n    }\n}\n";

fn lesson_with(names: &[&str]) -> String {
    let answer = |name: &&str| {
        format!("[[wrong]]\nname = {name:?}\nmistake = \"It is {name}.\"\nreread = \"The bytes\"\n")
    };
    let answers: Vec<String> = names.iter().map(answer).collect();
    lesson("", &["encode", "Writer::append"]) + &answers.concat()
}

/// The solution with this text as its only wrong answer.
fn applied(answer: &str) -> Result<String, String> {
    let fixture = Fixture::new(&lesson_with(&["slip"]), SOLUTION);
    fixture.write("exercises/01-demo/wrong/slip.rs", answer);
    let stage = fixture.stage();
    let files = wrong::apply(&stage, &stage.lesson.wrong[0]).map_err(|error| error.to_string())?;
    Ok(files
        .into_iter()
        .find(|file| file.path == "src/lib.rs")
        .unwrap()
        .text)
}

#[test]
fn a_function_replaces_the_body_and_keeps_the_documentation() {
    let text = applied("// Forgets the size.\nfn encode(value: u64) -> u32 { 0 }").unwrap_err();
    assert!(text.contains("signature"), "{text}");
    let text = applied("// Forgets the size.\npub fn encode(value: u32) -> u32 { value }").unwrap();
    assert_eq!(
        text,
        SOLUTION.replace("{\n    value + SIZE\n}", "{ value }")
    );
}

#[test]
fn methods_and_constants_are_replaced_too() {
    let text = applied(
        "// Both.\nconst SIZE: u32 = 5;\nimpl Writer { pub fn append(&mut self) -> u32 { 0 } }",
    );
    let text = text.unwrap();
    assert!(text.contains("const SIZE: u32 = 5;"), "{text}");
    assert!(text.contains("append(&mut self) -> u32 { 0 }"), "{text}");
}

#[test]
fn an_item_that_the_solution_does_not_have_is_an_error() {
    let message = applied("// ?\nfn decode() {}").unwrap_err();
    assert!(message.contains("there is no item `decode`"), "{message}");
    assert!(message.contains("lesson.toml:"), "{message}");
}

#[test]
fn an_answer_without_items_is_an_error() {
    let message = applied("// Nothing.\n").unwrap_err();
    assert!(message.contains("at least one item"), "{message}");
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let fixture = Fixture::new(&lesson_with(&["slip"]), SOLUTION);
    let stage = fixture.stage();
    let record = record(&[("slip", &["all::test_0", "all::test_1"])]);
    assert!(record.save(&stage).unwrap());
    assert_eq!(Record::load(&stage).unwrap(), record);
    assert!(!record.save(&stage).unwrap(), "nothing has changed");
    assert_eq!(
        fixture.read("exercises/01-demo/wrong/failures.toml"),
        "# Which tests each wrong answer fails; written by `cargo x wrong 01 --bless`.\n\n\
         [slip]\nfails = [\n    \"all::test_0\",\n    \"all::test_1\",\n]\n\
         says = \"all::test_0/slip all::test_1/slip\"\n"
    );
}

fn record(fails: &[(&str, &[&str])]) -> Record {
    Record {
        fails: fails
            .iter()
            .map(|(name, tests)| ((*name).to_owned(), set(tests)))
            .collect(),
        says: fails
            .iter()
            .map(|(name, tests)| ((*name).to_owned(), said(tests, name)))
            .collect(),
    }
}

/// What each of these tests says of a mistake: `a` of early is `a/early`.
fn said(tests: &[&str], of: &str) -> BTreeMap<String, String> {
    let said = |test: &&str| ((*test).to_owned(), format!("{test}/{of}"));
    tests.iter().map(said).collect()
}

fn set(tests: &[&str]) -> BTreeSet<String> {
    tests.iter().map(|test| (*test).to_owned()).collect()
}

/// The names of the mistakes that these failures point to, with `?` where they only resemble. The
/// tests say what they say of the mistake `of`.
fn diagnosed(failing: &[&str], of: &str, filled: &[bool]) -> Vec<String> {
    diagnosed_with("", failing, of, filled)
}

/// The same, with another line at the top of the lesson.
fn diagnosed_with(line: &str, failing: &[&str], of: &str, filled: &[bool]) -> Vec<String> {
    let text = lesson_with(&["early", "late", "both"])
        .replace("[\"all::test_0\"]", "[\"all::a\", \"all::b\", \"all::c\"]")
        .replace("[\"all::test_1\"]", "[\"all::d\"]");
    let text = format!("{line}\n{text}");
    let lesson = Lesson::parse(&text, std::path::Path::new("lesson.toml")).unwrap();
    let record = record(&[
        ("early", &["all::a", "all::b"]),
        ("late", &["all::d"]),
        ("both", &["all::a", "all::b", "all::d"]),
    ]);
    diagnose(&lesson, &record, &said(failing, of), filled)
        .iter()
        .map(|diagnosis| {
            let mark = if diagnosis.sure { "" } else { "?" };
            format!("{}{mark}", diagnosis.wrong.name)
        })
        .collect()
}

#[test]
fn the_same_failures_with_the_same_words_name_the_mistake() {
    let ab = ["all::a", "all::b"];
    assert_eq!(diagnosed(&ab, "early", &[true, true]), ["early"]);
    assert_eq!(diagnosed(&["all::d"], "late", &[true, true]), ["late"]);
}

#[test]
fn the_same_failures_with_other_words_are_no_proof() {
    let ab = ["all::a", "all::b"];
    assert_eq!(diagnosed(&ab, "another", &[true, true]), ["early?"]);
}

#[test]
fn tests_of_empty_holes_tell_nothing() {
    let abd = ["all::a", "all::b", "all::d"];
    assert_eq!(
        diagnosed(&abd, "another", &[true, false]),
        ["early?", "both?"],
        "while hole 2 is empty, the tests that fail do not tell these two apart"
    );
    assert_eq!(
        diagnosed(&abd, "both", &[true, false]),
        ["both"],
        "but their words do"
    );
    let nothing = Vec::<String>::new();
    assert_eq!(diagnosed(&["all::d"], "late", &[true, false]), nothing);
    assert_eq!(diagnosed(&abd[..2], "early", &[false, true]), nothing);
}

#[test]
fn a_test_that_fails_by_chance_tells_nothing() {
    let chance = "chance = [\"all::c\"]";
    let abc = ["all::a", "all::b", "all::c"];
    let diagnosed = |failing| diagnosed_with(chance, failing, "early", &[true, true]);
    assert_eq!(diagnosed(&abc), ["early"]);
    assert_eq!(diagnosed(&["all::c"]), Vec::<String>::new());
}

#[test]
fn similar_failures_only_resemble_and_only_with_the_same_words() {
    let abc = ["all::a", "all::b", "all::c"];
    let nothing = Vec::<String>::new();
    assert_eq!(diagnosed(&abc, "early", &[true, true]), ["early?"]);
    assert_eq!(diagnosed(&abc, "another", &[true, true]), nothing);
    assert_eq!(diagnosed(&["all::c"], "early", &[true, true]), nothing);
}

#[test]
fn nothing_fails_so_nothing_is_wrong() {
    assert_eq!(diagnosed(&[], "early", &[true, true]), Vec::<String>::new());
}

#[test]
fn mistakes_that_sleep_stand_beside_the_true_function() {
    let place = Path::new("lib.rs");
    let parse = |text: &str| SourceTree::parse(text, place).unwrap();
    let source = parse("fn one() -> u8 {\n    1\n}\nfn two() -> u8 {\n    2\n}\n");
    let answers = [
        ("none".to_owned(), parse("fn one() -> u8 {\n    0\n}\n")),
        ("many".to_owned(), parse("fn one() -> u8 {\n    9\n}\n")),
    ];
    let changed = wrong::asleep(&source, &answers, |name| format!("is({name:?})")).unwrap();
    let [(path, text)] = &changed[..] else {
        panic!("one file has changed: {changed:?}");
    };
    assert_eq!(path, place);
    let words: Vec<_> = text.split_whitespace().collect();
    assert_eq!(
        words.join(" "),
        "fn one() -> u8 { if is(\"many\") { 9 } else { if is(\"none\") { 0 } else { 1 } } } \
         fn two() -> u8 { 2 }"
    );
}

#[test]
fn a_mistake_that_sleeps_has_the_signature_of_the_true_function() {
    let place = Path::new("lib.rs");
    let parse = |text: &str| SourceTree::parse(text, place).unwrap();
    let source = parse("fn one() -> u8 {\n    1\n}\n");
    let answers = [("other".to_owned(), parse("fn one() -> u16 {\n    0\n}\n"))];
    let error = wrong::asleep(&source, &answers, str::to_owned).unwrap_err();
    assert!(error.to_string().contains("signature"), "{error}");
}
