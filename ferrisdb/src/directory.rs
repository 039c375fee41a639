//! What there is in a directory: a database or none, and whether another process writes it.
//!
//! Whoever reads a database takes no part in its lock, and so may find it between two steps: a table
//! that is gone since it was merged, a record that is half written. That is no damage, and only the
//! lock tells it from damage.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use ferrisdb_storage::last_owner;
use ferrisdb_storage::manifest::FileName;
use ferrisdb_storage::wal::SegmentFile;

use crate::failure::{Failure, Result, cannot};

/// A mistyped directory should not become a new, empty database. Where there is anything of one,
/// opening it says what is wrong.
pub(crate) fn check_is_there(directory: &Path) -> Result {
    if has_database(directory)? {
        return Ok(());
    }
    Err(Failure::Could(format!(
        "there is no database in {}: a database has a file called CURRENT; `ferrisdb put` and \
         `ferrisdb load --create` make one",
        directory.display()
    )))
}

/// Whether there is a database in a directory, or anything of one.
pub(crate) fn has_database(directory: &Path) -> Result<bool> {
    let current = FileName::Current.path(directory);
    let is_there = current.try_exists();
    if is_there.map_err(|error| cannot("read", &current, &error))? {
        return Ok(true);
    }
    let listed = |error: io::Error| cannot("list", directory, &error);
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        entries => entries.map_err(listed)?,
    };
    for entry in entries {
        let path = entry.map_err(listed)?.path();
        let name = FileName::from_path(&path);
        if matches!(name, Some(FileName::Manifest(_) | FileName::Table(_)))
            || SegmentFile::from_path(&path).is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Who has a database open for writing, in words, if anybody has.
fn writer(directory: &Path) -> Option<String> {
    let file = File::open(directory.join("LOCK")).ok()?;
    if !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) {
        return None;
    }
    Some(last_owner(directory).unwrap_or_else(|| "another process".to_owned()))
}

/// What to say instead of a failure that may have come about since somebody else is writing.
pub(crate) fn amid_writes(directory: &Path, sentence: &str) -> Option<Failure> {
    let writer = writer(directory)?;
    Some(Failure::Could(format!(
        "{} is being written by {writer}, so this may be no damage: {sentence}; try again when it \
         is closed, or make a checkpoint there and read that",
        directory.display()
    )))
}
