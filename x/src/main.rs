//! `cargo x`: the tasks of the people who write the course.

use std::process::ExitCode;

fn main() -> ExitCode {
    ferrisdb_course::x::main()
}
