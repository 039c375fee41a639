//! The checks themselves are checked: on a small stage that is right, and on ones that are not.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::checked::{Checked, Depth, Ran, Task};
use super::report::Findings;
use super::{holes, wrong};
use ferrisdb_course::course::Course;
use ferrisdb_course::cut;

const SOLUTION: &str = "//! Demo.\n\npub fn double(n: u32) -> u32 {\n    n * 2\n}\n\n\
    pub fn half(n: u32) -> u32 {\n    n / 2\n}\n";

const TESTS: &str = "#[test]\nfn doubles() {\n    assert_eq!(demo::double(4), 8);\n}\n\n\
    #[test]\nfn halves() {\n    assert_eq!(demo::half(demo::double(3)), 3);\n}\n\n\
    #[test]\nfn halves_one() {\n    assert_eq!(demo::half(1), 0);\n}\n";

const LESSON: &str = r#"
title = "Demo"
package = "demo"
chapter = "01-demo.md"

[[hole]]
item = "double"
todo = "double it"
minutes = 1
hints = ["a", "b", "c"]
tests = ["all::doubles"]

[[hole]]
item = "half"
todo = "halve it"
minutes = 1
hints = ["a", "b", "c"]
tests = ["all::halves", "all::halves_one"]
"#;

const SQUARES: &str = "\n[[wrong]]\nname = \"squares\"\nmistake = \"m\"\nreread = \"r\"\n";
const ROUNDS_UP: &str = "\n[[wrong]]\nname = \"rounds-up\"\nmistake = \"m\"\nreread = \"r\"\n";

#[test]
fn the_command_line_is_consistent() {
    <super::Arguments as clap::CommandFactory>::command().debug_assert();
}

/// A course of one stage that builds in its own directory.
struct Demo {
    directory: TempDir,
}

impl Demo {
    fn new(lesson: &str) -> Self {
        let directory = tempfile::tempdir().expect("there is a temporary directory");
        let demo = Self { directory };
        demo.write(
            "exercises/Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = []\n",
        );
        demo.write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"solutions/01-demo\", \"used\"]\n",
        );
        demo.write(
            "used/Cargo.toml",
            "[package]\nname = \"used\"\nedition = \"2024\"\n",
        );
        demo.write("used/src/lib.rs", "//! Used by the tests.\n");
        demo.write("exercises/01-demo/lesson.toml", lesson);
        demo.write("exercises/01-demo/tests/all.rs", TESTS);
        demo.write("solutions/01-demo/src/lib.rs", SOLUTION);
        demo.write(
            "solutions/01-demo/Cargo.toml",
            "[package]\nname = \"demo\"\nedition = \"2024\"\nautotests = false\n\n\
             [[test]]\nname = \"all\"\npath = \"../../exercises/01-demo/tests/all.rs\"\n",
        );
        demo
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).expect("it can be created");
        fs::write(path, text).expect("it can be written");
    }

    fn course(&self) -> Course {
        let root = self.directory.path();
        let course = Course::load(root).expect("the lesson is right");
        course.building_in(root.join("target"))
    }

    /// The problems that `cargo x holes` finds.
    fn holes(&self) -> Vec<String> {
        let course = self.course();
        let findings = holes::check(&course, &course.stages[0], &|_| ());
        findings.expect("it builds").problems
    }

    /// What `cargo x wrong` finds.
    fn wrong(&self, bless: bool) -> Findings {
        let course = self.course();
        let limit = Duration::from_secs(10);
        let findings = wrong::check(&course, &course.stages[0], bless, limit, &|_| ());
        findings.expect("it builds")
    }
}

#[test]
fn holes_that_are_guarded_in_order_are_no_problem() {
    assert_eq!(Demo::new(LESSON).holes(), Vec::<String>::new());
}

#[test]
fn a_test_must_be_listed_and_a_listed_test_must_exist() {
    let problems = Demo::new(&LESSON.replace("all::halves_one", "all::halves_two")).holes();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("lesson.toml:14: there is no test `all::halves_two`"));
    assert!(problems[1].contains("`all::halves_one` is listed under no hole"));
}

#[test]
fn a_test_that_passes_on_the_empty_cut_proves_nothing() {
    let demo = Demo::new(&LESSON.replace("all::halves_one\"", "all::halves_one\", \"all::idle\""));
    let idle = "\n#[test]\nfn idle() {}\n\n#[test]\nfn other() {\n    panic!(\"for another reason\");\n}\n";
    demo.write("exercises/01-demo/tests/all.rs", &format!("{TESTS}{idle}"));
    let problems = demo.holes();
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("`all::idle` passes although"))
    );
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("`all::other` is listed under no hole"))
    );
}

#[test]
fn holes_in_the_wrong_order_and_holes_that_no_test_of_theirs_misses_are_found() {
    let swapped = LESSON
        .replace("all::doubles", "all::swap")
        .replace("all::halves\"", "all::doubles\"")
        .replace("all::swap", "all::halves");
    let problems = Demo::new(&swapped).holes();
    assert!(
        problems[0].contains("with holes 1 to 1 filled"),
        "{problems:?}"
    );
    assert!(
        problems[0].contains("`all::halves` of hole 1 fails"),
        "{problems:?}"
    );
    assert!(
        problems[0].contains("not yet implemented: halve it"),
        "{problems:?}"
    );
    // `half` still has a test of its own, `double` is missed by `halves`.
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn wrong_answers_are_recorded_and_compared() {
    let demo = Demo::new(&format!("{LESSON}{SQUARES}{ROUNDS_UP}"));
    demo.write(
        "exercises/01-demo/wrong/squares.rs",
        "// Multiplies by itself.\nfn double(n: u32) -> u32 {\n    n * n\n}\n",
    );
    demo.write(
        "exercises/01-demo/wrong/rounds-up.rs",
        "// Rounds up.\nfn half(n: u32) -> u32 {\n    n.div_ceil(2)\n}\n",
    );
    let problems = demo.wrong(false).problems;
    assert_eq!(problems.len(), 2, "nothing is recorded yet: {problems:?}");
    assert_eq!(demo.wrong(true).problems, Vec::<String>::new());
    let again = demo.wrong(false);
    assert_eq!((again.problems, again.notes), (Vec::new(), Vec::new()));
    let record = demo
        .directory
        .path()
        .join("exercises/01-demo/wrong/failures.toml");
    let record = fs::read_to_string(record).expect("it was written");
    assert!(
        record.contains("[rounds-up]\nfails = [\n    \"all::halves_one\",\n]"),
        "{record}"
    );
    let says = record.lines().find_map(|line| line.strip_prefix("says = "));
    assert!(says.is_some_and(|says| says.len() == 10), "{record}");
    assert!(
        record.contains("[squares]\nfails = [\n    \"all::doubles\","),
        "{record}"
    );
}

#[test]
fn wrong_answers_that_nothing_notices_or_tells_apart_are_problems() {
    let third = SQUARES.replace("squares", "fine");
    let demo = Demo::new(&format!("{LESSON}{SQUARES}{ROUNDS_UP}{third}"));
    let broken = "// Is not Rust that compiles.\nfn double(n: u32) -> u32 {\n    n + \"\"\n}\n";
    demo.write("exercises/01-demo/wrong/squares.rs", broken);
    let off = "// Is the same.\nfn double(n: u32) -> u32 {\n    n + n\n}\n";
    demo.write("exercises/01-demo/wrong/rounds-up.rs", off);
    demo.write("exercises/01-demo/wrong/fine.rs", off);
    demo.write("exercises/01-demo/wrong/stray.rs", off);
    let problems = demo.wrong(true).problems;
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert!(
        problems[0].contains("01-demo/squares does not compile"),
        "{problems:?}"
    );
    assert!(problems[1].contains("no test of 01-demo notices the wrong answer fine"));
    assert!(problems[2].contains("no test of 01-demo notices the wrong answer rounds-up"));
    assert!(
        problems[3].contains("wrong/stray.rs has no [[wrong]]"),
        "{problems:?}"
    );
}

#[test]
fn a_started_exercise_is_not_cut_without_force() {
    let demo = Demo::new(LESSON);
    let course = demo.course();
    let stage = &course.stages[0];
    let backup = demo.directory.path().join("backup");
    let cut = |force| super::cut::write(&[stage], force, &backup).expect("the lesson is right");
    assert_eq!(
        cut(false).problems,
        Vec::<String>::new(),
        "the first cut needs no force"
    );
    let path = stage.exercise_dir().join("src/lib.rs");
    let text = fs::read_to_string(&path).expect("it was cut");
    fs::write(&path, text.replace("todo!(\"halve it\")", "n >> 1")).expect("it can be written");
    let problems = cut(false).problems;
    assert!(
        problems[0].contains("holes that someone has filled or changed: half"),
        "{problems:?}"
    );
    assert!(fs::read_to_string(&path).is_ok_and(|text| text.contains("n >> 1")));
    assert_eq!(cut(true).problems, Vec::<String>::new());
    assert_eq!(cut::check(stage).expect("it parses"), []);
    let kept = fs::read_to_string(backup.join("01-demo/src/lib.rs")).expect("a copy was kept");
    assert!(kept.contains("n >> 1"));
}

#[test]
fn what_is_given_is_not_counted_and_has_no_holes() {
    let demo = Demo::new(LESSON);
    demo.write("tutorials/01-demo/src/lib.rs", "//! The simplest.\n");
    let problems = || {
        let mut findings = Findings::default();
        let sizes = super::pairs::sizes(&demo.course().stages[0], &mut findings);
        sizes.expect("it can be read");
        findings.problems
    };
    let long = format!("{SOLUTION}mod long;\n");
    demo.write("solutions/01-demo/src/lib.rs", &long);
    let lines = "const _: () = ();\n".repeat(1200);
    demo.write(
        "solutions/01-demo/src/long.rs",
        &format!("//! Long.\n{lines}"),
    );
    assert!(problems()[0].contains("1207 lines of code; 1200 are the most"));

    let given = format!("//! *Given.* Long.\n{lines}");
    demo.write("solutions/01-demo/src/long.rs", &given);
    assert_eq!(problems(), Vec::<String>::new());

    let given = long.replace("//! Demo.", "//! Given: all of it.");
    demo.write("solutions/01-demo/src/lib.rs", &given);
    assert!(problems()[0].contains("`double` lies in a file that says that it is given"));
}

#[test]
fn a_snapshot_among_the_sources_would_not_reach_a_learner() {
    let demo = Demo::new(LESSON);
    let problems = || {
        let mut findings = Findings::default();
        let sources = super::pairs::sources(&demo.course().stages[0], &mut findings);
        sources.expect("it can be listed");
        findings.problems
    };
    assert_eq!(problems(), Vec::<String>::new());
    demo.write("solutions/01-demo/src/snapshots/a.snap", "a\n");
    assert!(problems()[0].contains("belongs into exercises/01-demo/tests"));
}

#[test]
fn tests_inside_of_the_crate_guard_holes_and_catch_wrong_answers() {
    let lesson = LESSON.replace("all::halves_one", "inside::halves_one");
    let demo = Demo::new(&format!("{lesson}{ROUNDS_UP}"));
    let (all, inside) = TESTS
        .rsplit_once("#[test]")
        .expect("the last test moves inside");
    demo.write("exercises/01-demo/tests/all.rs", all);
    let inside = format!("#[test]{}", inside.replace("demo::", "crate::"));
    demo.write("exercises/01-demo/tests/inside.rs", &inside);
    let declared =
        "#[cfg(test)]\n#[path = \"../../../exercises/01-demo/tests/inside.rs\"]\nmod inside;\n";
    demo.write(
        "solutions/01-demo/src/lib.rs",
        &format!("{SOLUTION}\n{declared}"),
    );
    demo.write(
        "exercises/01-demo/wrong/rounds-up.rs",
        "// Rounds up.\nfn half(n: u32) -> u32 {\n    n.div_ceil(2)\n}\n",
    );
    assert_eq!(demo.holes(), Vec::<String>::new());
    assert_eq!(demo.wrong(true).problems, Vec::<String>::new());
    let path = "exercises/01-demo/wrong/failures.toml";
    let record = fs::read_to_string(demo.directory.path().join(path)).expect("it was written");
    assert!(record.contains("\"inside::halves_one\""), "{record}");
}

#[test]
fn a_stage_is_checked_again_when_anything_it_is_built_from_changes() {
    let demo = Demo::new(LESSON);
    let manifest = "solutions/01-demo/Cargo.toml";
    let path = demo.directory.path().join(manifest);
    let text = fs::read_to_string(path).expect("it was written");
    let uses = "[dev-dependencies]\nused = { path = \"../../used\" }\n";
    demo.write(manifest, &format!("{text}\n{uses}"));
    let runs = std::cell::Cell::new(0);
    let check = |task, depth, problem: Option<&str>| {
        let course = demo.course();
        let checked = Checked::of(&course, depth).expect("the workspace is whole");
        let ran = checked.run(&course.stages[0], task, || {
            runs.set(runs.get() + 1);
            let mut findings = Findings::good("done");
            findings.problems.extend(problem.map(str::to_owned));
            Ok(findings)
        });
        let ran = ran.expect("nothing stops it");
        (runs.take(), matches!(ran, Ran::Left))
    };
    let (is, not, left) = ((1, false), (0, false), (0, true));
    let own = Depth::Own;
    let holes = Task::Holes;
    assert_eq!(check(holes, own, Some("a problem")), is);
    assert_eq!(check(holes, own, None), is, "a problem is not remembered");
    assert_eq!(check(holes, own, None), not, "nothing has changed");
    let all = Depth::All;
    assert_eq!(check(holes, all, None), is, "but who insists gets it");
    assert_eq!(check(Task::Wrong, own, None), is, "that is another check");
    demo.write("exercises/01-demo/wrong/new.rs", "// New.\n");
    assert_eq!(check(holes, own, None), not, "holes know no wrong answers");
    assert_eq!(check(Task::Wrong, own, None), is);
    for file in [
        "exercises/01-demo/tests/snapshots/a.snap",
        "exercises/01-demo/lesson.toml",
        "solutions/01-demo/src/lib.rs",
        "used/src/lib.rs",
    ] {
        let path = demo.directory.path().join(file);
        let text = fs::read_to_string(path).unwrap_or_default();
        let comment = if file.ends_with("toml") { "#" } else { "//" };
        demo.write(file, &format!("{text}{comment} changed\n"));
        if file.starts_with("used") {
            assert_eq!(check(holes, own, None), left, "{file} is another crate");
            assert_eq!(check(holes, Depth::Built, None), is, "{file} is used");
        } else {
            assert_eq!(check(holes, own, None), is, "{file} has changed");
        }
        assert_eq!(check(holes, own, None), not, "{file} is as it was");
    }
    demo.write("used/tests/all.rs", "// New.\n");
    let built = check(holes, Depth::Built, None);
    assert_eq!(built, not, "the tests of others do not count");
}
