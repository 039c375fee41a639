//! What is wrong with the code, the tests, the course or the folder, and what is said then.

use crate::backups;
use crate::fixture::{ALPHA, Fixture};

#[test]
fn code_that_does_not_compile_shows_what_rustc_says() {
    let course = Fixture::new();
    course.edit(ALPHA, "todo!(\"return twice the number\")", "\"six\"");
    let said = course.learn(&["test", "01"]);
    said.exits(1)
        .contains("error[E0308]")
        .contains("It does not compile yet")
        .contains("next: mend the first error")
        .lacks("\x1b[");
    course.edit(ALPHA, "\"six\"", "(x");
    course
        .learn(&["test", "01"])
        .exits(1)
        .contains("It does not compile yet");
    course.learn(&["hint", "01"]).exits(0);
    course
        .learn(&["diff", "01", "--yes"])
        .exits(0)
        .contains("Yours could not be found");
}

#[test]
fn a_test_that_hangs_or_dies_is_named() {
    let course = Fixture::new();
    course.edit(
        ALPHA,
        "todo!(\"return twice the number\")",
        "if x == 3 { loop {} } else { x * 2 }",
    );
    let mut hanging = course.command();
    let output = hanging
        .args(["test", "01"])
        .env("LEARN_TEST_SECONDS", "2")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("✗ first::twice_three_is_six\n  It was still running after 2 s"),
        "{text}"
    );
    assert!(text.contains("double    5 min   1 of 2 tests"), "{text}");

    course.edit(ALPHA, "loop {}", "std::process::abort()");
    course
        .learn(&["test", "01"])
        .exits(1)
        .contains("✗ first::twice_three_is_six\n  It took its whole process down with it:")
        .contains("double    5 min   1 of 2 tests");
}

#[test]
fn changed_tests_and_added_dependencies_are_noticed() {
    let (_authors, course) = Fixture::cloned();
    course.learn(&["doctor"]).exits(0).contains("All is well");
    course.edit("exercises/01-alpha/tests/second.rs", "9, ", "9i32, ");
    course
        .learn(&["test", "01"])
        .contains("the course's tests were changed: tests/second.rs.")
        .contains("git checkout HEAD -- exercises/01-alpha/tests");
    course.edit(
        "exercises/02-beta/Cargo.toml",
        "[dependencies]\n",
        "[dependencies]\nalpha = { path = \"../01-alpha\" }\n",
    );
    course
        .learn(&["test", "02"])
        .contains("Cargo.toml of the exercise differs")
        .contains("alpha");
    std::fs::remove_file(course.path("exercises/03-gamma/lesson.toml")).unwrap();
    course
        .learn(&["doctor"])
        .exits(1)
        .contains("tests/second.rs")
        .contains("alpha")
        .contains("gone from the course: exercises/03-gamma/lesson.toml");
}

#[test]
fn changed_tests_are_noticed_without_git() {
    let course = Fixture::new();
    course.learn(&["list"]).exits(0);
    course.edit("exercises/01-alpha/tests/second.rs", "9, ", "9i32, ");
    course
        .learn(&["test", "01"])
        .contains("the course's tests were changed");
}

#[test]
fn missing_files_are_named_and_come_back() {
    let course = Fixture::new();
    std::fs::remove_file(course.path(ALPHA)).unwrap();
    course
        .learn(&["test", "01"])
        .exits(2)
        .contains("missing")
        .contains(ALPHA)
        .contains("cargo learn reset 01 --missing");
    course
        .learn(&["doctor"])
        .exits(1)
        .contains("missing exercises/01-alpha/src/lib.rs");
    course.learn(&["reset", "01", "--missing"]).exits(0);
    course.learn(&["test", "01"]).exits(1);
    assert_eq!(
        backups(&course, ALPHA).len(),
        0,
        "there was nothing to keep"
    );
}

#[test]
fn a_damaged_course_is_said() {
    let course = Fixture::new();
    let lesson = "exercises/01-alpha/lesson.toml";
    course.edit(lesson, "item = \"double\"", "item = \"duoble\"");
    course
        .learn(&["test", "01"])
        .contains("the course's own files are damaged")
        .contains("there is no item `duoble`");
    course.edit(lesson, "title", "titel");
    course
        .learn(&["test", "01"])
        .exits(2)
        .contains("lesson.toml:1: unknown field `titel`; there are title, package");
    course.learn(&["doctor"]).exits(2).contains("unknown field");
}

#[test]
fn a_damaged_progress_file_is_put_aside() {
    let course = Fixture::new();
    course.write(".learn/progress.toml", "current = [[[");
    course
        .learn(&["test", "01"])
        .exits(1)
        .contains("kept as .learn/progress.damaged-1.toml");
    assert_eq!(
        course.read(".learn/progress.damaged-1.toml"),
        "current = [[["
    );
    course.learn(&["test", "01"]).lacks("damaged");
}

#[test]
fn outside_of_a_course_it_says_where_to_go() {
    let nowhere = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_learn"))
        .arg("test")
        .current_dir(nowhere.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no course here"));
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_stops_nobody() {
    let course = Fixture::new();
    // A file in the folder's place refuses even the administrator.
    course.write(".learn", "in the way");
    course
        .learn(&["test", "01"])
        .exits(1)
        .contains("Your progress is not being saved");
    course
        .learn(&["doctor"])
        .exits(1)
        .contains(".learn cannot be written");
}
