//! `cargo learn`: the program that carries a learner through the course.

use std::process::ExitCode;

fn main() -> ExitCode {
    ferrisdb_course::learn::main()
}
