//! Notices that something changed from which the book is made.
//!
//! It compares the files' times of change, which works the same on every system and costs a few
//! milliseconds for this repository.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What the book is made from, besides the crates' sources.
const BOOK: [&str; 5] = ["book.toml", "src", "theme", "runs", "snippets"];

/// The state of the book's sources when one last looked.
#[derive(Debug)]
pub struct Watch {
    root: PathBuf,
    seen: Vec<(PathBuf, SystemTime)>,
}

impl Watch {
    /// Looks at the repository at `root`.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            seen: state(root),
        }
    }

    /// Whether a file was added, removed or changed since one last looked.
    pub fn changed(&mut self) -> bool {
        let now = state(&self.root);
        let changed = now != self.seen;
        self.seen = now;
        changed
    }
}

fn state(root: &Path) -> Vec<(PathBuf, SystemTime)> {
    let mut found = Vec::new();
    for name in BOOK {
        collect(&root.join("book").join(name), &mut found);
    }
    // Not the exercises: a learner saves those all the time, and pages only link to them.
    for rooms in ["", "solutions", "tutorials"] {
        for package in entries(&root.join(rooms)) {
            collect(&package.join("src"), &mut found);
        }
    }
    found.sort();
    found
}

/// Adds the files below a path. What cannot be read is not there, or soon will not be.
fn collect(path: &Path, found: &mut Vec<(PathBuf, SystemTime)>) {
    if path.is_dir() {
        for entry in entries(path) {
            collect(&entry, found);
        }
    } else if let Ok(changed) = path.metadata().and_then(|metadata| metadata.modified()) {
        found.push((path.to_path_buf(), changed));
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_noticed_once_and_only_in_what_the_book_is_made_from() {
        let directory = tempfile::tempdir().unwrap();
        let write = |file: &str| {
            let path = directory.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file).unwrap();
        };
        write("book/src/a.md");
        write("solutions/01-small/src/lib.rs");
        let mut watch = Watch::new(directory.path());
        assert!(!watch.changed(), "nothing has happened");
        write("solutions/01-small/src/deep/new.rs");
        assert!(watch.changed(), "a file was added");
        assert!(!watch.changed(), "it was noticed before");
        write("book/html/a.html");
        write("solutions/01-small/tests/t.rs");
        assert!(!watch.changed(), "the book is not made from these");
        std::fs::remove_file(directory.path().join("book/src/a.md")).unwrap();
        assert!(watch.changed(), "a file was removed");
    }
}
