//! The full screen, driven through a pseudo-terminal as a person would.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../learn/tests/fixture/mod.rs"]
mod fixture;
#[path = "../../learn/tests/fixture/terminal.rs"]
mod terminal;

use fixture::{ALPHA, Fixture};
use terminal::{Terminal, no_process_below, processes};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ferrisdb-screen");

#[test]
fn a_learner_works_through_a_stage() {
    let course = Fixture::new();
    let mut terminal = Terminal::open(&course, PROGRAM, "", (80, 24));

    let start = terminal.wait_until_idle("write double (exercises");
    insta::assert_snapshot!("start", start);

    course.edit(ALPHA, "todo!(\"return twice the number\")", "x + 2");
    let red = terminal.wait_until_idle("Likely mistake");
    insta::assert_snapshot!("red", red);

    terminal.press("h");
    terminal.wait_for(&["Which operator doubles?"], &["Multiply by two."]);
    terminal.press("h");
    let hint = terminal.wait_for(&["Multiply by two."], &[]);
    insta::assert_snapshot!("hint", hint);
    terminal.press("\x1b");
    terminal.wait_for(&["Likely mistake"], &["Multiply by two."]);

    terminal.press("d");
    terminal.wait_for(&["Show the solution before your tests are green?"], &[]);
    terminal.press("n");
    terminal.wait_for(&["Likely mistake"], &["Show the solution"]);

    course.edit(ALPHA, "x + 2", "\"two\"");
    let broken = terminal.wait_until_idle("E0308");
    insta::assert_snapshot!("broken", broken);

    course.fill_alpha();
    let green = terminal.wait_until_idle("All 3 tests of stage 01 are green.");
    insta::assert_snapshot!("green", green);

    terminal.press("d");
    terminal.wait_for(&["the same, word for word"], &[]);
    terminal.press("\x1b");
    terminal.press("x");
    terminal.wait_for(&["Put hole 2, triple, back to its beginning?"], &[]);
    terminal.press("y");
    terminal.wait_until_idle("· 2  triple");
    terminal.wait_for(&["Put back: exercises/01-alpha/src/lib.rs."], &[]);
    assert!(
        course
            .read(ALPHA)
            .contains("todo!(\"return three times the number\")")
    );

    terminal.press("q");
    terminal.is_given_back(1);
}

#[test]
fn control_c_during_a_run_ends_everything() {
    let course = Fixture::new();
    course.edit(ALPHA, "todo!(\"return twice the number\")", "loop {}");
    let mut terminal = Terminal::open(&course, PROGRAM, "", (80, 24));
    terminal.wait_for(&["testing "], &[]);
    terminal.press("\x03");
    terminal.is_given_back(1);
    assert!(no_process_below(&course), "the hanging test was ended too");
}

#[test]
fn a_request_to_end_gives_the_terminal_back() {
    let course = Fixture::new();
    course.edit(ALPHA, "todo!(\"return twice the number\")", "loop {}");
    let mut terminal = Terminal::open(&course, PROGRAM, "", (80, 24));
    terminal.wait_for(&["testing "], &[]);
    let learn = processes(&course)
        .into_iter()
        .find(|(_, command)| command.ends_with("/ferrisdb-screen"))
        .expect("it runs");
    let killed = std::process::Command::new("kill")
        .arg(learn.0.to_string())
        .status()
        .unwrap();
    assert!(killed.success());
    terminal.is_given_back(1);
    assert!(no_process_below(&course), "the hanging test was ended too");
}

#[test]
fn a_save_during_a_run_begins_a_new_one() {
    let course = Fixture::new();
    course.edit(ALPHA, "todo!(\"return twice the number\")", "loop {}");
    let mut terminal = Terminal::open(&course, PROGRAM, "", (80, 24));
    terminal.wait_for(&["testing "], &[]);
    course.fill_alpha();
    terminal.wait_until_idle("All 3 tests of stage 01 are green.");
    terminal.press("q");
    terminal.is_given_back(0);
}

#[test]
fn the_window_may_change_its_size() {
    let course = Fixture::new();
    let mut terminal = Terminal::open(&course, PROGRAM, "", (80, 24));
    terminal.wait_until_idle("write double (exercises");
    terminal.resize(40, 10);
    terminal.wait_for(&["Make it larger"], &[]);
    terminal.resize(120, 30);
    let wide = terminal.wait_for(&["write double (exercises", "│"], &["Make it larger"]);
    insta::assert_snapshot!("wide", wide);
    terminal.press("l");
    terminal.wait_for(&["The stages", "Gamma"], &[]);
    terminal.press("jj\r");
    terminal.wait_until_idle("use beta's six_times");
    terminal.press("q");
    terminal.is_given_back(1);
}

#[test]
fn a_window_that_is_too_small_gets_lines() {
    let course = Fixture::new();
    let mut terminal = Terminal::open(&course, PROGRAM, "", (50, 30));
    terminal.wait_for(&["This window has 50x30", "status 0"], &[]);
}
