//! What the engine costs: commits by one and by eight threads, lookups by the part in which the key
//! lies, snapshots, and opening.
//!
//! Keys of 16 bytes, values of 100. The beginning of each group's name says what is compared.
//! Beside the commits stands the plain way: a lock around a log, and a sync for each.

use std::hint::black_box;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ferrisdb_core::{Batch, Environment, Timestamp};
use ferrisdb_engine::{Engine, Options};
use ferrisdb_wal::{self as wal, SyncMode, Writer};

const VALUE: [u8; 100] = [b'v'; 100];
const COMMITS: u64 = 200;
const KEYS: u64 = 50_000;

fn key(number: u64) -> String {
    format!("user/{number:011}")
}

fn batch(number: u64) -> Batch {
    let mut batch = Batch::new();
    batch.put(key(number), VALUE);
    batch
}

fn open(directory: &Path) -> Engine {
    let environment = Environment::system();
    let opened = Engine::open(&environment, directory, Options::default());
    opened.expect("the directory is ours").0
}

/// Lets so many threads share the commits; the number of each is handed to `commit`.
fn share(threads: u64, commit: impl Fn(u64) + Sync) {
    thread::scope(|scope| {
        for thread in 0..threads {
            let commit = &commit;
            scope.spawn(move || {
                for n in 0..COMMITS / threads {
                    commit(thread * COMMITS + n);
                }
            });
        }
    });
}

fn commits(c: &mut Criterion) {
    for (name, mode) in [("synced", SyncMode::Data), ("not synced", SyncMode::None)] {
        let mut group = c.benchmark_group(format!("engine, commits {name}"));
        group.sample_size(10);
        group.measurement_time(Duration::from_secs(3));
        group.throughput(Throughput::Elements(COMMITS));
        for threads in [1, 8] {
            let directory = tempfile::tempdir().expect("a directory");
            let engine = open(directory.path());
            group.bench_function(BenchmarkId::new("groups, threads", threads), |b| {
                b.iter(|| {
                    share(threads, |n| {
                        engine.commit(&batch(n), mode).expect("it commits");
                    });
                });
            });
            let directory = tempfile::tempdir().expect("a directory");
            let environment = Environment::system();
            let options = wal::Options::default();
            let log = Writer::open(&environment, directory.path(), options, &mut |_, _| ());
            let log = Mutex::new((log.expect("the directory is ours").0, Timestamp::ZERO));
            group.bench_function(BenchmarkId::new("one by one, threads", threads), |b| {
                b.iter(|| {
                    share(threads, |n| {
                        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                        log.1 = log.1.next();
                        let timestamp = log.1;
                        log.0.append(timestamp, &batch(n)).expect("it appends");
                        log.0.sync(mode).expect("it syncs");
                    });
                });
            });
        }
        group.finish();
    }
}

fn reads(c: &mut Criterion) {
    let mut group = c.benchmark_group("engine, read");
    group.sample_size(20);
    group.measurement_time(Duration::from_secs(2));
    let directory = tempfile::tempdir().expect("a directory");
    let engine = open(directory.path());
    for n in 0..KEYS {
        let written = engine.commit(&batch(2 * n), SyncMode::None);
        written.expect("it commits");
    }
    let mut n = 0;
    let mut next = move |step: u64| {
        n = (n + 7919) % KEYS;
        key(2 * n + step)
    };
    let get = |key: &String| engine.get(black_box(key), None).expect("it reads");
    group.bench_function("get from the memtable", |b| {
        b.iter_batched(
            || next(0),
            |key| get(&key),
            criterion::BatchSize::SmallInput,
        );
    });
    engine.freeze().expect("it freezes");
    while engine.flush_step().expect("it flushes") {}
    group.bench_function("get from a table, cached", |b| {
        b.iter_batched(
            || next(0),
            |key| get(&key),
            criterion::BatchSize::SmallInput,
        );
    });
    group.bench_function("get what is not there", |b| {
        b.iter_batched(
            || next(1),
            |key| get(&key),
            criterion::BatchSize::SmallInput,
        );
    });
    group.bench_function("take a snapshot and drop it", |b| {
        b.iter(|| engine.snapshot());
    });
    group.finish();

    let mut group = c.benchmark_group("engine, open");
    group.sample_size(10);
    engine.close().expect("it closes");
    group.bench_function("everything in a table", |b| {
        b.iter(|| open(directory.path()));
    });
    let directory = tempfile::tempdir().expect("a directory");
    let engine = open(directory.path());
    for n in 0..KEYS {
        let written = engine.commit(&batch(2 * n), SyncMode::None);
        written.expect("it commits");
    }
    engine.close().expect("it closes");
    group.bench_function("everything in the log", |b| {
        b.iter(|| open(directory.path()));
    });
    group.finish();
}

criterion_group!(benches, commits, reads);
criterion_main!(benches);
