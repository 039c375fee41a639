//! What the tests of this stage share: tables, manifests, and what is in them.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferrisdb_core::{Environment, FileSystem, Operation, OwnedKey, Timestamp};
use ferrisdb_manifest::{
    Edit, Error, FileName, Manifest, Options, Recovery, Result, TableMeta, Version,
};
use ferrisdb_testkit::{ManualClock, MemFs};

/// Where the database of the tests is.
pub(crate) const DIRECTORY: &str = "/db";

/// When everything in the tests happens, in microseconds: 2023-11-14 22:13:20 UTC.
pub(crate) const NOW_US: u64 = 1_700_000_000_000_000;

pub(crate) fn directory() -> &'static Path {
    Path::new(DIRECTORY)
}

pub(crate) fn environment(fs: impl FileSystem + 'static) -> Environment {
    Environment {
        fs: Arc::new(fs),
        clock: Arc::new(ManualClock::new(NOW_US)),
    }
}

pub(crate) fn open(fs: impl FileSystem + 'static) -> Result<(Manifest, Recovery)> {
    open_with(fs, Options::default())
}

pub(crate) fn open_with(
    fs: impl FileSystem + 'static,
    options: Options,
) -> Result<(Manifest, Recovery)> {
    Manifest::open(&environment(fs), directory(), options)
}

/// What a reader finds who changes nothing.
pub(crate) fn read(fs: &MemFs) -> Result<Recovery> {
    Manifest::read(&environment(fs.clone()), directory())
}

pub(crate) fn manifest_path(number: u64) -> PathBuf {
    FileName::Manifest(number).path(directory())
}

pub(crate) fn table_path(number: u64) -> PathBuf {
    FileName::Table(number).path(directory())
}

pub(crate) fn current_path() -> PathBuf {
    FileName::Current.path(directory())
}

pub(crate) fn key(user_key: &str, timestamp: u64) -> OwnedKey {
    OwnedKey {
        user_key: user_key.into(),
        timestamp: Timestamp(timestamp),
        operation: Operation::Put,
    }
}

/// A table with the keys `first` to `last`, whose newest timestamp is `newest`.
pub(crate) fn table(number: u64, first: &str, last: &str, newest: u64) -> TableMeta {
    TableMeta {
        number,
        size: 1000 + number,
        entries: 10,
        deletions: 2,
        smallest: key(first, newest.saturating_sub(3)),
        largest: key(last, newest),
        smallest_timestamp: Timestamp(newest.saturating_sub(5)),
        largest_timestamp: Timestamp(newest),
    }
}

/// What a flush commits: a table in level 0 that holds everything up to `newest`.
pub(crate) fn flush(number: u64, newest: u64) -> Edit {
    Edit::new()
        .add(0, table(number, "a", "m", newest))
        .log_start(newest * 100)
        .last_timestamp(Timestamp(newest))
}

/// Takes the next number and commits a flush of that table.
pub(crate) fn commit_flush(manifest: &mut Manifest, newest: u64) -> Result<u64> {
    let number = manifest.next_number()?;
    manifest.commit(&flush(number, newest))?;
    Ok(number)
}

/// The numbers of the tables of each level, down to the last that has any.
pub(crate) fn numbers(version: &Version) -> Vec<Vec<u64>> {
    let levels = version.levels().iter();
    let mut numbers: Vec<Vec<u64>> = levels
        .map(|level| level.iter().map(|table| table.number).collect())
        .collect();
    while numbers.last().is_some_and(Vec::is_empty) {
        numbers.pop();
    }
    numbers
}

/// What of a version a reader of the database would notice: everything but which numbers are
/// taken, which grows whenever the database is opened.
pub(crate) fn shape(version: &Version) -> String {
    format!(
        "version {}, tables {:?}, log from {}, up to {}",
        version.number(),
        numbers(version),
        version.log_start(),
        version.last_timestamp()
    )
}

/// The path and offset that an error names, if it is about damage.
pub(crate) fn damage(error: &Error) -> Option<(PathBuf, u64)> {
    match error {
        Error::Corruption(corruption) => Some((corruption.path.clone(), corruption.offset)),
        Error::NotOurs { path, .. } | Error::NewerVersion { path, .. } => Some((path.clone(), 0)),
        _ => None,
    }
}
