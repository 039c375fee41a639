//! The simplest engine that could work, and how it breaks.
//!
//! The parts of the stages before, in their simplest versions, glued together: a log of text lines, a
//! sorted map, tables as sorted files, and a file that says which tables there are.
//!
//! ```text
//!   put ──▶ log            put apple red⏎ delete plum⏎ …     emptied by a flush
//!     └───▶ map            apple → red, plum → deleted       emptied by a flush
//!             │ flush
//!             ▼
//!           1.table  2.table  3.table  …                     written once, sorted
//!           manifest       1⏎ 2⏎ 3⏎                          which of them count
//! ```
//!
//! [`step_1`] is log and map, [`step_2`] a table, [`step_3`] the whole database, and [`shell`] makes a
//! program of it. [`experiment`] kills it in the middle of a flush, and so do some of the examples. The
//! real engine is `ferrisdb-engine`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

pub mod experiment;
pub mod shell;
pub mod step_1;
pub mod step_2;
pub mod step_3;

/// What happened to each key last: a value was put, or it was deleted.
pub type Changes = BTreeMap<String, Option<String>>;

/// A change as a line of text, the same in the log and in a table.
pub fn line(key: &str, value: Option<&str>) -> String {
    match value {
        Some(value) => format!("put {key} {value}\n"),
        None => format!("delete {key}\n"),
    }
}

/// The change that a line holds.
pub fn parse(line: &str) -> Option<(&str, Option<&str>)> {
    match line.split_once(' ')? {
        ("put", rest) => rest.split_once(' ').map(|(key, value)| (key, Some(value))),
        ("delete", key) => Some((key, None)),
        _ => None,
    }
}

/// What lines amount to: a later one for the same key wins.
pub fn replay(text: &str) -> Changes {
    let changes = text.lines().filter_map(parse);
    let owned = |(key, value): (&str, Option<&str>)| (key.to_owned(), value.map(str::to_owned));
    changes.map(owned).collect()
}

/// The text of a file; a file that is not there yet has none.
pub fn read(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        result => result,
    }
}

/// Puts a file in the place of another: under another name first, so that it is whole at any moment.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("tmp");
    let mut file = File::create(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    sync_directory(path)
}

/// Makes the new name durable. A name is stored in the directory, not in the file.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Windows cannot sync a directory: its file system keeps a log of names.
#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}
