//! What the tests of this stage share: entries, tables made of them, and what they should answer.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferrisdb_core::{Batch, Environment, FileSystem, Found, InternalKey, Operation, Timestamp};
use ferrisdb_sstable::{
    Cache, Cursor, Options, ReadOptions, Result, Table, TableFile, TableInfo, Touch, Writer,
};
use ferrisdb_testkit::{ManualClock, MemFs, Versions, show};

/// Where the tables of the tests are.
pub(crate) const DIRECTORY: &str = "/db";

/// When the tables of the tests are begun, in microseconds: 2023-11-14 22:13:20 UTC.
pub(crate) const CREATED_AT_US: u64 = 1_700_000_000_000_000;

pub(crate) fn directory() -> &'static Path {
    Path::new(DIRECTORY)
}

/// The path of a table.
pub(crate) fn path(number: u64) -> PathBuf {
    TableFile::new(directory(), number).path
}

pub(crate) fn environment(fs: impl FileSystem + 'static) -> Environment {
    Environment {
        fs: Arc::new(fs),
        clock: Arc::new(ManualClock::new(CREATED_AT_US)),
    }
}

pub(crate) fn put(user_key: &[u8], timestamp: u64) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: Timestamp(timestamp),
        operation: Operation::Put,
    }
}

pub(crate) fn delete(user_key: &[u8], timestamp: u64) -> InternalKey<'_> {
    InternalKey {
        operation: Operation::Delete,
        ..put(user_key, timestamp)
    }
}

/// Options that make several blocks of a few entries.
pub(crate) fn small_blocks() -> Options {
    Options::default().block_size(100).restart_interval(3)
}

/// Options that make an index in several parts as well.
pub(crate) fn small_parts() -> Options {
    small_blocks().index_part_size(60)
}

/// The catalogue of the tests: `count` articles with a price each. Every fifth was changed once,
/// so it has two versions, and every seventh is gone.
pub(crate) fn catalogue(count: u64) -> Versions {
    let mut versions = Versions::new();
    let mut write = |timestamp, n: u64, price: Option<u64>| {
        let (mut batch, key) = (Batch::new(), article(n));
        match price {
            Some(price) => batch.put(key, price.to_string()),
            None => batch.delete(key),
        }
        versions.write(Timestamp(timestamp), &batch);
    };
    for n in 0..count {
        write(10, n, Some(n * 7919 % 9973));
        if n.is_multiple_of(5) {
            write(20, n, Some(n));
        }
        if n.is_multiple_of(7) {
            write(30, n, None);
        }
    }
    versions
}

/// The name of the n-th article of [`catalogue`].
pub(crate) fn article(n: u64) -> String {
    format!("article-{n:05}")
}

/// Writes a table with these entries.
pub(crate) fn write(
    fs: impl FileSystem + 'static,
    number: u64,
    options: Options,
    entries: &Versions,
) -> Result<TableInfo> {
    let mut writer = Writer::create(&environment(fs), directory(), number, options)?;
    for (key, value) in entries.iter() {
        writer.add(key, value)?;
    }
    writer.finish()
}

/// Opens a table with a cache of its own.
pub(crate) fn open(fs: impl FileSystem + 'static, number: u64) -> Result<Table> {
    open_with(
        fs,
        number,
        &Arc::new(Cache::new(1 << 20)),
        &ReadOptions::default(),
    )
}

pub(crate) fn open_with(
    fs: impl FileSystem + 'static,
    number: u64,
    cache: &Arc<Cache>,
    options: &ReadOptions,
) -> Result<Table> {
    Table::open(
        &environment(fs),
        directory(),
        number,
        Arc::clone(cache),
        options,
    )
}

/// A table with these entries, on a disk of its own.
pub(crate) fn table(options: Options, entries: &Versions) -> Table {
    let fs = MemFs::new();
    let written = write(fs.clone(), 7, options, entries);
    written.unwrap_or_else(|error| panic!("the table could not be written: {error}"));
    open(fs, 7).unwrap_or_else(|error| panic!("the table could not be opened: {error}"))
}

/// An entry with its own bytes, that prints well.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) user_key: Vec<u8>,
    pub(crate) timestamp: u64,
    pub(crate) operation: Operation,
    pub(crate) value: Vec<u8>,
}

impl Entry {
    pub(crate) fn new(key: InternalKey<'_>, value: &[u8]) -> Self {
        Self {
            user_key: key.user_key.to_vec(),
            timestamp: key.timestamp.0,
            operation: key.operation,
            value: value.to_vec(),
        }
    }

    pub(crate) fn key(&self) -> InternalKey<'_> {
        InternalKey {
            user_key: &self.user_key,
            timestamp: Timestamp(self.timestamp),
            operation: self.operation,
        }
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} @{}", show(&self.user_key), self.timestamp)?;
        match self.operation {
            Operation::Put => write!(f, " = {}", show(&self.value)),
            Operation::Delete => f.write_str(" deleted"),
        }
    }
}

/// The entries that a table was made of.
pub(crate) fn entries(versions: &Versions) -> Vec<Entry> {
    let entries = versions.iter();
    entries.map(|(key, value)| Entry::new(key, value)).collect()
}

/// The entry at which a cursor is.
pub(crate) fn current(cursor: &Cursor<&Table>) -> Option<Entry> {
    if !cursor.is_valid() {
        return None;
    }
    assert_eq!(cursor.value_bytes(), cursor.value(), "shared and borrowed");
    Some(Entry::new(cursor.key(), cursor.value()))
}

/// Everything that a cursor meets, from the first entry on.
pub(crate) fn forward(table: &Table) -> Result<Vec<Entry>> {
    let mut cursor = table.cursor();
    cursor.seek_to_first()?;
    let mut found = Vec::new();
    while let Some(entry) = current(&cursor) {
        found.push(entry);
        cursor.next()?;
    }
    Ok(found)
}

/// Everything that a cursor meets, from the last entry back.
pub(crate) fn backward(table: &Table) -> Result<Vec<Entry>> {
    let mut cursor = table.cursor();
    cursor.seek_to_last()?;
    let mut found = Vec::new();
    while let Some(entry) = current(&cursor) {
        found.push(entry);
        cursor.prev()?;
    }
    Ok(found)
}

/// What a model knows of a key, as a table says it.
pub(crate) fn expected(entries: &Versions, user_key: &[u8], as_of: u64) -> Option<Found<Vec<u8>>> {
    let (key, value) = entries.find(user_key, Timestamp(as_of))?;
    Some(match key.operation {
        Operation::Put => Found::Value(value.to_vec()),
        Operation::Delete => Found::Deleted,
    })
}

/// Looks a key up, and says what was touched on the way.
pub(crate) fn touched(table: &Table, user_key: &[u8], as_of: u64) -> Vec<Touch> {
    let mut touched = Vec::new();
    let found = table.lookup(user_key, Timestamp(as_of), &mut |touch| touched.push(touch));
    found.unwrap_or_else(|error| panic!("the lookup of {} failed: {error}", show(user_key)));
    touched
}
