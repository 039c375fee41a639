//! What the tests of this stage share: tables that exist on paper only, versions made of them, and
//! jobs in words.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::fmt::Write as _;
use std::sync::Arc;

use ferrisdb_compaction::{Input, Job, KeyRange};
use ferrisdb_core::{InternalKey, Operation, OwnedKey, Timestamp};
use ferrisdb_manifest::{Edit, TableMeta, Version};

pub(crate) mod disk;

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

/// A table on paper: from one user key to another, so many bytes large. The higher its number the
/// newer it is.
pub(crate) fn table(number: u64, first: &str, last: &str, size: u64) -> TableMeta {
    let key = |user_key: &str| OwnedKey::from(put(user_key.as_bytes(), number));
    TableMeta {
        number,
        size,
        entries: 2,
        deletions: 0,
        smallest: key(first),
        largest: key(last),
        smallest_timestamp: Timestamp(number),
        largest_timestamp: Timestamp(number),
    }
}

/// The version that consists of these tables, each with its level.
pub(crate) fn version(tables: impl IntoIterator<Item = (usize, TableMeta)>) -> Version {
    let tables = tables.into_iter();
    let edit = tables.fold(Edit::new(), |edit, (level, table)| edit.add(level, table));
    let version = Version::default().apply(&edit);
    version.expect("the tables of a test make a version")
}

/// The numbers of some tables.
pub(crate) fn numbers<'a>(tables: impl IntoIterator<Item = &'a Arc<TableMeta>>) -> Vec<u64> {
    tables.into_iter().map(|table| table.number).collect()
}

/// A job in words: `0: 9 8, 4: 3 → 4`, the numbers of its tables by level, and where they go.
pub(crate) fn words(job: Option<&Job>) -> String {
    let Some(job) = job else {
        return "nothing to do".to_owned();
    };
    let inputs = job.inputs.iter().map(|Input { level, tables }| {
        let numbers = numbers(tables).into_iter();
        numbers.fold(format!("{level}:"), |mut text, number| {
            let _ = write!(text, " {number}");
            text
        })
    });
    let inputs: Vec<_> = inputs.collect();
    let how = if job.trivial_move { "moves " } else { "" };
    format!("{how}{} → {}", inputs.join(", "), job.output_level)
}

/// A version in words, a level a line.
pub(crate) fn levels(version: &Version) -> String {
    let mut text = String::new();
    for (level, tables) in version.levels().iter().enumerate() {
        if tables.is_empty() {
            continue;
        }
        let _ = write!(text, "level {level}");
        for table in tables {
            let range = KeyRange::of(table);
            let _ = write!(
                text,
                "  {}[{}..{}]",
                table.number,
                range.first.escape_ascii(),
                range.last.escape_ascii()
            );
        }
        text.push('\n');
    }
    text
}

/// The version that a job leads to in the worst case: one table from its first to its last key.
pub(crate) fn worst_case(version: &Version, job: &Job, number: u64) -> Result<Version, String> {
    let mut edit = Edit::new();
    for input in &job.inputs {
        for table in &input.tables {
            edit = edit.remove(input.level, table.number);
        }
    }
    let newest = job.tables().max_by_key(|table| table.largest_timestamp);
    let oldest = job.tables().map(|table| table.smallest_timestamp).min();
    let (Some(range), Some(newest)) = (job.range(), newest) else {
        return Err("the job reads no table".to_owned());
    };
    let key = |user_key: &[u8]| put(user_key, newest.largest_timestamp.0).into();
    let output = TableMeta {
        number,
        size: job.size(),
        smallest: key(range.first),
        largest: key(range.last),
        smallest_timestamp: oldest.unwrap_or_default(),
        ..TableMeta::clone(newest)
    };
    edit = edit.add(job.output_level, output);
    version.apply(&edit).map_err(|refusal| refusal.to_string())
}

/// All ways to have disjoint tables over the keys `first..` of an alphabet of `keys` letters,
/// numbered from `number` on.
pub(crate) fn rows(keys: u8, first: u8, number: u64) -> Vec<Vec<TableMeta>> {
    if first >= keys {
        return vec![Vec::new()];
    }
    let mut all = rows(keys, first + 1, number);
    for last in first..keys {
        for rest in rows(keys, last + 1, number + 1) {
            let mut row = vec![letters(number, first, last)];
            row.extend(rest);
            all.push(row);
        }
    }
    all
}

/// A table from one letter to another, 0 being `a`.
pub(crate) fn letters(number: u64, first: u8, last: u8) -> TableMeta {
    table(number, &letter(first), &letter(last), 10)
}

pub(crate) fn letter(n: u8) -> String {
    char::from(b'a' + n).to_string()
}

/// All tables over an alphabet of `keys` letters.
pub(crate) fn spans(keys: u8, number: u64) -> Vec<TableMeta> {
    let pairs = (0..keys).flat_map(|first| (first..keys).map(move |last| (first, last)));
    pairs
        .map(|(first, last)| letters(number, first, last))
        .collect()
}

/// Whether a table may hold a key, asked in the plainest way.
pub(crate) fn covers(table: &TableMeta, user_key: &[u8]) -> bool {
    table.smallest.user_key.as_slice() <= user_key && user_key <= table.largest.user_key.as_slice()
}
