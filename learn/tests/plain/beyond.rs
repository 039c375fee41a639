//! What comes after green: the attack, the lab, the engine and later stages on the learner's crate.

use crate::fixture::Fixture;

#[test]
fn later_stages_and_the_engine_run_on_the_crate_in_use() {
    let course = Fixture::new();
    course
        .learn(&["use", "mine", "01"])
        .exits(0)
        .contains("warm-up");
    course
        .learn(&["graduate", "01"])
        .exits(0)
        .contains("warm-up");

    course.edit(
        "exercises/02-beta/src/lib.rs",
        "todo!(\"return six times the number\")",
        "if x == 1 { 6 } else { 0 }",
    );
    course.learn(&["test", "02"]).exits(0);
    course
        .learn(&["attack", "02"])
        .exits(1)
        .contains("tried 7")
        .contains("did not survive");
    course
        .learn(&["graduate", "02"])
        .exits(1)
        .contains("✗ db::the_engine_multiplies")
        .contains("six times seven");

    course.edit(
        "exercises/03-gamma/src/lib.rs",
        "todo!(\"use beta's six_times\")",
        "beta::six_times(x + 1) * 2 - 12",
    );
    course.learn(&["test", "03"]).exits(0);
    course
        .learn(&["use", "mine", "02"])
        .exits(0)
        .contains("your beta");
    course
        .learn(&["test", "03"])
        .exits(1)
        .contains("twelve times one");

    course.edit(
        "exercises/02-beta/src/lib.rs",
        "if x == 1 { 6 } else { 0 }",
        "x * 6",
    );
    course.learn(&["test", "03"]).exits(0);
    course
        .learn(&["graduate", "02"])
        .exits(0)
        .contains("building the engine's tests on your code; the first time takes minutes")
        .contains("running the 1 tests of db")
        .contains("All 1 tests are green")
        .contains("next: run the benchmarks on it too  cargo learn graduate 02 --bench");
    course
        .learn(&["attack", "02"])
        .exits(0)
        .contains("survived");
    course
        .learn(&["use", "reference", "02"])
        .exits(0)
        .contains("our beta");
}

#[test]
fn an_engine_without_tests_is_not_green() {
    let course = Fixture::new();
    course.write("exercises/engine/tests/db.rs", "");
    course
        .learn(&["graduate", "02"])
        .exits(2)
        .contains("the engine has no tests to run")
        .lacks("green");
}

#[test]
fn an_attack_that_finds_nothing_does_not_praise_red_tests() {
    let course = Fixture::new();
    course.edit(
        "exercises/02-beta/src/lib.rs",
        "todo!(\"return six times the number\")",
        "if x == 1 { 7 } else { x * 6 }",
    );
    course
        .learn(&["attack", "02"])
        .exits(1)
        .contains("this one is new, or the tests were changed")
        .contains("The attack found nothing, but the tests did: 0 of 1 are green.")
        .lacks("survived");
}

#[test]
fn the_lab_becomes_a_page_or_text() {
    let course = Fixture::new();
    course
        .learn(&["view", "01", "--no-open"])
        .exits(2)
        .contains("a hole that is still empty: return twice the number");
    course.fill_alpha();
    course
        .learn(&["view", "01", "--text"])
        .exits(0)
        .contains("3 -> 6");
    course
        .learn(&["view", "01", "--no-open"])
        .exits(0)
        .contains("target/learn/view-01.html");
    let page = course.read("target/learn/view-01.html");
    for part in [
        "Twice three is 6",
        "// the widgets",
        "// the one that is shown",
        "/* their style */",
        "data-widget=\"hex\"",
        "Our crate makes the same, line for line.",
    ] {
        assert!(page.contains(part), "{part} should be in the page");
    }
    course
        .learn(&["view", "02"])
        .exits(2)
        .contains("stage 02 has no lab");
}
