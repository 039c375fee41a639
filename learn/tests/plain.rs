//! The plain commands, end to end, on a small course.

mod fixture;

use fixture::{ALPHA, Fixture};

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
fn an_update_merges_the_course_with_the_work() {
    let course = Fixture::new();
    course.edit(ALPHA, "todo!(\"return twice the number\")", "x * 2 // mine");
    course.learn(&["test", "01"]).exits(1);

    // The authors change a comment far from the hole.
    course.edit(
        "solutions/01-alpha/src/lib.rs",
        "Three times the number.",
        "Thrice the number.",
    );
    course
        .learn(&["test", "01"])
        .contains("the course has a newer version of stage 01");
    course
        .learn(&["update"])
        .exits(0)
        .contains("your work and the course's changes together");
    let merged = course.read(ALPHA);
    assert!(
        merged.contains("x * 2 // mine") && merged.contains("Thrice the number."),
        "{merged}"
    );
    assert_eq!(backups(&course, ALPHA).len(), 1);
    course
        .learn(&["update"])
        .exits(0)
        .contains("nothing had to be merged");
    course.learn(&["test", "01"]).lacks("newer version");

    // Then the hole itself.
    course.edit(
        "exercises/01-alpha/lesson.toml",
        "return twice the number",
        "double it",
    );
    let conflict = course.learn(&["update"]);
    conflict
        .exits(1)
        .contains("both changed the same place")
        .contains("next: in exercises/01-alpha/src/lib.rs");
    let marked = course.read(ALPHA);
    assert!(
        marked.contains("<<<<<<< yours\n    x * 2 // mine\n=======\n    todo!(\"double it\")\n"),
        "{marked}"
    );
    course.learn(&["test", "01"]).exits(1).contains(
        "next: choose between your version and the course's at exercises/01-alpha/src/lib.rs:",
    );
}

#[test]
fn an_update_from_git_sets_the_work_aside_and_brings_it_back() {
    let (authors, learner) = Fixture::cloned();
    learner.edit(ALPHA, "todo!(\"return twice the number\")", "x * 2 // mine");
    learner.learn(&["test", "01"]).exits(1);
    authors.edit(
        "solutions/01-alpha/src/lib.rs",
        "Three times the number.",
        "Thrice the number.",
    );
    authors.cut();
    authors.commit("say it shorter");

    learner
        .learn(&["update", "--pull"])
        .exits(0)
        .contains("your work and the course's changes together");
    let merged = learner.read(ALPHA);
    assert!(
        merged.contains("x * 2 // mine") && merged.contains("Thrice the number."),
        "{merged}"
    );
    assert!(
        learner
            .read("solutions/01-alpha/src/lib.rs")
            .contains("Thrice")
    );
    assert!(backups(&learner, ALPHA)[0].contains("Three times"));

    // A pull that cannot be done leaves the work where it was.
    learner.git(&["remote", "set-url", "origin", "/nowhere"]);
    learner
        .learn(&["update", "--pull"])
        .exits(2)
        .contains("Your work is back in its place");
    assert!(learner.read(ALPHA).contains("x * 2 // mine"));
}

#[test]
fn an_update_that_was_killed_is_finished_by_the_next() {
    let (authors, learner) = Fixture::cloned();
    learner.learn(&["list"]).exits(0);
    authors.edit(
        "solutions/01-alpha/src/lib.rs",
        "Three times the number.",
        "Thrice the number.",
    );
    authors.cut();
    authors.commit("say it shorter");

    // As it is when the program was killed after setting the work aside and pulling.
    let untouched = learner.read(ALPHA);
    let work = untouched.replace("todo!(\"return twice the number\")", "x * 2 // mine");
    learner.write(
        &format!(".learn/backup/19990101-000000-update/{ALPHA}"),
        &work,
    );
    learner.write(
        ".learn/update.toml",
        &format!("backup = \".learn/backup/19990101-000000-update\"\nfiles = [{ALPHA:?}]\n"),
    );
    learner.git(&["pull", "-q", "--ff-only"]);

    let said = learner.learn(&["list"]);
    said.contains("An update did not come to its end")
        .contains("19990101-000000-update");
    learner
        .learn(&["doctor"])
        .exits(1)
        .contains("cargo learn update");
    learner.learn(&["update"]).exits(0);
    let merged = learner.read(ALPHA);
    assert!(
        merged.contains("x * 2 // mine") && merged.contains("Thrice the number."),
        "{merged}"
    );
    learner.learn(&["list"]).lacks("An update did not");
}

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

/// The copies of a file, oldest first.
fn backups(course: &Fixture, file: &str) -> Vec<String> {
    let mut folders: Vec<_> = std::fs::read_dir(course.path(".learn/backup"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    folders
        .iter()
        .filter_map(|folder| std::fs::read_to_string(folder.join(file)).ok())
        .collect()
}
