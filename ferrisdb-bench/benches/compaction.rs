//! What a compaction costs: choosing a job in a large database, and doing one.
//!
//! Keys of 16 bytes, values of 100, four tables of 25,000 entries that overlap everywhere. A merge is
//! compared with copying the same tables one by one, which merges nothing and drops nothing.

use std::cell::Cell;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ferrisdb_compaction::{Host, Job, Levelled, Running, SizeTiered, Strategy, pick, run};
use ferrisdb_core::{Environment, InternalKey, Operation, OwnedKey, Timestamp};
use ferrisdb_manifest::{Edit, TableMeta, Version};
use ferrisdb_sstable::{Cache, Error, Options, ReadOptions, Table, TableFile, Writer};

const TABLES: u64 = 4;
const ENTRIES: u64 = 25_000;
const VALUE: [u8; 100] = [b'v'; 100];

fn user_key(number: u64) -> Vec<u8> {
    format!("user/{number:011}").into_bytes()
}

fn key(user_key: &[u8], timestamp: u64, operation: Operation) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: Timestamp(timestamp),
        operation,
    }
}

/// A table on paper, from one key to another.
fn on_paper(number: u64, first: u64, last: u64, size: u64) -> TableMeta {
    let bound = |n| OwnedKey::from(key(&user_key(n), number, Operation::Put));
    TableMeta {
        number,
        size,
        entries: 2,
        deletions: 0,
        smallest: bound(first),
        largest: bound(last),
        smallest_timestamp: Timestamp(number),
        largest_timestamp: Timestamp(number),
    }
}

/// Levels 4, 5 and 6 with 50, 500 and 5,000 tables of 64 MiB, and `upper` tables in level 0.
fn large(upper: u64) -> Version {
    let mut edit = Edit::new();
    let mut number = 0;
    for (level, tables, width) in [(4, 50, 1_000), (5, 500, 100), (6, 5_000, 10)] {
        for n in 0..tables {
            number += 1;
            let first = n * width;
            edit = edit.add(level, on_paper(number, first, first + width - 1, 64 << 20));
        }
    }
    for _ in 0..upper {
        number += 1;
        edit = edit.add(0, on_paper(number, 0, 49_999, 64 << 20));
    }
    Version::default()
        .apply(&edit)
        .expect("the tables make a version")
}

fn choosing(c: &mut Criterion) {
    let mut group = c.benchmark_group("compaction, choose among 5,550 tables");
    group.measurement_time(Duration::from_secs(2));
    let running = Running::new();
    // With these targets level 5 holds nine tenths of what it may, or twice as much.
    let levels = Levelled::default().base_size(4 << 30);
    let calm = Strategy::Levelled(levels.clone().factor(9));
    let full = Strategy::Levelled(levels.factor(20));
    let tiered = Strategy::SizeTiered(SizeTiered::default());
    let (quiet, busy) = (large(2), large(8));
    for (name, version, strategy, from) in [
        ("levelled, nothing to do", &quiet, &calm, None),
        ("levelled, level 0 is full", &busy, &calm, Some(0)),
        ("levelled, level 5 is full", &quiet, &full, Some(5)),
        ("size-tiered", &busy, &tiered, Some(0)),
    ] {
        let job = pick(version, strategy, &running);
        assert_eq!(job.map(|job| job.inputs[0].level), from, "{name}");
        group.bench_function(name, |b| {
            b.iter(|| black_box(pick(black_box(version), strategy, &running)));
        });
    }
    group.finish();
}

/// Tables in a directory.
struct Database {
    environment: Environment,
    directory: tempfile::TempDir,
    version: Version,
    next_number: Cell<u64>,
}

impl Database {
    fn new() -> Self {
        Self {
            environment: Environment::system(),
            directory: tempfile::tempdir().expect("a directory"),
            version: Version::default(),
            next_number: Cell::new(1),
        }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn number(&self) -> u64 {
        let number = self.next_number.get();
        self.next_number.set(number + 1);
        number
    }

    /// A writer for the next table, and its number.
    fn writer(&self) -> (Writer, u64) {
        let number = self.number();
        let options = Options::default();
        let writer = Writer::create(&self.environment, self.path(), number, options);
        (writer.expect("a table begins"), number)
    }

    /// Adds a table to level 0: every key that `n * step + first` gives.
    fn flush(&mut self, first: u64, step: u64, operation: Operation) {
        let (mut writer, number) = self.writer();
        for n in 0..ENTRIES {
            let user_key = user_key(n * step + first);
            let value = match operation {
                Operation::Put => &VALUE[..],
                Operation::Delete => &[],
            };
            let entry = key(&user_key, number, operation);
            writer.add(entry, value).expect("an entry is taken");
        }
        let info = writer.finish().expect("a table is finished");
        let meta = TableMeta {
            entries: ENTRIES,
            ..on_paper(number, first, (ENTRIES - 1) * step + first, info.size)
        };
        let edit = Edit::new().add(0, meta);
        self.version = self.version.apply(&edit).expect("the table is new");
    }

    fn open(&self, number: u64) -> Result<Arc<Table>, Error> {
        let cache = Arc::new(Cache::new(1 << 20));
        let options = ReadOptions::default();
        Table::open(&self.environment, self.path(), number, cache, &options).map(Arc::new)
    }

    /// The job that merges all of level 0.
    fn job(&self) -> Job {
        let strategy = Strategy::default();
        let job = pick(&self.version, &strategy, &Running::new());
        job.expect("level 0 is full")
    }

    /// Does the job, and removes what it wrote.
    fn merge(&self, job: &Job) -> u64 {
        let options = Options::default();
        let mut host = Host {
            environment: &self.environment,
            directory: self.path(),
            options: &options,
            open: &|meta| self.open(meta.number),
            number: &mut || Ok(self.number()),
            pace: &|_| Ok(()),
        };
        let watermark = Timestamp(u64::from(u32::MAX));
        let outcome = run::<Error>(job, &self.version, watermark, &mut host);
        let outcome = outcome.expect("the job is done");
        for table in &outcome.tables {
            self.remove(table.number);
        }
        outcome.retained.kept
    }

    /// Writes each of the tables anew, for comparison.
    fn copy(&self, job: &Job) {
        for number in job.numbers() {
            let table = self.open(number).expect("it is there");
            let mut cursor = table.cursor().fill_cache(false).readahead(1 << 20);
            let (mut writer, copy) = self.writer();
            cursor.seek_to_first().expect("it can be read");
            while cursor.is_valid() {
                let added = writer.add(cursor.key(), cursor.value());
                added.expect("an entry is taken");
                cursor.next().expect("it can be read");
            }
            writer.finish().expect("a table is finished");
            self.remove(copy);
        }
    }

    fn remove(&self, number: u64) {
        let path = TableFile::new(self.path(), number).path;
        self.environment.fs.remove(&path).expect("it is there");
    }
}

fn doing(c: &mut Criterion) {
    let mut group = c.benchmark_group("compaction, four tables of 25,000 entries");
    group.sample_size(10);
    group.measurement_time(Duration::from_secs(3));
    group.throughput(Throughput::Elements(TABLES * ENTRIES));
    // The tables hold every fourth key each; or all the same keys; or that, and deletes on top.
    let [mut apart, mut same, mut deleted] = [Database::new(), Database::new(), Database::new()];
    for n in 0..TABLES {
        apart.flush(n, TABLES, Operation::Put);
        same.flush(0, 1, Operation::Put);
        let last = n + 1 == TABLES;
        deleted.flush(
            0,
            1,
            if last {
                Operation::Delete
            } else {
                Operation::Put
            },
        );
    }
    let job = apart.job();
    group.bench_function("copied one by one", |b| b.iter(|| apart.copy(&job)));
    for (name, database) in [
        ("merged, all keys differ", &apart),
        ("merged, three of four are shadowed", &same),
        ("merged, everything is deleted", &deleted),
    ] {
        let job = database.job();
        group.bench_function(name, |b| b.iter(|| black_box(database.merge(&job))));
    }
    group.finish();
}

criterion_group!(benches, choosing, doing);
criterion_main!(benches);
