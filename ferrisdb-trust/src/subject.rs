//! A database on a disk in memory, and a plain map that says what it should answer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferrisdb_core::{Background, InternalKey, Operation, Timestamp};
use ferrisdb_storage::sstable::{self, TableFile};
use ferrisdb_storage::{Db, Snapshot, SyncMode};
use ferrisdb_testkit::{AtOnce, CrashPlan, FaultyFs, Steps};

use crate::contents::{Map, contents, list};
use crate::held::Held;
use crate::history::{Change, Step};
use crate::promise::Promise;
use crate::setup::Setup;

/// Why a check failed, in words.
pub(crate) type Checked<T = ()> = Result<T, String>;

/// Where the database is on its disk, at first.
const DIRECTORY: &str = "/db";

/// A database, what should be in it, and what of that it has promised to keep.
pub(crate) struct Subject {
    pub(crate) setup: Setup,
    pub(crate) fs: FaultyFs,
    steps: Arc<Steps>,
    /// `None` only while it is opened.
    db: Option<Db>,
    pub(crate) promise: Promise,
    pub(crate) snapshots: Vec<(Snapshot, Map)>,
    pub(crate) cursors: Vec<Held>,
    /// Where it is.
    pub(crate) directory: PathBuf,
    /// What copies there are, and what is in them.
    copies: Vec<(PathBuf, Map)>,
    copied: u64,
    ingested: u64,
}

impl Subject {
    /// A new database.
    pub(crate) fn new(setup: Setup, fs: FaultyFs) -> Self {
        Self {
            setup,
            fs,
            steps: Arc::new(Steps::new()),
            db: None,
            promise: Promise::default(),
            snapshots: Vec::new(),
            cursors: Vec::new(),
            directory: PathBuf::from(DIRECTORY),
            copies: Vec::new(),
            copied: 0,
            ingested: 0,
        }
    }

    /// The same promises, on another disk.
    pub(crate) fn elsewhere(&self, fs: FaultyFs) -> Self {
        Self {
            promise: self.promise.clone(),
            directory: self.directory.clone(),
            copies: self.copies.clone(),
            ..Self::new(self.setup.clone(), fs)
        }
    }

    pub(crate) fn db(&self) -> &Db {
        self.db
            .as_ref()
            .expect("the database is open between two steps")
    }

    /// Opens the database, and checks that what it holds is what was written up to some batch that
    /// is not before the last promise. That is what it holds from now on.
    pub(crate) fn open(&mut self) -> Checked {
        let background: Arc<dyn Background> = if self.setup.in_steps {
            self.steps = Arc::new(Steps::new());
            Arc::clone(&self.steps) as _
        } else {
            Arc::new(AtOnce)
        };
        let options = self.setup.options(&self.fs, background);
        let db = Db::open_with(&self.directory, options)
            .map_err(|e| format!("it does not open: {e}"))?;
        let found = contents(db.cursor()).map_err(|e| format!("it cannot be read: {e}"))?;
        self.db = Some(db);
        self.promise.rewind(&found)
    }

    /// Does one step, and compares. An error of the database's own is `Err(None)`: it may be what is
    /// to be expected; anything else is a wrong answer.
    pub(crate) fn step(&mut self, step: &Step) -> Result<(), Option<String>> {
        match step {
            Step::Write(changes) => self.write(changes)?,
            Step::Ingest(changes) => self.ingest(changes)?,
            Step::Get(key) => self.get(key)?,
            Step::Scan { from, to, reverse } => self.scan(from.as_ref(), to.as_ref(), *reverse)?,
            Step::Walk { to, moves } => self.walk(to, moves)?,
            Step::Sync => {
                self.db().sync().map_err(|_| None)?;
                self.promise.kept_all();
            }
            Step::Flush => {
                self.db().flush().map_err(|_| None)?;
                self.promise.kept_all();
            }
            Step::CompactAll => {
                self.db().compact_all().map_err(|_| None)?;
                self.promise.kept_all();
            }
            Step::CompactRange(from, to) => {
                self.db()
                    .compact_range::<Vec<u8>>(from..to)
                    .map_err(|_| None)?;
                self.promise.kept_all();
            }
            Step::Background(jobs) => {
                for _ in 0..*jobs {
                    self.steps.step();
                }
            }
            Step::TakeSnapshot
            | Step::ReadSnapshot
            | Step::DropSnapshot
            | Step::TakeCursor(_)
            | Step::MoveCursor(_)
            | Step::DropCursor => self.keep(step)?,
            Step::Checkpoint => drop(self.checkpoint()?),
            Step::MoveOut => {
                self.directory = self.checkpoint()?;
                // From now on it is no copy any more: it changes.
                self.copies.pop();
                self.reopen(&Step::Reopen)?;
            }
            Step::Reopen | Step::Kill | Step::PowerCut(_) => self.reopen(step)?,
        }
        self.check_files()
    }

    /// Writes a table of these changes somewhere else, and takes it in.
    fn ingest(&mut self, changes: &[Change]) -> Result<(), Option<String>> {
        // The last change of each key counts.
        let last: BTreeMap<_, _> = changes.iter().cloned().collect();
        self.ingested += 1;
        let elsewhere = Path::new("/load");
        let environment = self.fs.environment();
        let options = self.setup.tables.clone();
        let writer = sstable::Writer::create(&environment, elsewhere, self.ingested, options);
        let mut writer = writer.map_err(|_| None)?;
        for (user_key, value) in &last {
            let operation = match value {
                Some(_) => Operation::Put,
                None => Operation::Delete,
            };
            let key = InternalKey {
                user_key,
                timestamp: Timestamp(1),
                operation,
            };
            let value = value.as_deref().unwrap_or_default();
            writer.add(key, value).map_err(|_| None)?;
        }
        writer.finish().map_err(|_| None)?;
        self.promise.write(changes);
        let table = TableFile::new(elsewhere, self.ingested).path;
        self.db().ingest([table]).map_err(|_| None)?;
        self.promise.kept_all();
        Ok(())
    }

    fn write(&mut self, changes: &[Change]) -> Result<(), Option<String>> {
        self.promise.write(changes);
        self.db().write(&Step::batch(changes)).map_err(|_| None)?;
        self.promise.acknowledge();
        if self.setup.sync_mode != SyncMode::None && !changes.is_empty() {
            self.promise.kept_all();
        }
        Ok(())
    }

    /// Makes a copy, and compares what is in it; returns where it is.
    fn checkpoint(&mut self) -> Result<PathBuf, Option<String>> {
        self.copied += 1;
        let directory = PathBuf::from(format!("/copy{}", self.copied));
        self.db().checkpoint(&directory).map_err(|_| None)?;
        self.promise.kept_all();
        self.copies
            .push((directory.clone(), self.promise.now().clone()));
        self.check_copy(&directory, self.promise.now())?;
        Ok(directory)
    }

    /// Compares a copy with what was there when it was made.
    fn check_copy(&self, directory: &Path, expected: &Map) -> Result<(), Option<String>> {
        let options = self.setup.options(&self.fs, Arc::new(AtOnce));
        let found = Db::open_with(directory, options).and_then(|db| contents(db.cursor()));
        let found = found.map_err(|_| None)?;
        if found != *expected {
            return Err(Some(format!(
                "the copy holds {}, not {}",
                list(&found),
                list(expected)
            )));
        }
        Ok(())
    }

    /// Compares all copies: they were made to last.
    pub(crate) fn check_copies(&self) -> Checked {
        let mut copies = self.copies.iter();
        copies.try_for_each(|(directory, expected)| {
            let checked = self.check_copy(directory, expected);
            checked.map_err(|said| said.unwrap_or_else(|| "a copy does not open".to_owned()))
        })
    }

    /// Ends the database in one way or another and opens it again.
    fn reopen(&mut self, step: &Step) -> Result<(), Option<String>> {
        let db = self.db.take();
        let closed = match (step, db) {
            (Step::Reopen, Some(db)) => db.close(),
            _ => Ok(()),
        };
        closed.map_err(|_| None)?;
        self.snapshots.clear();
        self.cursors.clear();
        match step {
            Step::PowerCut(seed) => {
                self.fs = FaultyFs::new(self.fs.crash(&CrashPlan::Random(*seed)));
            }
            Step::Kill => {
                // The machine kept what it was told, synced or not, and is to sync it now: what
                // was found is there for good.
                let expected = self.promise.now().clone();
                self.open().map_err(Some)?;
                if *self.promise.now() != expected {
                    let found = list(self.promise.now());
                    return Err(Some(format!("it holds {found}, not {}", list(&expected))));
                }
                return Ok(());
            }
            _ => self.promise.kept_all(),
        }
        self.open().map_err(Some)
    }

    /// Ends the database, in good order or not.
    pub(crate) fn end(&mut self, close: bool) -> Checked {
        self.snapshots.clear();
        self.cursors.clear();
        match self.db.take() {
            Some(db) if close => db.close().map_err(|error| error.to_string()),
            _ => Ok(()),
        }
    }

    /// Forgets the database without closing it.
    pub(crate) fn abandon(&mut self) {
        // Without closing nothing fails.
        let _ = self.end(false);
    }
}
