//! Step 3: the whole database.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::step_1::Newest;
use crate::{Changes, read, replace, step_2};

/// A database in a directory.
#[derive(Debug)]
pub struct Toy {
    directory: PathBuf,
    /// So many keys make a full map, and a full map becomes a table.
    full: usize,
    pub(crate) newest: Newest,
    /// The numbers of the tables that count, oldest first.
    tables: Vec<u64>,
}

/// One of the three things that a flush has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Write the map into a table.
    Table,
    /// Empty the log, and with it the map.
    Log,
    /// Name the new table in the manifest.
    Manifest,
}

impl Toy {
    /// Reads the manifest and the log. The tables are only looked at when somebody asks.
    pub fn open(directory: &Path, full: usize) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let manifest = read(&directory.join("manifest"))?;
        let tables = manifest
            .lines()
            .map(|number| number.parse().map_err(|_| ErrorKind::InvalidData.into()))
            .collect::<io::Result<_>>()?;
        Ok(Self {
            directory: directory.to_path_buf(),
            full,
            newest: Newest::open(&directory.join("log"))?,
            tables,
        })
    }

    /// Puts a value under a key, or deletes the key.
    pub fn write(&mut self, key: &str, value: Option<&str>) -> io::Result<()> {
        self.newest.write(key, value)?;
        if self.newest.map.len() >= self.full {
            self.flush()?;
        }
        Ok(())
    }

    /// Asks the map, then the tables from the newest to the oldest. Who knows the key has the answer.
    pub fn get(&self, key: &str) -> io::Result<Option<String>> {
        if let Some(known) = self.newest.map.get(key) {
            return Ok(known.clone());
        }
        for &number in self.tables.iter().rev() {
            if let Some(known) = step_2::get(&self.table(number), key)? {
                return Ok(known);
            }
        }
        Ok(None)
    }

    /// All keys with their values: everything into one map, the oldest first, so that the newest wins.
    pub fn scan(&self) -> io::Result<BTreeMap<String, String>> {
        let mut all = Changes::new();
        for &number in &self.tables {
            all.extend(step_2::read(&self.table(number))?);
        }
        all.extend(self.newest.map.clone());
        let there = |(key, value): (String, Option<String>)| Some((key, value?));
        Ok(all.into_iter().filter_map(there).collect())
    }

    /// Moves the map into a table.
    pub fn flush(&mut self) -> io::Result<()> {
        let number = self.tables.last().map_or(1, |last| last + 1);
        let changes = self.newest.map.clone();
        for task in [Task::Table, Task::Log, Task::Manifest] {
            self.do_task(task, number, &changes)?;
        }
        Ok(())
    }

    /// Does one part of a flush.
    pub fn do_task(&mut self, task: Task, number: u64, changes: &Changes) -> io::Result<()> {
        match task {
            Task::Table => step_2::write(&self.table(number), changes),
            Task::Log => self.newest.clear(),
            Task::Manifest => {
                self.tables.push(number);
                let lines = self.tables.iter().map(|number| format!("{number}\n"));
                replace(&self.directory.join("manifest"), &lines.collect::<String>())
            }
        }
    }

    /// What is where, in a line.
    pub fn state(&self) -> String {
        let keys: Vec<&str> = self.newest.map.keys().map(String::as_str).collect();
        format!("log and map: {keys:?}, tables: {:?}", self.tables)
    }

    fn table(&self, number: u64) -> PathBuf {
        step_2::path(&self.directory, number)
    }
}
