//! Paths as text, without asking the disk.

use std::path::{Component, Path, PathBuf};

/// The path without `..`, so that it says which directory it lies in.
pub fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            out.pop();
        } else {
            out.push(part);
        }
    }
    out
}
