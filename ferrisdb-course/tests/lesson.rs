//! Lessons: what is read from them, and what is said about their mistakes.

#![expect(clippy::unwrap_used, reason = "a test may panic, and its helpers too")]

mod common;

use std::path::Path;

use common::{Fixture, lesson};
use ferrisdb_course::course::Course;
use ferrisdb_course::lesson::{LabKind, Lesson};

fn message(text: &str) -> String {
    Lesson::parse(text, Path::new("lesson.toml"))
        .unwrap_err()
        .to_string()
}

#[test]
fn a_lesson_is_read_in_the_order_of_its_holes() {
    let text = lesson(
        "drop = [\"helper\"]",
        &["codec::encode", "codec::Writer::append"],
    ) + "[[wrong]]\nname = \"off-by-one\"\nmistake = \"m\"\nreread = \"The bytes\"\n\
           [lab]\nkind = \"page\"\n";
    let lesson = Lesson::parse(&text, Path::new("lesson.toml")).unwrap();
    assert_eq!(lesson.title, "Demo");
    assert_eq!(lesson.drop[0].item, "helper");
    assert_eq!(lesson.drop[0].line, 4);
    assert_eq!(lesson.holes[0].line, 6);
    assert_eq!(lesson.holes[0].short_name(), "encode");
    assert_eq!(lesson.holes[1].short_name(), "Writer::append");
    assert_eq!(
        lesson.tests().collect::<Vec<_>>(),
        ["all::test_0", "all::test_1"]
    );
    assert_eq!(lesson.hole_of_test("all::test_1"), Some(1));
    assert_eq!(lesson.wrong[0].name, "off-by-one");
    assert_eq!(lesson.lab.unwrap().kind, LabKind::Page);
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    let text = lesson("colour = \"red\"", &["encode"]);
    let message = message(&text);
    assert!(message.starts_with("lesson.toml:4: "), "{message}");
    assert!(message.contains("colour"), "{message}");
}

#[test]
fn broken_toml_is_named_with_its_line() {
    let message = message("title = \"Demo\"\npackage = demo\n");
    assert!(message.starts_with("lesson.toml:2: "), "{message}");
}

#[test]
fn two_hints_are_one_too_few() {
    let text = lesson("", &["encode"]).replace("\"b\", ", "");
    let message = message(&text);
    assert!(
        message.starts_with("lesson.toml:9: three hints are needed"),
        "{message}"
    );
}

#[test]
fn a_test_belongs_to_one_hole() {
    let text = lesson("", &["a", "b"]).replace("test_1", "test_0");
    let message = message(&text);
    assert!(
        message.contains("lesson.toml:16: the test `all::test_0` is already on line 10"),
        "{message}"
    );
}

#[test]
fn a_test_is_named_with_its_binary() {
    let message = message(&lesson("", &["a"]).replace("all::test_0", "test_0"));
    assert!(message.contains("should be BINARY::function"), "{message}");
}

#[test]
fn a_test_that_fails_by_chance_is_one_of_a_hole() {
    let text = lesson("chance = [\"all::test_0\", \"all::other\"]", &["a"]);
    assert!(message(&text).contains("no hole has the test `all::other`"));
    let text = lesson("chance = [\"all::test_0\"]", &["a"]);
    let lesson = Lesson::parse(&text, Path::new("lesson.toml")).unwrap();
    assert_eq!(lesson.chance, ["all::test_0"]);
}

#[test]
fn a_wrong_answer_needs_a_name_that_can_be_a_file() {
    let text =
        lesson("", &["a"]) + "[[wrong]]\nname = \"Off/By\"\nmistake = \"m\"\nreread = \"r\"\n";
    assert!(
        message(&text).contains("`Off/By` names a file"),
        "{}",
        message(&text)
    );
}

#[test]
fn a_lesson_without_holes_is_none() {
    assert!(message(&lesson("", &[])).contains("at least one [[hole]]"));
}

#[test]
fn a_course_is_found_from_within_and_its_stages_by_any_of_their_names() {
    let fixture = Fixture::new(&lesson("", &["a"]), "fn a() {}\n");
    let inside = fixture.root().join("exercises/01-demo");
    let course = Course::find(&inside).unwrap();
    for name in ["01", "1", "demo", "01-demo"] {
        assert_eq!(course.stage(name).unwrap().name, "01-demo");
    }
    let message = course.stage("7").unwrap_err().to_string();
    assert!(message.contains("the stages are 01-demo"), "{message}");
}

#[test]
fn no_course_is_an_error_that_says_where_to_go() {
    let directory = tempfile::tempdir().unwrap();
    let message = Course::find(directory.path()).unwrap_err().to_string();
    assert!(
        message.contains("go to the directory that you cloned"),
        "{message}"
    );
}
