//! How fast the log is: appends against a bare loop of writes, replay of a cached log, and what a
//! synced append costs in a growing file, in one that was laid out in advance, and in one that was
//! written before.
//!
//! `TMPDIR` says on which disk. The records have 16-byte keys and 100-byte values.

use std::fs::{File, OpenOptions};
use std::hint::black_box;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use ferrisdb_core::{Batch, Environment, Timestamp};
use ferrisdb_wal::{Options, Position, SyncMode, Writer, replay};
use tempfile::TempDir;

/// How many records a measured run appends.
const RECORDS: u64 = 20_000;

/// A batch of so many records, beginning with record `first`.
fn batch(first: u64, records: u64) -> Batch {
    let mut batch = Batch::new();
    for n in first..first + records {
        batch.put(format!("key{n:013}"), [b'v'; 100]);
    }
    batch
}

fn new_log(directory: &Path) -> Writer {
    let environment = Environment::system();
    let opened = Writer::open(&environment, directory, Options::default(), &mut |_, _| ());
    opened.expect("a new log can be opened").0
}

/// The bytes that the log writes for a batch, frame included.
fn framed(batch: &Batch) -> Vec<u8> {
    let directory = TempDir::new().expect("a temporary directory");
    let mut writer = new_log(directory.path());
    writer
        .append(Timestamp(1), batch)
        .expect("the disk is fine");
    let bytes = std::fs::read(directory.path().join("0000000001.wal")).expect("it exists");
    bytes[64..].to_vec()
}

fn append(criterion: &mut Criterion) {
    for size in [1, 10, 100] {
        let batch = batch(0, size);
        let bytes = framed(&batch);
        let mut group = criterion.benchmark_group(format!("append/{size}-record-batches"));
        group.throughput(Throughput::Bytes(bytes.len() as u64 * (RECORDS / size)));
        group.bench_function("bare writes", |bencher| {
            bencher.iter_batched_ref(
                || {
                    let directory = TempDir::new().expect("a temporary directory");
                    let file = File::create(directory.path().join("file")).expect("a new file");
                    (directory, file)
                },
                |(_, file)| {
                    for _ in 0..RECORDS / size {
                        file.write_all(&bytes).expect("the disk is fine");
                    }
                },
                BatchSize::PerIteration,
            );
        });
        group.bench_function("log", |bencher| {
            bencher.iter_batched_ref(
                || {
                    let directory = TempDir::new().expect("a temporary directory");
                    let writer = new_log(directory.path());
                    (directory, writer)
                },
                |(_, writer)| {
                    for n in 1..=RECORDS / size {
                        let appended = writer.append(Timestamp(n), &batch);
                        appended.expect("the disk is fine");
                    }
                },
                BatchSize::PerIteration,
            );
        });
        group.finish();
    }
}

fn replaying(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("replay");
    for size in [1, 10, 100] {
        let directory = TempDir::new().expect("a temporary directory");
        let mut writer = new_log(directory.path());
        let mut n = 0;
        while writer.end() < Position(128 << 20) {
            let appended = writer.append(Timestamp(n + 1), &batch(n * size, size));
            appended.expect("the disk is fine");
            n += 1;
        }
        let bytes = writer.end().0;
        writer.close().expect("the disk is fine");
        let fs = Environment::system().fs;
        group.throughput(Throughput::Bytes(bytes)).sample_size(20);
        group.bench_function(format!("{size}-record batches"), |bencher| {
            bencher.iter(|| {
                let mut entries = 0;
                let recovery = replay(&*fs, directory.path(), Position(0), &mut |_, batch| {
                    entries += black_box(batch).len() as u64;
                });
                assert_eq!(recovery.expect("the log is whole").batches, n);
                assert_eq!(entries, n * size);
            });
        });
    }
    group.finish();
}

fn synced(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("synced append");
    let batch = batch(0, 1);
    let bytes = framed(&batch);
    group.throughput(Throughput::Elements(1)).sample_size(50);
    let directory = TempDir::new().expect("a temporary directory");
    let ways = [
        ("log, growing", false, 0),
        ("log, laid out in advance", true, 0),
        ("log, used before", false, 4),
    ];
    for (name, preallocate, spares_max) in ways {
        group.bench_function(name, |bencher| {
            let options = Options {
                segment_size_max: 1 << 20,
                preallocate,
                spares_max,
                ..Options::default()
            };
            let environment = Environment::system();
            let path = directory.path().join(name);
            let opened = Writer::open(&environment, &path, options, &mut |_, _| ());
            let mut writer = opened.expect("a new log can be opened").0;
            let mut n = 0;
            let mut append = |synced: bool| {
                n += 1;
                let end = writer.append(Timestamp(n), &batch);
                let end = end.expect("the disk is fine");
                if synced {
                    writer.sync(SyncMode::Data).expect("the disk is fine");
                }
                if n.is_multiple_of(512) {
                    writer.retire(end).expect("the disk is fine");
                }
                end
            };
            while append(false) < Position(8 << 20) {}
            bencher.iter(|| append(true));
        });
    }
    for (name, size) in [("growing file", 0), ("already written file", 16 << 20)] {
        group.bench_function(name, |bencher| {
            let path = directory.path().join(name);
            let options = OpenOptions::new().write(true).create(true).clone();
            let mut file = options.open(path).expect("a new file");
            file.write_all(&vec![1; size]).expect("the disk is fine");
            file.sync_all().expect("the disk is fine");
            file.seek(SeekFrom::Start(0)).expect("the disk is fine");
            bencher.iter(|| {
                file.write_all(&bytes).expect("the disk is fine");
                file.sync_data().expect("the disk is fine");
            });
        });
    }
    group.finish();
}

criterion_group!(benches, append, replaying, synced);
criterion_main!(benches);
