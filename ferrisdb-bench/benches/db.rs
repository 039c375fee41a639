//! What the database costs, as its users see it.
//!
//! Keys of 16 bytes, values of 100, 100,000 keys, in an order without pattern. Files are in
//! the page cache; "synced" waits for the disk, so it measures the disk that holds the
//! directory for temporary files more than it measures the engine.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ferrisdb_core::{Random, SeededRandom};
use ferrisdb_storage::{Batch, Db, Options, SyncMode};

const KEYS: u64 = 100_000;
const VALUE: [u8; 100] = [b'v'; 100];

fn key(mut number: u64) -> [u8; 16] {
    let mut key = *b"user/00000000000";
    for digit in key.iter_mut().rev().take(11) {
        *digit = b"0123456789"[usize::try_from(number % 10).expect("a digit")];
        number /= 10;
    }
    key
}

fn open(path: &Path, mode: SyncMode) -> Db {
    Db::open_with(path, Options::new().sync_mode(mode)).expect("a database can be opened")
}

/// A database with all keys.
fn filled(path: &Path) -> Db {
    let db = open(path, SyncMode::None);
    for n in 0..KEYS {
        // A prime that divides no power of ten: each key once, far from the one before.
        let number = n * 7919 % KEYS;
        db.put(key(number), VALUE).expect("writes work");
    }
    db
}

fn writes(c: &mut Criterion) {
    let mut group = c.benchmark_group("db");
    group.throughput(Throughput::Elements(1));
    group.measurement_time(Duration::from_secs(3));
    let modes = [("put", SyncMode::None), ("put, synced", SyncMode::Data)];
    for (name, mode) in modes {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let db = open(directory.path(), mode);
        let mut random = SeededRandom::new(2);
        group.bench_function(name, |b| {
            b.iter(|| db.put(key(random.below(KEYS)), VALUE).expect("writes work"));
        });
    }

    let directory = tempfile::tempdir().expect("a temporary directory");
    let db = open(directory.path(), SyncMode::None);
    let mut random = SeededRandom::new(2);
    let mut batch = Batch::new();
    group.throughput(Throughput::Elements(100));
    group.bench_function("write, batches of 100", |b| {
        b.iter(|| {
            batch.clear();
            for _ in 0..100 {
                batch.put(key(random.below(KEYS)), VALUE);
            }
            db.write(&batch).expect("writes work");
        });
    });
}

fn reads(c: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let db = filled(directory.path());
    let mut random = SeededRandom::new(3);
    let mut group = c.benchmark_group("db");
    group.throughput(Throughput::Elements(1));
    group.bench_function("get", |b| {
        b.iter(|| black_box(db.get(key(random.below(KEYS))).expect("reads work")));
    });
    group.throughput(Throughput::Elements(100));
    group.bench_function("scan, 100 pairs", |b| {
        b.iter(|| {
            let start = random.below(KEYS - 100);
            let pairs = db.scan(key(start)..key(start + 100));
            black_box(pairs.count())
        });
    });
}

fn open_again(c: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    filled(directory.path()).close().expect("closing works");
    let files = std::fs::read_dir(directory.path()).expect("it is there");
    let sizes = files.map(|file| file.and_then(|file| file.metadata()));
    let bytes: u64 = sizes.map(|file| file.expect("it is there").len()).sum();
    let mut group = c.benchmark_group("db");
    group.throughput(Throughput::Bytes(bytes));
    group.sample_size(20);
    group.bench_function("open", |b| {
        b.iter(|| black_box(open(directory.path(), SyncMode::None)));
    });
}

criterion_group!(benches, writes, reads, open_again);
criterion_main!(benches);
