//! What a memtable costs, beside an ordered map behind a lock that keeps versions the same way.
//!
//! Keys of 16 bytes, values of 100, in an order without pattern. The scans go over 200 keys that
//! have 1, 10 or 1,000 versions each, as of the middle of that history: half of the versions are
//! too new, the others but one too old.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use ferrisdb_core::{Batch, Found, Operation, Random, SeededRandom, Timestamp};
use ferrisdb_memtable::Memtable;

const WRITES: u64 = 50_000;
const KEYS: u64 = 200;
const VALUE: [u8; 100] = [b'v'; 100];
const SIZE: usize = 256 << 20;

fn key(mut number: u64) -> [u8; 16] {
    let mut key = *b"user/00000000000";
    for digit in key.iter_mut().rev().take(11) {
        *digit = b"0123456789"[usize::try_from(number % 10).expect("a digit")];
        number /= 10;
    }
    key
}

/// By key, the newest version first; a deleted one has no value.
type Versions = BTreeMap<(Vec<u8>, Reverse<u64>), Option<Vec<u8>>>;

/// The peer: an ordered map of versions behind a lock.
#[derive(Default)]
struct Map(RwLock<Versions>);

impl Map {
    fn write(&self, timestamp: u64, batch: &Batch) {
        let mut map = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for entry in batch.iter() {
            let value = (entry.operation == Operation::Put).then(|| entry.value.to_vec());
            map.insert((entry.key.to_vec(), Reverse(timestamp)), value);
        }
    }

    /// The value's size, for something to look at.
    fn get(&self, key: &[u8], as_of: u64) -> Option<usize> {
        let map = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let from = Bound::Included((key.to_vec(), Reverse(as_of)));
        let ((found, _), value) = map.range((from, Bound::Unbounded)).next()?;
        (found == key).then(|| value.as_ref().map(Vec::len))?
    }
}

/// Batches of some writes each, with keys in an order without pattern.
fn batches(size: u64) -> Vec<Batch> {
    let mut random = SeededRandom::new(5);
    let batch = |_| {
        let mut batch = Batch::new();
        for _ in 0..size {
            batch.put(key(random.below(10 * WRITES)), VALUE);
        }
        batch
    };
    (0..WRITES / size).map(batch).collect()
}

fn writes(c: &mut Criterion) {
    let mut group = c.benchmark_group("memtable, write");
    group.sample_size(10);
    group.measurement_time(Duration::from_secs(2));
    group.throughput(Throughput::Elements(WRITES));
    for size in [1, 100] {
        let batches = batches(size);
        group.bench_function(BenchmarkId::new("memtable, batches of", size), |b| {
            b.iter_batched(
                || Memtable::new(SIZE, 5),
                |table| {
                    for (batch, n) in batches.iter().zip(1..) {
                        table.write(Timestamp(n), batch).expect("there is room");
                    }
                    table
                },
                BatchSize::PerIteration,
            );
        });
        group.bench_function(
            BenchmarkId::new("RwLock<BTreeMap>, batches of", size),
            |b| {
                b.iter_batched(
                    Map::default,
                    |map| {
                        for (batch, n) in batches.iter().zip(1..) {
                            map.write(n, batch);
                        }
                        map
                    },
                    BatchSize::PerIteration,
                );
            },
        );
    }
}

/// 200 keys with some versions each.
fn with_versions(versions: u64, mut write: impl FnMut(u64, &Batch)) {
    let mut batch = Batch::new();
    for n in 1..=versions {
        batch.clear();
        for number in 0..KEYS {
            batch.put(key(number), VALUE);
        }
        write(n, &batch);
    }
}

fn filled(versions: u64) -> Memtable {
    let table = Memtable::new(SIZE, 5);
    with_versions(versions, |n, batch| {
        table.write(Timestamp(n), batch).expect("there is room");
    });
    table
}

fn gets(c: &mut Criterion) {
    let mut group = c.benchmark_group("memtable, get");
    group.throughput(Throughput::Elements(1));
    for versions in [1, 10, 1000_u64] {
        let as_of = versions.div_ceil(2);
        let table = filled(versions);
        let mut random = SeededRandom::new(6);
        group.bench_function(BenchmarkId::new("memtable, versions", versions), |b| {
            b.iter(|| {
                let found = table.get(&key(random.below(KEYS)), Timestamp(as_of));
                black_box(found.and_then(Found::value))
            });
        });
        let map = Map::default();
        with_versions(versions, |n, batch| map.write(n, batch));
        let mut random = SeededRandom::new(6);
        let name = BenchmarkId::new("RwLock<BTreeMap>, versions", versions);
        group.bench_function(name, |b| {
            b.iter(|| black_box(map.get(&key(random.below(KEYS)), as_of)));
        });
    }
}

/// Walks over every version and shows what a reader sees: what a scan should not do.
fn walk(table: &Memtable, as_of: u64) -> usize {
    let mut cursor = table.versions();
    cursor.seek_to_first();
    let mut last: Option<&[u8]> = None;
    let mut shown = 0;
    while let Some(entry) = cursor.current() {
        if entry.key.timestamp.0 <= as_of && last != Some(entry.key.user_key) {
            last = Some(entry.key.user_key);
            shown += usize::from(entry.key.operation == Operation::Put);
        }
        cursor.next();
    }
    shown
}

fn scans(c: &mut Criterion) {
    let mut group = c.benchmark_group("memtable, scan of 200 keys");
    group.throughput(Throughput::Elements(KEYS));
    for versions in [1, 10, 1000_u64] {
        let table = filled(versions);
        scan_as_of(&mut group, &table, versions);
    }
}

fn scan_as_of(group: &mut BenchmarkGroup<'_, WallTime>, table: &Memtable, versions: u64) {
    let as_of = Timestamp(versions.div_ceil(2));
    let scan = || table.scan::<&[u8]>(.., as_of);
    group.bench_function(BenchmarkId::new("forwards, versions", versions), |b| {
        b.iter(|| black_box(scan().count()));
    });
    group.bench_function(BenchmarkId::new("backwards, versions", versions), |b| {
        b.iter(|| black_box(scan().rev().count()));
    });
    group.bench_function(BenchmarkId::new("walk over all, versions", versions), |b| {
        b.iter(|| black_box(walk(table, as_of.0)));
    });
}

criterion_group!(benches, writes, gets, scans);
criterion_main!(benches);
