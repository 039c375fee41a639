//! The plain commands, end to end, on a small course.

#[path = "../fixture/mod.rs"]
mod fixture;

mod beyond;
mod course;
mod troubles;
mod update;

use fixture::Fixture;

/// The copies of a file, oldest first.
fn backups(course: &Fixture, file: &str) -> Vec<String> {
    let mut folders: Vec<_> = std::fs::read_dir(course.path(".learn/backup"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    folders
        .iter()
        .filter_map(|folder| std::fs::read_to_string(folder.join(file)).ok())
        .collect()
}
