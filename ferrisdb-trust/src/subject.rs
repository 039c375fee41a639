//! A database on a disk in memory, and a plain map that says what it should answer.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferrisdb_core::{Background, InternalKey, Operation, Timestamp};
use ferrisdb_storage::sstable::{self, TableFile};
use ferrisdb_storage::{Cursor, Db, Snapshot, SyncMode};
use ferrisdb_testkit::{AtOnce, CrashPlan, FaultyFs, Steps, show};

use crate::held::Held;
use crate::history::{Change, Step};
use crate::setup::Setup;

/// Why a check failed, in words.
pub(crate) type Checked<T = ()> = Result<T, String>;

/// Keys and their values.
pub(crate) type Map = BTreeMap<Vec<u8>, Vec<u8>>;

/// Where the database is on its disk, at first.
const DIRECTORY: &str = "/db";

/// A database, what should be in it, and what of that it has promised to keep.
pub(crate) struct Subject {
    setup: Setup,
    pub(crate) fs: FaultyFs,
    steps: Arc<Steps>,
    /// `None` only while it is opened.
    db: Option<Db>,
    /// What is durable for certain.
    kept: Map,
    /// What was written after that, oldest first.
    pending: Vec<Vec<Change>>,
    /// All of it.
    now: Map,
    snapshots: Vec<(Snapshot, Map)>,
    cursors: Vec<Held>,
    /// Where it is.
    directory: PathBuf,
    /// What copies there are, and what is in them.
    copies: Vec<(PathBuf, Map)>,
    copied: u64,
    ingested: u64,
}

/// What came of reading a database.
pub(crate) enum Read {
    /// This is in it; and whether a torn end was reported.
    Contents(Map, bool),
    /// An error.
    Refused(String),
}

impl Subject {
    /// A new database.
    pub(crate) fn new(setup: Setup, fs: FaultyFs) -> Self {
        Self {
            setup,
            fs,
            steps: Arc::new(Steps::new()),
            db: None,
            kept: Map::new(),
            pending: Vec::new(),
            now: Map::new(),
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
            kept: self.kept.clone(),
            pending: self.pending.clone(),
            now: self.now.clone(),
            directory: self.directory.clone(),
            copies: self.copies.clone(),
            ..Self::new(self.setup.clone(), fs)
        }
    }

    fn db(&self) -> &Db {
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
        self.rewind(&found)
    }

    /// Takes for granted what was found, if it may be there.
    fn rewind(&mut self, found: &Map) -> Checked {
        let mut state = self.kept.clone();
        // The newest state of several equal ones.
        let mut at = (state == *found).then_some(0);
        for (index, changes) in self.pending.iter().enumerate() {
            apply(&mut state, changes);
            if state == *found {
                at = Some(index + 1);
            }
        }
        if at.is_none() {
            return Err(format!(
                "it holds {}, which is no state that it may have: promised was {}, and all that \
                 was written is {}",
                list(found),
                list(&self.kept),
                list(&self.now)
            ));
        }
        self.kept = found.clone();
        self.now = found.clone();
        self.pending.clear();
        Ok(())
    }

    /// Everything so far is on the disk.
    fn promised(&mut self) {
        self.kept = self.now.clone();
        self.pending.clear();
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
                self.promised();
            }
            Step::Flush => {
                self.db().flush().map_err(|_| None)?;
                self.promised();
            }
            Step::CompactAll => {
                self.db().compact_all().map_err(|_| None)?;
                self.promised();
            }
            Step::CompactRange(from, to) => {
                self.db()
                    .compact_range::<Vec<u8>>(from..to)
                    .map_err(|_| None)?;
                self.promised();
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

    /// A step with a snapshot or cursor that outlives it.
    fn keep(&mut self, step: &Step) -> Result<(), Option<String>> {
        match step {
            Step::TakeSnapshot if self.snapshots.len() < 5 => {
                let snapshot = self.db().snapshot();
                self.snapshots.push((snapshot, self.now.clone()));
            }
            Step::ReadSnapshot => {
                for (snapshot, expected) in &self.snapshots {
                    let found = contents(snapshot.cursor()).map_err(|_| None)?;
                    if found != *expected {
                        return Err(Some(format!(
                            "a snapshot shows {}, not {}",
                            list(&found),
                            list(expected)
                        )));
                    }
                }
            }
            Step::DropSnapshot => drop(self.snapshots.pop()),
            Step::TakeCursor(to) if self.cursors.len() < 3 => {
                let held = self.hold(to)?;
                self.cursors.push(held);
            }
            Step::MoveCursor(moves) => {
                if let Some(held) = self.cursors.first_mut() {
                    held.walk(moves)?;
                }
                // Each in turn.
                let count = self.cursors.len().max(1);
                self.cursors.rotate_left(1 % count);
            }
            Step::DropCursor => drop(self.cursors.pop()),
            _ => {}
        }
        Ok(())
    }

    /// No file goes that a cursor may still read, although it could go on with an open file.
    fn check_files(&self) -> Result<(), Option<String>> {
        if self.cursors.is_empty() {
            return Ok(());
        }
        let there = self.fs.disk().files();
        let mut needed = self.cursors.iter().flat_map(|held| &held.files);
        let is_there = |file: &PathBuf| there.iter().any(|path| Path::new("/").join(path) == *file);
        match needed.find(|file| !is_there(file)) {
            None => Ok(()),
            Some(file) => Err(Some(format!(
                "{} is gone, and a cursor needs it",
                file.display()
            ))),
        }
    }

    /// A cursor at the first key that is not before this one.
    fn hold(&self, to: &[u8]) -> Result<Held, Option<String>> {
        let mut cursor = self.db().cursor();
        cursor.seek(to).map_err(|_| None)?;
        let mut at = self.now.range(to.to_vec()..);
        let version = self.db().version();
        let tables = version.tables();
        let file = |number| TableFile::new(&self.directory, number).path;
        Ok(Held {
            cursor,
            at: at.next().map(|(key, _)| key.clone()),
            map: self.now.clone(),
            files: tables.map(|(_, table)| file(table.number)).collect(),
        })
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
        self.pending.push(changes.to_vec());
        apply(&mut self.now, changes);
        let table = TableFile::new(elsewhere, self.ingested).path;
        self.db().ingest([table]).map_err(|_| None)?;
        self.promised();
        Ok(())
    }

    fn write(&mut self, changes: &[Change]) -> Result<(), Option<String>> {
        self.pending.push(changes.to_vec());
        apply(&mut self.now, changes);
        self.db().write(&Step::batch(changes)).map_err(|_| None)?;
        if self.setup.sync_mode != SyncMode::None && !changes.is_empty() {
            self.promised();
        }
        Ok(())
    }

    fn get(&self, key: &[u8]) -> Result<(), Option<String>> {
        let found = self.db().get(key).map_err(|_| None)?;
        let expected = self.now.get(key);
        if found.as_ref() != expected {
            let shown =
                |value: Option<&Vec<u8>>| value.map_or("nothing".into(), |value| show(value));
            let (found, expected) = (shown(found.as_ref()), shown(expected));
            return Err(Some(format!("gets {found}, not {expected}")));
        }
        let pinned = self.db().get_pinned(key).map_err(|_| None)?;
        if pinned.as_deref() != found.as_deref() {
            return Err(Some("gets another value pinned than copied".to_owned()));
        }
        Ok(())
    }

    fn scan(
        &self,
        from: Option<&Vec<u8>>,
        to: Option<&Vec<u8>>,
        reverse: bool,
    ) -> Result<(), Option<String>> {
        let start = from.map_or(Bound::Unbounded, Bound::Included);
        let end = to.map_or(Bound::Unbounded, Bound::Excluded);
        let is_empty = from.zip(to).is_some_and(|(from, to)| from >= to);
        let mut expected: Vec<_> = if is_empty {
            Vec::new()
        } else {
            let range = self.now.range::<Vec<u8>, _>((start, end));
            range
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        };
        let scan = self.db().scan::<Vec<u8>>((start, end));
        let found: Result<Vec<_>, _> = if reverse {
            expected.reverse();
            scan.rev().collect()
        } else {
            scan.collect()
        };
        let found = found.map_err(|_| None)?;
        if found != expected {
            let list = |pairs: Vec<(Vec<u8>, Vec<u8>)>| list(&pairs.into_iter().collect());
            return Err(Some(format!(
                "scans {}, not {}",
                list(found),
                list(expected)
            )));
        }
        Ok(())
    }

    /// A cursor that turns around, beside a place in the map.
    fn walk(&self, to: &[u8], moves: &[bool]) -> Result<(), Option<String>> {
        self.hold(to)?.walk(moves)
    }

    /// Makes a copy, and compares what is in it; returns where it is.
    fn checkpoint(&mut self) -> Result<PathBuf, Option<String>> {
        self.copied += 1;
        let directory = PathBuf::from(format!("/copy{}", self.copied));
        self.db().checkpoint(&directory).map_err(|_| None)?;
        self.promised();
        self.copies.push((directory.clone(), self.now.clone()));
        self.check_copy(&directory, &self.now)?;
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
                let expected = self.now.clone();
                self.open().map_err(Some)?;
                if self.now != expected {
                    let found = list(&self.now);
                    return Err(Some(format!("it holds {found}, not {}", list(&expected))));
                }
                return Ok(());
            }
            _ => self.promised(),
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

    /// Opens the database and reads all of it, whatever that is.
    pub(crate) fn read(&self) -> Read {
        let options = self.setup.options(&self.fs, Arc::new(AtOnce));
        let read = Db::open_with(&self.directory, options).and_then(|db| {
            let recovery = db.recovery();
            let is_reported = recovery.torn_tail.is_some() || recovery.torn_manifest.is_some();
            Ok(Read::Contents(contents(db.cursor())?, is_reported))
        });
        read.unwrap_or_else(|error| Read::Refused(error.to_string()))
    }

    /// Forgets the database without closing it.
    pub(crate) fn abandon(&mut self) {
        // Without closing nothing fails.
        let _ = self.end(false);
    }

    /// Whether everything that can be read is right, on a database that may have stopped writing.
    ///
    /// The last write may have failed, and is then not visible.
    pub(crate) fn check_reads(&mut self) -> Checked<bool> {
        let Some(db) = &self.db else { return Ok(false) };
        let Ok(found) = contents(db.cursor()) else {
            return Ok(false);
        };
        if found == self.now {
            return Ok(true);
        }
        let mut before = self.kept.clone();
        for changes in self.pending.iter().rev().skip(1).rev() {
            apply(&mut before, changes);
        }
        if found == before {
            return Ok(true);
        }
        Err(format!(
            "it shows {}, not {} or {}",
            list(&found),
            list(&self.now),
            list(&before)
        ))
    }
}

/// Everything that a cursor shows, in both directions.
fn contents(mut cursor: Cursor) -> ferrisdb_storage::Result<Map> {
    let mut map = Map::new();
    cursor.seek_to_first()?;
    let mut forwards = Vec::new();
    while cursor.is_valid() {
        forwards.push(cursor.key().to_vec());
        map.insert(cursor.key().to_vec(), cursor.value().to_vec());
        cursor.next()?;
    }
    cursor.seek_to_last()?;
    while cursor.is_valid() {
        assert_eq!(
            forwards.pop().as_deref(),
            Some(cursor.key()),
            "back as it went"
        );
        cursor.prev()?;
    }
    assert!(forwards.is_empty(), "back as it went: {forwards:?}");
    Ok(map)
}

/// Does what a batch does.
pub(crate) fn apply(map: &mut Map, changes: &[Change]) {
    for (key, value) in changes {
        match value {
            Some(value) => map.insert(key.clone(), value.clone()),
            None => map.remove(key),
        };
    }
}

/// Contents as a person reads them.
fn list(map: &Map) -> String {
    if map.is_empty() {
        return "nothing".to_owned();
    }
    let pairs = map
        .iter()
        .map(|(key, value)| format!("{} = {}", show(key), show(value)));
    pairs.collect::<Vec<_>>().join(", ")
}
