//! Step 3: a line for each file that comes or goes, appended.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::{Change, Files};

/// Appends what has changed.
pub fn append(path: &Path, change: &Change) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(lines(change).as_bytes())?;
    file.sync_data()
}

/// A line for each file.
pub fn lines(change: &Change) -> String {
    let remove = change
        .remove
        .iter()
        .map(|number| format!("remove {number}\n"));
    let add = change.add.iter().map(|number| format!("add {number}\n"));
    remove.chain(add).collect()
}

/// Follows all lines from the first. What a crash left of a line is passed over.
pub fn load(path: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    for line in whole_lines(&fs::read_to_string(path)?) {
        match line.split_once(' ') {
            Some(("add", number)) => files.extend(number.parse::<u64>().ok()),
            Some(("remove", number)) => {
                number.parse().ok().map(|number: u64| files.remove(&number));
            }
            _ => {}
        }
    }
    Ok(files)
}

/// The lines that end with an end of line.
pub fn whole_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n'))
}
