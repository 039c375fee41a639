//! Kills a flush at every moment, and says what is lost.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use crate::read;
use crate::step_3::{Task, Toy};

const FRUIT: [&str; 12] = [
    "apple", "grape", "plum", "cherry", "lemon", "fig", "banana", "pear", "mango", "kiwi", "date",
    "lime",
];

/// A database with two tables, and with four keys more in its log and map.
fn shop(directory: &Path) -> io::Result<Toy> {
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    let mut toy = Toy::open(directory, 4)?;
    for fruit in &FRUIT[..8] {
        toy.write(fruit, Some("fresh"))?;
    }
    let mut toy = Toy::open(directory, 100)?;
    for fruit in &FRUIT[8..] {
        toy.write(fruit, Some("fresh"))?;
    }
    Ok(toy)
}

/// What is lost when these parts of a flush have happened, and no more.
pub fn lost_after(directory: &Path, tasks: &[Task]) -> io::Result<String> {
    let mut toy = shop(directory)?;
    let changes = toy.newest.map.clone();
    for &task in tasks {
        toy.do_task(task, 3, &changes)?;
    }
    // All writes have gone to files, and nothing happens when `toy` is dropped: as with a kill.
    drop(toy);
    let found = Toy::open(directory, 100)?.scan();
    Ok(found.map_or_else(
        |_| "does not open: a table is missing".to_owned(),
        |found| lost(&found),
    ))
}

fn lost(found: &BTreeMap<String, String>) -> String {
    let lost = FRUIT.iter().filter(|&&fruit| !found.contains_key(fruit));
    let lost: Vec<&str> = lost.copied().collect();
    match lost[..] {
        [] => "nothing is lost".to_owned(),
        _ => format!("lost: {}", lost.join(", ")),
    }
}

/// The first experiment: the flush of step 3, killed after each of its three tasks.
pub fn killed(directory: &Path) -> io::Result<String> {
    let mut out = String::new();
    let tasks = [Task::Table, Task::Log, Task::Manifest];
    for done in 0..=tasks.len() {
        let what = match done.checked_sub(1) {
            None => "before it begins".to_owned(),
            Some(last) => format!("after the {}", name(tasks[last])),
        };
        let outcome = lost_after(directory, &tasks[..done])?;
        let _ = writeln!(out, "killed {what}: {outcome}");
    }
    let _ = writeln!(out, "\nkilled after the log, and this is on the disk:");
    lost_after(directory, &tasks[..2])?;
    for file in ["manifest", "1.table", "2.table", "3.table", "log"] {
        let lines = read(&directory.join(file))?;
        let lines = format!("  {file:9} {}", lines.replace('\n', " | "));
        let _ = writeln!(out, "{}", lines.trim_end_matches([' ', '|']));
    }
    Ok(out)
}

/// What a task writes.
pub fn name(task: Task) -> &'static str {
    match task {
        Task::Table => "table",
        Task::Log => "log",
        Task::Manifest => "manifest",
    }
}
