//! Step 2: a table, which is the map as a sorted file.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::{Changes, line, parse, replace, replay};

/// Where a table lies.
pub fn path(directory: &Path, number: u64) -> PathBuf {
    directory.join(format!("{number}.table"))
}

/// Writes a line for each key, in the order of the keys. Deleted keys too: an older table may have them.
pub fn write(path: &Path, changes: &Changes) -> io::Result<()> {
    let lines = changes
        .iter()
        .map(|(key, value)| line(key, value.as_deref()));
    replace(path, &lines.collect::<String>())
}

/// What a table knows of a key: nothing, that it was deleted, or its value.
pub fn get(path: &Path, key: &str) -> io::Result<Option<Option<String>>> {
    for text in BufReader::new(File::open(path)?).lines() {
        match parse(&text?) {
            Some((found, value)) if found == key => return Ok(Some(value.map(str::to_owned))),
            Some((found, _)) if found > key => break,
            _ => {}
        }
    }
    Ok(None)
}

/// Everything that a table holds.
pub fn read(path: &Path) -> io::Result<Changes> {
    Ok(replay(&fs::read_to_string(path)?))
}
