//! `cargo learn`: the program that carries a learner through the course.

use std::process::ExitCode;

/// Runs the program; see [`cli`] for its commands.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
