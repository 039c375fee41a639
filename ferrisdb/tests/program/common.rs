//! Running the program.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What the program has answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    /// What it printed, if all went well.
    #[track_caller]
    pub(crate) fn good(self) -> String {
        assert_eq!(self.code, Some(0), "it should have worked: {self:?}");
        self.out
    }

    /// What it said, if the answer was no (1) or it could not be done (2).
    #[track_caller]
    pub(crate) fn bad(self, code: i32) -> String {
        assert_eq!(
            self.code,
            Some(code),
            "another exit code was expected: {self:?}"
        );
        assert!(!self.err.contains("panicked"), "it panicked: {self:?}");
        self.err
    }

    /// What it printed as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

/// A directory for a database, and the program.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ferrisdb"));
        command.current_dir(self.0.path());
        command
    }

    /// Runs the program in the directory, with the words of a line.
    pub(crate) fn run(&self, line: &str) -> Answer {
        self.with_input(line, "")
    }

    /// The same with something to read.
    pub(crate) fn with_input(&self, line: &str, input: &str) -> Answer {
        let mut child = self
            .command()
            .args(line.split_whitespace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let mut stdin = child.stdin.take().expect("it has an input");
        // A program that does not want its input has closed it.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        Answer {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("it prints text"),
            err: String::from_utf8(output.stderr).expect("it prints text"),
        }
    }

    /// A database `db` of 3,000 keys in one table of level 6, and one more key in the log.
    pub(crate) fn filled() -> Self {
        let place = Self::new();
        let lines: Vec<_> = (0..3_000)
            .map(|n| format!("key{n:05}\tvalue of {n}"))
            .collect();
        place
            .with_input("load --create db", &lines.join("\n"))
            .good();
        place.run("compact db").good();
        place.run("put db late late").good();
        place
    }

    /// The only file in `db` whose name ends so.
    pub(crate) fn file(&self, end: &str) -> PathBuf {
        let files = list(&self.path("db"));
        let mut files = files
            .into_iter()
            .filter(|file| file.to_string_lossy().ends_with(end));
        files
            .next()
            .unwrap_or_else(|| panic!("there should be a file that ends in {end}"))
    }
}

/// The files in a directory, by name.
pub(crate) fn list(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("the directory is there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

/// Changes one byte of a file.
pub(crate) fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).expect("it can be read");
    bytes[at] ^= 0x10;
    fs::write(path, bytes).expect("it can be written");
}
