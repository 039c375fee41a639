//! The cutter: golden texts, and what counts as a difference.

#![expect(clippy::unwrap_used, reason = "a test may panic, and its helpers too")]

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

use common::{Fixture, lesson};
use ferrisdb_course::cut::{self, DifferenceKind, HoleState};

const SOLUTION: &str = r"//! A codec.

mod kept;

/// Adds one.
pub fn encode(value: u32) -> u32 {
    // A reason that only the solution has.
    helper(value) + 1
}

/// A private helper of the solution.
fn helper(value: u32) -> u32 {
    value
}

/// Writes.
pub struct Writer;

impl Writer {
    /// Appends.
    pub fn append(&mut self, item: &[u8]) -> usize {
        if item.is_empty() {
            return 0;
        }
        self.size_of(item)
    }

    fn size_of(&self, item: &[u8]) -> usize {
        item.len()
    }
}

/// Constant.
pub const fn limit() -> usize {
    10
}
";

const CUT: &str = r#"//! A codec.

mod kept;

/// Adds one.
pub fn encode(value: u32) -> u32 {
    todo!("write it")
}

/// Writes.
pub struct Writer;

impl Writer {
    /// Appends.
    pub fn append(&mut self, item: &[u8]) -> usize {
        todo!("write it")
    }
}

/// Constant.
pub const fn limit() -> usize {
    todo!() // write it
}
"#;

const KEPT: &str = "//! Kept.\n\n/// Stays.\npub fn stays() {}\n";

fn fixture() -> Fixture {
    let drop = "drop = [\"helper\", \"Writer::size_of\"]";
    let text = lesson(drop, &["encode", "Writer::append", "limit"]);
    let fixture = Fixture::new(&text, SOLUTION);
    fixture.write("solutions/01-demo/src/kept.rs", KEPT);
    fixture
}

fn text_of(files: &[cut::CutFile], path: &str) -> String {
    let file = files.iter().find(|file| file.path == path);
    file.unwrap_or_else(|| panic!("no {path} in the cut"))
        .text
        .clone()
}

/// What rustfmt makes of a text.
fn formatted(text: &str) -> String {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt is a component of the toolchain");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn holes_are_emptied_and_dropped_items_leave_nothing_behind() {
    let files = cut::cut(&fixture().stage()).unwrap();
    assert_eq!(text_of(&files, "src/lib.rs"), CUT);
    assert_eq!(text_of(&files, "src/kept.rs"), KEPT);
}

#[test]
fn the_manifest_loses_the_way_to_the_exercise() {
    let files = cut::cut(&fixture().stage()).unwrap();
    assert!(text_of(&files, "Cargo.toml").ends_with("path = \"tests/all.rs\"\n"));
}

#[test]
fn the_cut_is_as_rustfmt_writes_it() {
    for file in cut::cut(&fixture().stage()).unwrap() {
        if file.path != "Cargo.toml" {
            assert_eq!(formatted(&file.text), file.text, "{}", file.path);
        }
    }
}

#[test]
fn a_long_todo_gets_lines_of_its_own_as_rustfmt_would_break_it() {
    let todo =
        "say in many words what is to be written here, so many that they do not fit one line";
    let text = lesson("", &["encode"]).replace("write it", todo);
    let solution = "fn encode() -> u32 {\n    1\n}\n";
    let files = cut::cut(&Fixture::new(&text, solution).stage()).unwrap();
    let cut = text_of(&files, "src/lib.rs");
    assert!(cut.contains(todo), "{cut}");
    assert_eq!(formatted(&cut), cut);
}

#[test]
fn braces_and_quotes_in_the_text_of_a_todo_are_escaped() {
    let text = lesson("", &["encode"]).replace("\"write it\"", r#"'say {what} and "why" \ how'"#);
    let files = cut::cut(&Fixture::new(&text, "fn encode() {\n    ()\n}\n").stage()).unwrap();
    let cut = text_of(&files, "src/lib.rs");
    assert_eq!(
        cut,
        "fn encode() {\n    todo!(\"say {{what}} and \\\"why\\\" \\\\ how\")\n}\n"
    );
}

#[test]
fn a_lesson_can_give_the_body_itself() {
    let text = lesson("", &["bytes"]).replace(
        "minutes",
        "body = \"\"\"\n    std::iter::once_with(|| todo!(\"write it\"))\n\"\"\"\nminutes",
    );
    let solution = "mod m {\n    fn bytes() -> impl Iterator<Item = u8> {\n        [1].into_iter()\n    }\n}\n";
    let files = cut::cut(&Fixture::new(&text, solution).stage()).unwrap();
    assert_eq!(
        text_of(&files, "src/lib.rs"),
        "mod m {\n    fn bytes() -> impl Iterator<Item = u8> {\n        \
         std::iter::once_with(|| todo!(\"write it\"))\n    }\n}\n"
    );
}

#[test]
fn a_dropped_module_takes_its_files_along() {
    let text = lesson("drop = [\"kept\"]", &["encode"]);
    let fixture = Fixture::new(&text, "mod kept;\n\nfn encode() {}\n");
    fixture.write("solutions/01-demo/src/kept.rs", "mod below;\n");
    fixture.write("solutions/01-demo/src/kept/below.rs", KEPT);
    let files = cut::cut(&fixture.stage()).unwrap();
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["Cargo.toml", "src/lib.rs"]);
    assert_eq!(
        text_of(&files, "src/lib.rs"),
        "fn encode() {\n    todo!(\"write it\")\n}\n"
    );
}

#[test]
fn writing_twice_changes_nothing_the_second_time() {
    let fixture = fixture();
    let stage = fixture.stage();
    assert_eq!(cut::write(&stage).unwrap().len(), 3);
    assert_eq!(cut::write(&stage).unwrap(), Vec::<String>::new());
    assert_eq!(cut::check(&stage).unwrap(), []);
}

#[test]
fn files_that_the_solution_no_longer_has_are_removed() {
    let fixture = fixture();
    fixture.write("exercises/01-demo/src/old.rs", "//! Old.\n");
    let stage = fixture.stage();
    let extra = cut::check(&stage).unwrap();
    assert!(extra.iter().any(|difference| {
        difference.path == "src/old.rs" && difference.kind == DifferenceKind::Extra
    }));
    assert!(
        cut::write(&stage)
            .unwrap()
            .contains(&"src/old.rs".to_owned())
    );
    assert!(!fixture.root().join("exercises/01-demo/src/old.rs").exists());
}

#[test]
fn a_hole_that_is_filled_is_no_difference() {
    let fixture = fixture();
    let stage = fixture.stage();
    cut::write(&stage).unwrap();
    let path = "exercises/01-demo/src/lib.rs";
    let started = fixture.read(path).replacen(
        "todo!(\"write it\")",
        "if value > 1 {\n        return 2;\n    }\n    3",
        1,
    );
    fixture.write(path, &started);
    assert_eq!(cut::check(&stage).unwrap(), []);
    assert_eq!(
        cut::hole_states(&stage).unwrap(),
        [
            HoleState::Started,
            HoleState::Untouched,
            HoleState::Untouched
        ]
    );
}

#[test]
fn anything_else_is_a_difference_with_its_line() {
    let fixture = fixture();
    let stage = fixture.stage();
    cut::write(&stage).unwrap();
    let path = "exercises/01-demo/src/lib.rs";
    fixture.write(
        path,
        &fixture.read(path).replace("/// Writes.", "/// Reads."),
    );
    let differences = cut::check(&stage).unwrap();
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].line(), Some(10));
    let text = differences[0].describe();
    assert!(text.contains("cut:   /// Writes."), "{text}");
    assert!(text.contains("found: /// Reads."), "{text}");
}

#[test]
fn while_someone_types_the_other_holes_are_still_untouched() {
    let fixture = fixture();
    let stage = fixture.stage();
    cut::write(&stage).unwrap();
    let path = "exercises/01-demo/src/lib.rs";
    let broken = fixture
        .read(path)
        .replacen("todo!(\"write it\")", "if value > {", 1);
    fixture.write(path, &broken);
    assert_eq!(
        cut::hole_states(&stage).unwrap(),
        [
            HoleState::Started,
            HoleState::Untouched,
            HoleState::Untouched
        ]
    );
    let differences = cut::check(&stage).unwrap();
    assert!(matches!(differences[0].kind, DifferenceKind::Unreadable(_)));
}

#[test]
fn filling_keeps_what_the_filled_bodies_use() {
    let files = cut::fill(&fixture().stage(), |hole| hole == 0).unwrap();
    let text = text_of(&files, "src/lib.rs");
    assert!(text.contains("helper(value) + 1"), "{text}");
    assert!(text.contains("fn helper"), "{text}");
    assert_eq!(text.matches("todo!").count(), 2, "{text}");
}

#[test]
fn filling_every_hole_is_the_solution() {
    let files = cut::fill(&fixture().stage(), |_| true).unwrap();
    assert_eq!(text_of(&files, "src/lib.rs"), SOLUTION);
}

#[test]
fn resetting_one_hole_leaves_the_rest_of_the_work() {
    let fixture = fixture();
    let stage = fixture.stage();
    cut::write(&stage).unwrap();
    let path = "exercises/01-demo/src/lib.rs";
    let mine = fixture
        .read(path)
        .replacen("todo!(\"write it\")", "7", 1)
        .replacen("todo!(\"write it\")", "8", 1)
        + "\nfn my_helper() {}\n";
    fixture.write(path, &mine);
    let reset = cut::reset_text(&stage, &stage.lesson.holes[0]).unwrap();
    assert_eq!(reset.path, "src/lib.rs");
    assert_eq!(
        reset.text,
        mine.replacen("    7\n", "    todo!(\"write it\")\n", 1)
    );
}

#[test]
fn a_hole_that_is_not_in_the_solution_is_named_with_the_lessons_line() {
    let fixture = Fixture::new(&lesson("", &["encod"]), SOLUTION);
    fixture.write("solutions/01-demo/src/kept.rs", KEPT);
    let message = cut::cut(&fixture.stage()).unwrap_err().to_string();
    assert!(
        message.contains("lesson.toml:6: there is no item `encod`"),
        "{message}"
    );
    assert!(message.contains("near it are encode"), "{message}");
}

#[test]
fn a_hole_must_be_a_function() {
    let fixture = Fixture::new(&lesson("", &["Writer"]), SOLUTION);
    fixture.write("solutions/01-demo/src/kept.rs", KEPT);
    let message = cut::cut(&fixture.stage()).unwrap_err().to_string();
    assert!(message.contains("not a function with a body"), "{message}");
}

const INSIDE: &str = "//! With tests inside.\n\n#[cfg(test)]\n\
    #[path = \"../../../exercises/01-demo/tests/inside.rs\"]\nmod inside;\n\n\
    /// Adds one.\npub fn encode(value: u32) -> u32 {\n    value + 1\n}\n";

#[test]
fn tests_that_the_crate_takes_in_from_the_exercise_stay_where_they_are() {
    let fixture = Fixture::new(&lesson("", &["encode"]), INSIDE);
    // An item of the tests with the name of a hole makes nothing ambiguous.
    fixture.write("exercises/01-demo/tests/inside.rs", "fn encode() {}\n");
    let files = cut::cut(&fixture.stage()).unwrap();
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["Cargo.toml", "src/lib.rs"]);
    let text = text_of(&files, "src/lib.rs");
    assert!(
        text.contains("#[path = \"../tests/inside.rs\"]\nmod inside;"),
        "{text}"
    );
    assert!(text.contains("todo!"), "{text}");
    cut::write(&fixture.stage()).unwrap();
    assert_eq!(cut::check(&fixture.stage()).unwrap(), []);
}

#[test]
fn tests_that_are_gone_do_not_keep_the_crate_from_being_cut() {
    let fixture = Fixture::new(&lesson("", &["encode"]), INSIDE);
    assert_eq!(cut::cut(&fixture.stage()).unwrap().len(), 2);
}
