//! Reading everything once, to see whether it can still be read.

use std::path::PathBuf;
use std::sync::Arc;

use ferrisdb_engine::{self as engine, Engine};
use ferrisdb_manifest::{Manifest, TableMeta, Version};
use ferrisdb_sstable::Properties;
use ferrisdb_wal::{self as wal, Position};

use crate::shared::Shared;
use crate::{Db, Error, Result};

/// How far [`Db::verify`] has come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The file that was read last.
    pub path: PathBuf,
    /// The bytes of tables that were read so far.
    pub bytes: u64,
    /// The bytes of all tables.
    pub bytes_total: u64,
}

/// What [`Db::verify`] found.
#[derive(Debug)]
#[non_exhaustive]
pub struct Verified {
    /// How many tables were read.
    pub tables: usize,
    /// How many bytes they have.
    pub table_bytes: u64,
    /// How many batches the log holds that are not in tables.
    pub log_batches: u64,
    /// What cannot be read, and why: each names file and place. Empty if all is well.
    pub damage: Vec<Error>,
}

impl Verified {
    /// Whether nothing is damaged.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty()
    }
}

impl Db {
    /// Reads every byte of every file that the database needs, from the disk and not from the cache,
    /// and checks all checksums, the order of all keys, and what the manifest says of each table.
    ///
    /// Goes on after damage, so that all of it is found. Reads and writes go on meanwhile. `progress` is
    /// called after each table.
    pub fn verify(&self, mut progress: impl FnMut(&Progress)) -> Result<Verified> {
        let shared = self.shared();
        let _span = tracing::info_span!("verify").entered();
        let (version, pin) = pinned(&shared.engine);
        let mut verified = Verified {
            tables: 0,
            table_bytes: 0,
            log_batches: 0,
            damage: Vec::new(),
        };
        let bytes_total = version.tables().map(|(_, table)| table.size).sum();
        for (_, meta) in version.tables() {
            let path = match verify_table(shared, meta) {
                Ok(path) => path,
                Err((path, error)) => {
                    verified.damage.push(error);
                    path
                }
            };
            verified.tables += 1;
            verified.table_bytes += meta.size;
            progress(&Progress {
                path,
                bytes: verified.table_bytes,
                bytes_total,
            });
        }
        drop(pin);
        match verify_log(shared) {
            Ok(batches) => verified.log_batches = batches,
            Err(error) => verified.damage.push(error),
        }
        Ok(verified)
    }
}

/// The current version, and a cursor that keeps the files of its tables.
pub(crate) fn pinned(engine: &Engine) -> (Arc<Version>, engine::Cursor) {
    loop {
        let version = engine.version();
        let pin = engine.cursor(None);
        // Otherwise the cursor may have come to a later version.
        if engine.version().number() == version.number() {
            return (version, pin);
        }
    }
}

/// Reads a table, and compares it with what the manifest says of it.
fn verify_table(
    shared: &Shared,
    meta: &TableMeta,
) -> std::result::Result<PathBuf, (PathBuf, Error)> {
    let directory = shared.engine.directory();
    let named = |error: Error| {
        (
            ferrisdb_sstable::TableFile::new(directory, meta.number).path,
            error,
        )
    };
    let table = shared
        .engine
        .open_table(meta)
        .map_err(|error| named(error.into()))?;
    table.verify().map_err(|error| named(error.into()))?;
    if !is_as_listed(table.properties(), meta) {
        return Err(named(Error::OtherTable {
            path: table.path().to_owned(),
        }));
    }
    Ok(table.path().to_owned())
}

/// Whether a table is what the manifest says of it.
fn is_as_listed(table: &Properties, meta: &TableMeta) -> bool {
    let listed = (
        (meta.entries, meta.deletions),
        (&meta.smallest.user_key, &meta.largest.user_key),
        (meta.smallest_timestamp, meta.largest_timestamp),
    );
    let found = (
        (table.entries, table.deletions),
        (&table.smallest_key, &table.largest_key),
        (table.smallest_timestamp, table.largest_timestamp),
    );
    found == listed
}

/// Reads manifest and log, and counts the batches of the log that are not in tables.
///
/// Nothing is flushed in the background meanwhile, so no segment is retired. But somebody may write
/// at this moment, and the log be caught with one record not there yet and the next one there.
/// Damage stays, and such a moment does not come three times in a row.
fn verify_log(shared: &Arc<Shared>) -> Result<u64> {
    let _no_flush = shared.flushing.lock();
    let directory = shared.engine.directory();
    let environment = &shared.environment;
    let read = || {
        let version = Manifest::read(environment, directory)?.version;
        let start = Position(version.log_start());
        let in_tables = version.last_timestamp();
        let mut batches = 0;
        wal::replay(&*environment.fs, directory, start, &mut |timestamp, _| {
            batches += u64::from(timestamp > in_tables);
        })?;
        Ok(batches)
    };
    read().or_else(|_: Error| read()).or_else(|_| read())
}
