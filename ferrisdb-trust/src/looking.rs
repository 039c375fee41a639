//! Looking at a database: what it shows is compared with what it has to show.

use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferrisdb_storage::sstable::TableFile;
use ferrisdb_storage::{Db, Error};
use ferrisdb_testkit::{AtOnce, show};

use crate::contents::{Map, contents, list};
use crate::held::Held;
use crate::history::Step;
use crate::subject::Subject;

/// What came of reading a database.
pub(crate) enum Read {
    /// This is in it; and whether a torn end was reported.
    Contents(Map, bool),
    /// An error.
    Refused(Error),
}

impl Subject {
    /// A step with a snapshot or cursor that outlives it.
    pub(crate) fn keep(&mut self, step: &Step) -> Result<(), Option<String>> {
        match step {
            Step::TakeSnapshot if self.snapshots.len() < 5 => {
                let snapshot = self.db().snapshot();
                self.snapshots.push((snapshot, self.promise.now().clone()));
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
    pub(crate) fn check_files(&self) -> Result<(), Option<String>> {
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
        let mut at = self.promise.now().range(to.to_vec()..);
        let version = self.db().version();
        let tables = version.tables();
        let file = |number| TableFile::new(&self.directory, number).path;
        Ok(Held {
            cursor,
            at: at.next().map(|(key, _)| key.clone()),
            map: self.promise.now().clone(),
            files: tables.map(|(_, table)| file(table.number)).collect(),
        })
    }

    pub(crate) fn get(&self, key: &[u8]) -> Result<(), Option<String>> {
        let found = self.db().get(key).map_err(|_| None)?;
        let expected = self.promise.now().get(key);
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

    pub(crate) fn scan(
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
            let range = self.promise.now().range::<Vec<u8>, _>((start, end));
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
    pub(crate) fn walk(&self, to: &[u8], moves: &[bool]) -> Result<(), Option<String>> {
        self.hold(to)?.walk(moves)
    }

    /// Opens the database and reads all of it, whatever that is.
    pub(crate) fn read(&self) -> Read {
        let options = self.setup.options(&self.fs, Arc::new(AtOnce));
        let read = Db::open_with(&self.directory, options).and_then(|db| {
            let recovery = db.recovery();
            let is_reported = recovery.torn_tail.is_some() || recovery.torn_manifest.is_some();
            Ok(Read::Contents(contents(db.cursor())?, is_reported))
        });
        read.unwrap_or_else(Read::Refused)
    }

    /// Compares everything, on a database that may have stopped writing.
    pub(crate) fn check_reads(&self) -> Result<(), Option<String>> {
        let found = contents(self.db().cursor()).map_err(|_| None)?;
        self.promise.may_show(&found).map_err(Some)
    }
}
