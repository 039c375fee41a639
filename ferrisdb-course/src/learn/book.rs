//! The book: a program of its own, so that mdBook never stands in the path of `cargo learn`.

use std::process::{Command, Stdio};

use crate::course::Course;
use crate::runner::cargo_command;

/// `cargo run -p ferrisdb-book -- serve`, at a chapter if one is given. Cargo says how far it is.
pub fn command(course: &Course, chapter: Option<&str>) -> Command {
    let mut command = cargo_command();
    command.current_dir(&course.root).args([
        "run",
        "--package",
        "ferrisdb-book",
        "--",
        "serve",
        "--open",
    ]);
    if let Some(chapter) = chapter {
        command.arg(chapter.trim_end_matches(".md"));
    }
    command
}

/// The same, in the background of the full screen: nothing of it may reach the terminal.
pub fn background(course: &Course, chapter: &str) -> Command {
    let mut command = command(course, Some(chapter));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}
