//! Changes of the course reach a learner who is in the middle of it.

use crate::backups;
use crate::fixture::{ALPHA, Fixture};

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

    // A file of one's own stays where it is, even if git was told of it.
    learner.write("exercises/01-alpha/src/mine.rs", "// mine\n");
    learner.git(&["add", "exercises/01-alpha/src/mine.rs"]);
    learner.learn(&["update", "--pull"]).exits(0);
    assert_eq!(learner.read("exercises/01-alpha/src/mine.rs"), "// mine\n");

    // A pull that cannot be done leaves the work where it was.
    learner.git(&["remote", "set-url", "origin", "/nowhere"]);
    learner
        .learn(&["update", "--pull"])
        .exits(2)
        .contains("Your work is back in its place");
    assert!(learner.read(ALPHA).contains("x * 2 // mine"));
}

#[test]
fn a_course_without_git_cannot_be_pulled() {
    let course = Fixture::new();
    let said = course.learn(&["update", "--pull"]);
    said.exits(2)
        .contains("cargo learn update --pull: this course is not a git clone")
        .lacks("cargo learn: cargo learn");
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
