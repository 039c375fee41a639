//! The plain commands on a terminal, where they ask and wait.

#![cfg(unix)]

mod fixture;
#[path = "fixture/terminal.rs"]
mod terminal;

use fixture::{ALPHA, Fixture};
use terminal::{Terminal, no_process_below};

const PROGRAM: &str = env!("CARGO_BIN_EXE_learn");

#[test]
fn watching_in_lines_reruns_on_a_save_and_ends_with_control_c() {
    let course = Fixture::new();
    let mut terminal = Terminal::open(&course, PROGRAM, "--plain test 01 --watch", (100, 40));
    terminal.wait_for(&["write double (exercises", "waiting for a save"], &[]);
    course.fill_alpha();
    terminal.wait_for(&["All 3 tests of stage 01 are green."], &[]);
    course.edit(ALPHA, "x * 2", "loop {}");
    terminal.wait_for(&["running 3 tests"], &[]);
    terminal.press("\x03");
    terminal.is_given_back(0);
    assert!(no_process_below(&course), "the hanging test was ended too");
}

#[test]
fn control_c_ends_the_engines_tests() {
    let course = Fixture::new();
    course.edit(
        "exercises/02-beta/src/lib.rs",
        "todo!(\"return six times the number\")",
        "if x == 7 { loop {} } else { x * 6 }",
    );
    let mut terminal = Terminal::open(&course, PROGRAM, "graduate 02", (100, 40));
    terminal.wait_for(&["running the 1 tests of db"], &[]);
    terminal.press("\x03");
    terminal.wait_for(&["cargo learn: stopped"], &["cargo learn: cargo learn"]);
    terminal.is_given_back(2);
    assert!(no_process_below(&course), "the hanging test was ended too");
}

#[test]
fn control_c_at_a_question_changes_nothing() {
    let course = Fixture::new();
    course.fill_alpha();
    let mut terminal = Terminal::open(&course, PROGRAM, "reset 01", (100, 40));
    terminal.wait_for(
        &["back to its beginning? A copy of yours is kept. [y/N]"],
        &[],
    );
    terminal.press("\x03");
    terminal.is_given_back(2);
    assert!(course.read(ALPHA).contains("x * 2"));

    let mut terminal = Terminal::open(&course, PROGRAM, "reset 01 triple", (100, 40));
    terminal.wait_for(&["[y/N]"], &[]);
    terminal.press("y\n");
    terminal.is_given_back(0);
    assert!(!course.read(ALPHA).contains("x * 3"));
}
