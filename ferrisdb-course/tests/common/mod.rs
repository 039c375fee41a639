//! A course of one small stage in a temporary directory.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::fs;
use std::path::Path;

use ferrisdb_course::course::{Course, Stage};
use tempfile::TempDir;

/// A course that goes away with the value.
pub(crate) struct Fixture {
    directory: TempDir,
}

impl Fixture {
    /// A stage `01-demo` with this lesson and this `lib.rs` as its solution.
    pub(crate) fn new(lesson: &str, solution: &str) -> Self {
        let fixture = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        fixture.write("exercises/01-demo/lesson.toml", lesson);
        fixture.write("solutions/01-demo/src/lib.rs", solution);
        fixture.write(
            "solutions/01-demo/Cargo.toml",
            "[package]\nname = \"demo\"\n\n[[test]]\nname = \"all\"\n\
             path = \"../../exercises/01-demo/tests/all.rs\"\n",
        );
        fixture
    }

    /// Adds a file, its path from the root.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file, its path from the root.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    /// The root of the course.
    pub(crate) fn root(&self) -> &Path {
        self.directory.path()
    }

    /// Its only stage.
    pub(crate) fn stage(&self) -> Stage {
        let course = Course::find(self.root()).unwrap();
        course.stages.into_iter().next().unwrap()
    }
}

/// A lesson with these holes, each with a test of its own, and more lines after the first ones.
pub(crate) fn lesson(more: &str, holes: &[&str]) -> String {
    let head = "title = \"Demo\"\npackage = \"demo\"\nchapter = \"01-demo.md\"";
    let hole = |(number, hole): (usize, &&str)| {
        format!(
            "[[hole]]\nitem = {hole:?}\ntodo = \"write it\"\nminutes = 5\n\
             hints = [\"a\", \"b\", \"c\"]\ntests = [\"all::test_{number}\"]\n"
        )
    };
    let holes: Vec<String> = holes.iter().enumerate().map(hole).collect();
    format!("{head}\n{more}\n{}", holes.concat())
}
