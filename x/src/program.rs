//! Runs other programs and keeps what they print.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use ferrisdb_course::error::{Error, Result};
use ferrisdb_course::runner::cargo_command;

/// A program that has ended.
#[derive(Debug)]
pub(super) struct Ran {
    /// The exit status; none if a signal ended it.
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ran {
    pub(super) fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Everything printed, standard output first.
    pub(super) fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Runs Cargo in a directory.
pub(super) fn cargo<S: AsRef<OsStr>>(
    directory: &Path,
    arguments: impl IntoIterator<Item = S>,
    env: &[(&str, &str)],
) -> Result<Ran> {
    let mut command = cargo_command();
    command.args(arguments).envs(env.iter().copied());
    run(command, directory)
}

/// Runs any command in a directory, without colours and without a terminal.
pub(super) fn run(mut command: Command, directory: &Path) -> Result<Ran> {
    let output = command
        .current_dir(directory)
        .env("CARGO_TERM_COLOR", "never")
        .env("NO_COLOR", "1")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Error::Program {
            program: command.get_program().to_string_lossy().into_owned(),
            message: error.to_string(),
        })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    Ok(Ran {
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    })
}
