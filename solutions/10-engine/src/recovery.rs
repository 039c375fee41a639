//! Opening a database.
//!
//! ```text
//!   lock ──▶ manifest ──▶ tables ──▶ log, from where it is needed ──▶ flush ──▶ orphans
//!            which files   are they   what the tables lack             what is   only now is it
//!            count         all there                                   full      certain that
//!                                                                                nobody needs them
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use ferrisdb_core::{Batch, Environment, FileLock, IoContext, Timestamp};
use ferrisdb_manifest::{self as manifest, Manifest, Version};
use ferrisdb_memtable as memtable;
use ferrisdb_sstable::Cache;
use ferrisdb_wal::{self as wal, Position, Writer};

use crate::queue::{Log, Queue};
use crate::shared::Shared;
use crate::super_version::{Levels, Memory, SuperVersion};
use crate::tables::Tables;
use crate::{Engine, Error, Options, Result};

/// What opening a database found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// What the manifest said.
    pub manifest: manifest::Recovery,
    /// What was in the log, from where it is still needed.
    pub log: wal::Recovery,
    /// How many of its batches were not in tables yet.
    pub replayed: u64,
    /// How many memtables were full and are tables now.
    pub flushed: usize,
    /// The files that nothing needed and that were removed.
    pub removed: Vec<PathBuf>,
}

impl Engine {
    /// Opens the database in `directory`; both are created if need be.
    ///
    /// Takes as long as it takes to read the ends of all tables and the log from where it is
    /// needed: what was written since the last flush. May be interrupted anywhere and repeated.
    pub fn open(
        environment: &Environment,
        directory: &Path,
        options: Options,
    ) -> Result<(Self, Recovery)> {
        if options.read_only {
            return Self::open_read_only(environment, directory, options);
        }
        let lock = lock_directory(environment, directory)?;
        let (manifest, found) =
            Manifest::open(environment, directory, manifest::Options::default())?;
        let version = manifest.current();
        let tables = Tables::new(environment, directory, &options);
        let mut replay = Replay::new(options, tables, &version)?;
        let log_options = wal::Options {
            needed_from: Position(version.log_start()),
            ..replay.options.log.clone()
        };
        let (writer, log) = Writer::open_locked(
            environment,
            directory,
            log_options,
            lock,
            &mut |timestamp, batch| replay.apply(timestamp, batch),
        )?;
        let (replayed, mut engine) = (replay.batches, replay.into_engine()?);
        engine.queue.log_mut().writer = Some(writer);
        engine.manifest = Mutex::new(Some(manifest));
        let (flushed, removed) = engine.tidy_up()?;
        let recovery = Recovery {
            manifest: found,
            log,
            replayed,
            flushed,
            removed,
        };
        Ok((engine, recovery))
    }

    /// The same without changing anything.
    fn open_read_only(
        environment: &Environment,
        directory: &Path,
        options: Options,
    ) -> Result<(Self, Recovery)> {
        let found = Manifest::read(environment, directory)?;
        let tables = Tables::new(environment, directory, &options);
        let mut replay = Replay::new(options, tables, &found.version)?;
        let log = wal::replay(
            &*environment.fs,
            directory,
            Position(found.version.log_start()),
            &mut |timestamp, batch| replay.apply(timestamp, batch),
        )?;
        let recovery = Recovery {
            manifest: found,
            log,
            replayed: replay.batches,
            flushed: 0,
            removed: Vec::new(),
        };
        Ok((replay.into_engine()?, recovery))
    }

    /// Writes out the memtables that replay has filled, and removes files that nothing needs.
    ///
    /// The log and all tables have been found to be there. Before that, what looks like an orphan
    /// might have been all that was left of somebody's data.
    fn tidy_up(&self) -> Result<(usize, Vec<PathBuf>)> {
        let mut flushed = 0;
        while self.flush_step()? {
            flushed += 1;
        }
        let manifest = crate::shared::lock(&self.manifest);
        let manifest = manifest.as_ref().ok_or(Error::ReadOnly)?;
        Ok((flushed, manifest.remove_orphans()?.removed))
    }
}

impl Tables {
    fn new(environment: &Environment, directory: &Path, options: &Options) -> Self {
        Self {
            environment: environment.clone(),
            directory: directory.to_owned(),
            options: options.tables.clone(),
            cache: Arc::new(Cache::new(options.cache_size)),
        }
    }
}

/// Nobody else may have the directory open.
fn lock_directory(environment: &Environment, directory: &Path) -> Result<Box<dyn FileLock>> {
    let fs = &environment.fs;
    fs.create_dir(directory).context("create", directory)?;
    let path = directory.join("LOCK");
    fs.lock(&path).map_err(|source| {
        if source.kind() == io::ErrorKind::WouldBlock {
            let path = directory.to_owned();
            return Error::InUse { path };
        }
        let action = "lock";
        ferrisdb_core::Error::Io {
            action,
            path,
            source,
        }
        .into()
    })
}

/// The parts of the database while the log is replayed into them.
struct Replay {
    options: Options,
    tables: Tables,
    parts: SuperVersion,
    /// Everything up to this timestamp is in tables.
    flushed: Timestamp,
    last: Timestamp,
    log_start: Position,
    batches: u64,
    /// The first error.
    result: Result<()>,
}

impl Replay {
    /// Opens all tables of the version; the memtable is empty.
    fn new(options: Options, tables: Tables, version: &Arc<Version>) -> Result<Self> {
        let levels = Levels::new(Arc::clone(version), &BTreeMap::new(), |meta| {
            tables.open(meta)
        })?;
        let log_start = Position(version.log_start());
        let memory = Memory::new(&options, log_start);
        Ok(Self {
            options,
            tables,
            parts: SuperVersion {
                memory: Arc::new(memory),
                frozen: Vec::new(),
                levels: Arc::new(levels),
            },
            flushed: version.last_timestamp(),
            last: version.last_timestamp(),
            log_start,
            batches: 0,
            result: Ok(()),
        })
    }

    /// Takes a batch of the log in, unless it is in a table.
    ///
    /// The log begins with the segment in which the position lies from which it is needed, so it
    /// may begin with batches that are in tables. Where in the log a batch lies is not known
    /// here, so a new memtable may need all of it.
    fn apply(&mut self, timestamp: Timestamp, batch: &Batch) {
        if timestamp <= self.flushed || self.result.is_err() {
            return;
        }
        self.result = self.write(timestamp, batch);
        self.batches += 1;
        self.last = timestamp;
    }

    fn write(&mut self, timestamp: Timestamp, batch: &Batch) -> Result<()> {
        match self.parts.memory.table.write(timestamp, batch) {
            Err(memtable::Error::Full { .. }) => {}
            written => return Ok(written?),
        }
        let memory = Memory::new(&self.options, self.log_start);
        memory.table.write(timestamp, batch)?;
        self.parts = self.parts.with_memory(memory);
        Ok(())
    }

    /// The engine, which cannot write yet.
    fn into_engine(self) -> Result<Engine> {
        self.result?;
        Ok(Engine {
            shared: Arc::new(Shared::new(self.parts, self.last)),
            queue: Queue::new(Log {
                writer: None,
                timestamp: self.last,
                groups: 0,
            }),
            manifest: Mutex::new(None),
            flushing: Mutex::new(()),
            tables: self.tables,
            options: self.options,
            stopped: OnceLock::new(),
        })
    }
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.manifest, self.log)?;
        match self.removed.len() {
            0 => Ok(()),
            1 => f.write_str("; removed 1 file that nothing needs"),
            count => write!(f, "; removed {count} files that nothing needs"),
        }
    }
}
