//! What a learner does, from the first red test to the comparison with the solution.

use crate::backups;
use crate::fixture::{ALPHA, Fixture};

#[test]
fn a_stage_goes_from_red_to_green() {
    let course = Fixture::new();
    course
        .learn(&["list"])
        .exits(0)
        .contains("cargo learn test 01");
    course.learn(&[]).exits(0).contains("next: run the tests");

    let untouched = course.learn(&["--plain", "test", "1"]);
    untouched
        .exits(1)
        .contains("write double (exercises/01-alpha/src/lib.rs:4): return twice the number");
    insta::assert_snapshot!("untouched", untouched.text);

    course.edit(ALPHA, "todo!(\"return twice the number\")", "x + 2");
    let wrong = course.learn(&["test", "alpha"]);
    wrong.exits(1);
    insta::assert_snapshot!("wrong", wrong.text);
    course
        .learn(&["attack", "01"])
        .exits(1)
        .contains("Likely mistake: It adds two instead of doubling.");
    // The same tests fail, but say something else.
    course.edit(ALPHA, "x + 2", "x + 4");
    course
        .learn(&["test"])
        .exits(1)
        .contains("Perhaps: It adds two instead of doubling.");
    course.edit(ALPHA, "x + 4", "x + 2");

    course.edit(ALPHA, "x + 2", "x * 2");
    course
        .learn(&["test"])
        .exits(1)
        .contains("✓ 1  double")
        .contains("next: write triple");

    course.edit(ALPHA, "todo!(\"return three times the number\")", "x * 3");
    let green = course.learn(&["test", "01-alpha", "--verbose"]);
    green.exits(0);
    insta::assert_snapshot!("green", green.text);
    course
        .learn(&["attack", "01"])
        .exits(0)
        .contains("None of the 1 mistakes known");
    course
        .learn(&["list"])
        .contains("✓ 01")
        .contains("cargo learn test 02");
    insta::assert_snapshot!("progress", course.read(".learn/progress.toml"));
}

#[test]
fn holes_and_stages_may_be_done_out_of_order() {
    let course = Fixture::new();
    course.edit(ALPHA, "todo!(\"return three times the number\")", "x * 3");
    course
        .learn(&["test", "01"])
        .exits(1)
        .contains("✓ 2  triple")
        .contains("next: write double");
    course.edit(
        "exercises/03-gamma/src/lib.rs",
        "todo!(\"use beta's six_times\")",
        "x * 12",
    );
    course
        .learn(&["test", "03"])
        .exits(0)
        .contains("that was the last stage there is so far")
        .contains("you left out stages 01, 02; they can be done at any time")
        .lacks("go on to stage");
    course.learn(&["list"]).contains("✓ 03").contains("· 01");
}

#[test]
fn own_tests_count_too() {
    let course = Fixture::new();
    course.fill_alpha();
    let text = course.read(ALPHA);
    course.write(
        ALPHA,
        &format!("{text}\n#[test]\nfn my_own() {{\n    assert!(double(1) == 3, \"mine\");\n}}\n"),
    );
    course
        .learn(&["test", "01"])
        .exits(1)
        .contains("✗ alpha::my_own")
        .contains("mine");
    // It panics in the standard library, where nobody can mend it.
    course.edit(
        ALPHA,
        "    assert!(double(1) == 3, \"mine\");",
        "    let _ = \"x\".repeat(1)\n        + &\"ab\".repeat(usize::MAX);",
    );
    let line = 1 + text.lines().count() + 4;
    course
        .learn(&["test", "01"])
        .exits(1)
        .contains("capacity overflow")
        .contains(&format!("at {ALPHA}:{line}"));
}

#[test]
fn hints_come_one_by_one_and_are_remembered() {
    let course = Fixture::new();
    course
        .learn(&["hint", "01"])
        .exits(0)
        .contains("Which operator doubles?")
        .lacks("Multiply by two");
    course
        .learn(&["hint", "01"])
        .contains("Which operator doubles?")
        .contains("Multiply by two");
    course
        .learn(&["help", "hint"])
        .exits(0)
        .contains("(not the hint)");
    course
        .learn(&["hint", "01", "2"])
        .contains("Hole 2 of 2: triple")
        .contains("hint 1 of 3")
        .contains("one more hint for hole 2: cargo learn hint 01 2");
    course
        .learn(&["hint", "01", "triple"])
        .contains("Which operator triples?");
    course
        .learn(&["hint", "01", "1"])
        .contains("`x * 2`")
        .contains("no more hints");
    course
        .learn(&["hint", "01", "quadruple"])
        .exits(2)
        .contains("there are double, triple");
    course
        .learn(&["hint", "09"])
        .exits(2)
        .contains("01-alpha, 02-beta, 03-gamma");
}

#[test]
fn the_solution_is_shown_when_green_or_when_insisted_on() {
    let course = Fixture::new();
    course.edit(ALPHA, "todo!(\"return twice the number\")", "x + x");
    course
        .learn(&["diff", "01"])
        .exits(2)
        .contains("--yes")
        .lacks("x * 2");
    let diff = course.learn(&["diff", "01", "--yes"]);
    diff.exits(0);
    insta::assert_snapshot!("diff", diff.text);
    course
        .learn(&["diff", "01", "triple", "--yes"])
        .lacks("x * 2");
    course.fill_alpha();
    course.learn(&["test", "01"]).exits(0);
    course
        .learn(&["diff", "01"])
        .exits(0)
        .contains("the same, word for word");
}

#[test]
fn a_reset_asks_and_keeps_a_copy() {
    let course = Fixture::new();
    course.fill_alpha();
    course
        .learn(&["reset", "01", "double"])
        .exits(2)
        .contains("--yes says yes")
        .contains("Nothing was changed");
    assert!(course.read(ALPHA).contains("x * 2"));

    let said = course.learn(&["reset", "01", "double", "--yes"]);
    said.exits(0).contains("Your version is in .learn/backup/");
    assert!(
        course
            .read(ALPHA)
            .contains("todo!(\"return twice the number\")")
    );
    assert!(
        course.read(ALPHA).contains("x * 3"),
        "the other hole stays filled"
    );

    course.learn(&["reset", "01", "-y"]).exits(0);
    assert!(
        course
            .read(ALPHA)
            .contains("todo!(\"return three times the number\")")
    );
    let copies = backups(&course, ALPHA);
    assert_eq!(copies.len(), 2);
    assert!(copies[0].contains("x * 2") && copies[0].contains("x * 3"));
    course
        .learn(&["reset", "01", "-y"])
        .exits(0)
        .contains("nothing was changed");
    assert_eq!(backups(&course, ALPHA).len(), 2, "no copy of nothing");
}
