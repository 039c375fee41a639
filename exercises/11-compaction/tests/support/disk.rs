//! A small database of tables on a disk in memory: the parts of an engine that a compaction needs.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ferrisdb_compaction::{Host, Job, Outcome, run};
use ferrisdb_core::{
    Batch, Environment, FileSystem, Found, InternalKey, Operation, OwnedKey, Timestamp,
};
use ferrisdb_manifest::{Edit, TableMeta, Version};
use ferrisdb_sstable::{Cache, Compression, Options, ReadOptions, Table, TableFile, Writer};
use ferrisdb_testkit::{ManualClock, Pairs, Versions, show};

/// What ends a job of these tests.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A table.
    Table(ferrisdb_sstable::Error),
    /// Whoever runs the job.
    Host(&'static str),
}

impl From<ferrisdb_sstable::Error> for Stop {
    fn from(error: ferrisdb_sstable::Error) -> Self {
        Self::Table(error)
    }
}

/// Where the tables are.
pub(crate) fn directory() -> &'static Path {
    Path::new("/db")
}

/// A small database.
pub(crate) struct Disk {
    pub(crate) environment: Environment,
    pub(crate) version: Version,
    pub(crate) cache: Arc<Cache>,
    pub(crate) options: Options,
    pub(crate) next_number: u64,
    /// Everything that was ever written.
    pub(crate) model: Versions,
    pub(crate) last_timestamp: u64,
    /// What `pace` was told in all.
    pub(crate) paced: Cell<u64>,
    /// How often it was told.
    pub(crate) pace_calls: Cell<usize>,
    /// `pace` says no once it was told more than this.
    pub(crate) pace_max: u64,
}

impl Disk {
    pub(crate) fn new(fs: impl FileSystem + 'static) -> Self {
        Self {
            environment: Environment {
                fs: Arc::new(fs),
                clock: Arc::new(ManualClock::new(1_700_000_000_000_000)),
            },
            version: Version::default(),
            cache: Arc::new(Cache::new(1 << 20)),
            // Tables are as large as what they hold, so that a test can make large ones.
            options: Options::default()
                .block_size(200)
                .compression(Compression::None),
            next_number: 1,
            model: Versions::new(),
            last_timestamp: 0,
            paced: Cell::new(0),
            pace_calls: Cell::new(0),
            pace_max: u64::MAX,
        }
    }

    /// Writes a table of level 0: each write is a key with its value, or `None` for a delete, and
    /// has a timestamp of its own.
    pub(crate) fn flush(&mut self, writes: &[(&str, Option<&str>)]) -> u64 {
        self.add(0, writes)
    }

    /// Writes a table of some level, with the next timestamps.
    pub(crate) fn add(&mut self, level: usize, writes: &[(&str, Option<&str>)]) -> u64 {
        let mut versions = Versions::new();
        for &(key, value) in writes {
            self.last_timestamp += 1;
            let mut batch = Batch::new();
            match value {
                Some(value) => batch.put(key, value),
                None => batch.delete(key),
            }
            versions.write(Timestamp(self.last_timestamp), &batch);
            self.model.write(Timestamp(self.last_timestamp), &batch);
        }
        let number = self.next_number;
        self.next_number += 1;
        let table = self.write(number, &versions);
        self.commit(&Edit::new().add(level, table));
        number
    }

    /// Writes a table with these entries.
    fn write(&self, number: u64, versions: &Versions) -> TableMeta {
        let options = self.options.clone();
        let writer = Writer::create(&self.environment, directory(), number, options);
        let mut writer = writer.expect("a table begins");
        for (key, value) in versions.iter() {
            writer.add(key, value).expect("an entry is taken");
        }
        let info = writer.finish().expect("a table is finished");
        let keys = || versions.iter().map(|(key, _)| OwnedKey::from(key));
        TableMeta {
            number,
            size: info.size,
            entries: info.properties.entries,
            deletions: info.properties.deletions,
            smallest: keys().next().expect("a table of a test has entries"),
            largest: keys().next_back().expect("a table of a test has entries"),
            smallest_timestamp: info.properties.smallest_timestamp,
            largest_timestamp: info.properties.largest_timestamp,
        }
    }

    /// Opens a table anew.
    pub(crate) fn open(&self, table: &TableMeta) -> ferrisdb_sstable::Result<Arc<Table>> {
        let cache = Arc::clone(&self.cache);
        let options = ReadOptions::default();
        let table = Table::open(
            &self.environment,
            directory(),
            table.number,
            cache,
            &options,
        );
        table.map(Arc::new)
    }

    /// Does a job, and commits nothing.
    pub(crate) fn run(&mut self, job: &Job, watermark: u64) -> Result<Outcome, Stop> {
        let next_number = Cell::new(self.next_number);
        let mut host = Host {
            environment: &self.environment,
            directory: directory(),
            options: &self.options,
            open: &|table| Ok(self.open(table)?),
            number: &mut || {
                next_number.set(next_number.get() + 1);
                Ok(next_number.get() - 1)
            },
            pace: &|bytes| {
                self.paced.set(self.paced.get() + bytes);
                self.pace_calls.set(self.pace_calls.get() + 1);
                if self.paced.get() > self.pace_max {
                    return Err(Stop::Host("the database is closing"));
                }
                Ok(())
            },
        };
        let shown = format!("{host:?}");
        assert!(
            shown.contains(r#"directory: "/db""#),
            "it says where: {shown}"
        );
        let outcome = run(job, &self.version, Timestamp(watermark), &mut host);
        self.next_number = next_number.get();
        outcome
    }

    /// Goes over to the version that an edit leads to, and removes what it no longer needs.
    pub(crate) fn commit(&mut self, edit: &Edit) {
        match self.version.apply(edit) {
            Ok(version) => self.version = version,
            Err(refusal) => panic!("the edit of the job leads to no version: {refusal}"),
        }
        for &(_, number) in &edit.remove {
            if self.version.find(number).is_none() {
                let path = TableFile::new(directory(), number).path;
                let removed = self.environment.fs.remove(&path);
                removed.expect("an input is still there when the edit is committed");
            }
        }
    }

    /// Does a job and commits it.
    pub(crate) fn compact(&mut self, job: &Job, watermark: u64) -> Outcome {
        let outcome = self.run(job, watermark).expect("nothing goes wrong here");
        self.commit(&outcome.edit);
        outcome
    }

    /// What a reader finds: it asks the newest place first, and stops at the first that knows the
    /// key.
    pub(crate) fn get(
        &self,
        user_key: &[u8],
        as_of: u64,
    ) -> ferrisdb_sstable::Result<Option<Vec<u8>>> {
        for (_, table) in self.version.tables() {
            if !super::covers(table, user_key) {
                continue;
            }
            if let Some(found) = self.open(table)?.get(user_key, Timestamp(as_of))? {
                return Ok(match found {
                    Found::Value(value) => Some(value),
                    Found::Deleted => None,
                });
            }
        }
        Ok(None)
    }

    /// All keys with their values that a reader finds.
    pub(crate) fn contents(&self, as_of: u64) -> ferrisdb_sstable::Result<Pairs> {
        let keys: BTreeSet<Vec<u8>> = self
            .model
            .iter()
            .map(|(key, _)| key.user_key.to_vec())
            .collect();
        let mut pairs = Pairs::new();
        for key in keys {
            if let Some(value) = self.get(&key, as_of)? {
                pairs.push((key, value));
            }
        }
        Ok(pairs)
    }

    /// Fails the test if a reader as of one of these times finds something else than was written.
    pub(crate) fn check(&self, times: impl IntoIterator<Item = u64>, when: &str) {
        for as_of in times {
            let found = self.contents(as_of).expect("all tables can be read");
            let expected = self.model.scan::<&[u8]>(.., Timestamp(as_of));
            assert!(
                found == expected,
                "{when}: a reader as of @{as_of} finds something else than was written\n  \
                 yours:    {}\n  expected: {}\nthe levels are now\n{}",
                pairs(&found),
                pairs(&expected),
                super::levels(&self.version)
            );
        }
    }

    /// Everything that is stored in the tables of a level: `b@7 b@3x c@4`, where `x` is a
    /// tombstone and `|` stands between two tables.
    pub(crate) fn stored(&self, level: usize) -> String {
        let tables = self.version.level(level).iter().map(|table| {
            let entries = self.entries(table);
            entries
                .iter()
                .map(|(key, _)| brief(key.as_key()))
                .collect::<Vec<_>>()
                .join(" ")
        });
        tables.collect::<Vec<_>>().join(" | ")
    }

    /// All entries of a table.
    pub(crate) fn entries(&self, table: &TableMeta) -> Vec<(OwnedKey, Vec<u8>)> {
        let table = self.open(table).expect("the table can be opened");
        let mut cursor = table.cursor();
        let mut entries = Vec::new();
        cursor.seek_to_first().expect("the table can be read");
        while cursor.is_valid() {
            entries.push((cursor.key().into(), cursor.value().to_vec()));
            cursor.next().expect("the table can be read");
        }
        entries
    }

    /// The names of all files in the directory.
    pub(crate) fn files(&self) -> Vec<String> {
        let files = self
            .environment
            .fs
            .list(directory())
            .expect("the directory is there");
        let name = |path: PathBuf| Some(path.file_name()?.to_str()?.to_owned());
        let mut names: Vec<_> = files.into_iter().filter_map(name).collect();
        names.sort();
        names
    }
}

/// A version of a key: `b@7`, and `b@3x` for a tombstone.
pub(crate) fn brief(key: InternalKey<'_>) -> String {
    let mark = if key.operation == Operation::Delete {
        "x"
    } else {
        ""
    };
    format!("{}{}{mark}", key.user_key.escape_ascii(), key.timestamp)
}

/// Keys with their values, in one line.
pub(crate) fn pairs(pairs: &[(Vec<u8>, Vec<u8>)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(key, value)| format!("{} = {}", show(key), show(value)));
    let text = pairs.collect::<Vec<_>>().join(", ");
    if text.is_empty() {
        "nothing".to_owned()
    } else {
        text
    }
}
