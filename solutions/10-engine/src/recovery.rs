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
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock};

use ferrisdb_core::{Batch, Environment, FileLock, IoContext, Timestamp};
use ferrisdb_manifest::{self as manifest, Manifest, Version};
use ferrisdb_sstable::{Cache, TableFile};
use ferrisdb_wal::{self as wal, Position, Writer};

use crate::queue::{Log, Queue};
use crate::shared::{Shared, lock};
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
        Self::open_locked(environment, directory, options, lock)
    }

    /// Opens the database in a directory that nobody else has open: the manifest, the tables that
    /// it names, and the log from where it says; then writes out what is full, and removes
    /// what nobody needs.
    ///
    /// Whatever is missing or damaged is found before anything is removed: until then, what looks
    /// like an orphan may be all that is left of somebody's data.
    ///
    /// The log begins with the segment in which the position lies from which it is needed, so it
    /// may begin with batches that are in tables. These are not taken in again.
    fn open_locked(
        environment: &Environment,
        directory: &Path,
        options: Options,
        lock: Box<dyn FileLock>,
    ) -> Result<(Self, Recovery)> {
        let (manifest, found) =
            Manifest::open(environment, directory, manifest::Options::default())?;
        let version = manifest.current();
        let in_tables = version.last_timestamp();
        let mut replay = Replay::new(environment, directory, options, &version)?;
        let (writer, log) = Writer::open_locked(
            environment,
            directory,
            replay.log_options(),
            lock,
            &mut |timestamp, batch| {
                if timestamp > in_tables {
                    replay.apply(timestamp, batch);
                }
            },
        )?;
        let replayed = replay.batches;
        let engine = replay.into_engine(Some((writer, manifest)))?;
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
        let in_tables = found.version.last_timestamp();
        let mut replay = Replay::new(environment, directory, options, &found.version)?;
        let needed_from = replay.log_options().needed_from;
        let log = wal::replay(
            &*environment.fs,
            directory,
            needed_from,
            &mut |timestamp, batch| {
                if timestamp > in_tables {
                    replay.apply(timestamp, batch);
                }
            },
        )?;
        let recovery = Recovery {
            manifest: found,
            log,
            replayed: replay.batches,
            flushed: 0,
            removed: Vec::new(),
        };
        Ok((replay.into_engine(None)?, recovery))
    }

    /// Writes out the memtables that replay has filled, and removes files that nothing needs. Says
    /// how many memtables, and which files.
    fn tidy_up(&self) -> Result<(usize, Vec<PathBuf>)> {
        let mut flushed = 0;
        while self.flush_step()? {
            flushed += 1;
        }
        let manifest = lock(&self.manifest);
        let manifest = manifest.as_ref().ok_or(Error::ReadOnly)?;
        Ok((flushed, manifest.remove_orphans()?.removed))
    }
}

/// The file in a directory that whoever has it open holds a lock on.
pub(crate) const LOCK: &str = "LOCK";

/// Nobody else may have the directory open, which is created if need be.
pub(crate) fn lock_directory(
    environment: &Environment,
    directory: &Path,
) -> Result<Box<dyn FileLock>> {
    let fs = &environment.fs;
    fs.create_dir(directory).context("create", directory)?;
    let path = directory.join(LOCK);
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

/// The error for a table that could not be opened, with what the manifest knows of it if its file
/// is not there.
fn missing(error: Error, version: &Version) -> Error {
    let Error::Core(ferrisdb_core::Error::Io { path, source, .. }) = &error else {
        return error;
    };
    let file = TableFile::from_path(path).filter(|_| source.kind() == io::ErrorKind::NotFound);
    let table = file.and_then(|file| version.find(file.number));
    let Some((level, table)) = table else {
        return error;
    };
    let (path, number) = (path.clone(), table.number);
    Error::Manifest(manifest::Error::MissingTable {
        path,
        number,
        level,
    })
}

/// The parts of the database while the log is replayed into them.
struct Replay {
    options: Options,
    tables: Tables,
    parts: SuperVersion,
    /// Of the newest batch.
    last: Timestamp,
    /// From where on the log is needed.
    log_start: Position,
    /// How many batches were taken in.
    batches: u64,
    /// The first error.
    result: Result<()>,
}

impl Replay {
    /// Opens all tables of the version, and fails if one of them is missing or not whole. The
    /// memtable is empty.
    fn new(
        environment: &Environment,
        directory: &Path,
        options: Options,
        version: &Arc<Version>,
    ) -> Result<Self> {
        let tables = Tables {
            environment: environment.clone(),
            directory: directory.to_owned(),
            options: options.tables.clone(),
            cache: Arc::new(Cache::new(options.cache_size)),
            written: AtomicU64::new(0),
        };
        let log_start = Position(version.log_start());
        let last = version.last_timestamp();
        let levels = Levels::new(Arc::clone(version), &BTreeMap::new(), |meta| {
            tables.open(meta).map_err(|error| missing(error, version))
        })?;
        let memory = Memory::new(&options, log_start);
        Ok(Self {
            options,
            tables,
            parts: SuperVersion {
                memory: Arc::new(memory),
                frozen: Vec::new(),
                levels: Arc::new(levels),
            },
            last,
            log_start,
            batches: 0,
            result: Ok(()),
        })
    }

    /// The options of the log, and from where on it is needed.
    fn log_options(&self) -> wal::Options {
        wal::Options {
            needed_from: self.log_start,
            ..self.options.log.clone()
        }
    }

    /// Takes a batch of the log in. After an error it does nothing more.
    ///
    /// Where in the log a batch lies is not known here, so a new memtable may need all of it.
    fn apply(&mut self, timestamp: Timestamp, batch: &Batch) {
        if self.result.is_ok() {
            self.result = self.write(timestamp, batch);
            self.batches += 1;
            self.last = timestamp;
        }
    }

    /// Each batch has the timestamp after that of the one before. If one is not there, neither the
    /// tables nor the log have it: the manifest has lost an edit, say the one that took in tables
    /// from elsewhere, of which the log knows nothing.
    fn write(&mut self, timestamp: Timestamp, batch: &Batch) -> Result<()> {
        if timestamp != self.last.next() {
            return Err(Error::MissingBatches {
                directory: self.tables.directory.clone(),
                last: self.last,
                found: timestamp,
            });
        }
        let memory = &self.parts.memory;
        if let Some(next) = memory.write(timestamp, batch, self.log_start, &self.options)? {
            self.parts = self.parts.with_memory(next);
        }
        Ok(())
    }

    /// The engine; without the means to write, for reading only. Fails if a batch could not be
    /// taken in.
    fn into_engine(self, writing: Option<(Writer, Manifest)>) -> Result<Engine> {
        self.result?;
        let (writer, manifest) = writing.unzip();
        Ok(Engine {
            shared: Arc::new(Shared::new(self.parts, self.last)),
            queue: Queue::new(Log {
                writer,
                timestamp: self.last,
                groups: 0,
            }),
            manifest: Mutex::new(manifest),
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
        if self.replayed < self.log.batches {
            let known = self.log.batches - self.replayed;
            write!(f, "; {known} of them were in tables already")?;
        }
        match self.removed.len() {
            0 => Ok(()),
            1 => f.write_str("; removed 1 file that nothing needs"),
            count => write!(f, "; removed {count} files that nothing needs"),
        }
    }
}
