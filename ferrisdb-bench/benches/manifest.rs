//! What a change of the version costs: in memory, on the disk, and when it is read again.
//!
//! The versions have 10, 1,000 or 10,000 tables in level 1, with keys of 16 bytes; the edit is a
//! flush, or the replacement of ten tables by ten others. The directory is on the machine's own disk.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ferrisdb_core::{Environment, Operation, OwnedKey, Timestamp};
use ferrisdb_manifest::{Edit, Manifest, Options, TableMeta, Version};

const SIZES: [u64; 3] = [10, 1_000, 10_000];

fn key(n: u64) -> OwnedKey {
    OwnedKey {
        user_key: format!("key-{n:012}").into(),
        timestamp: Timestamp(7),
        operation: Operation::Put,
    }
}

/// The n-th table by key.
fn table(number: u64, n: u64) -> TableMeta {
    TableMeta {
        number,
        size: 2 << 20,
        entries: 20_000,
        deletions: 10,
        smallest: key(10 * n),
        largest: key(10 * n + 9),
        smallest_timestamp: Timestamp(1),
        largest_timestamp: Timestamp(7),
    }
}

/// An edit that adds the first `count` tables to level 1.
fn all(count: u64) -> Edit {
    let edit = Edit::new().next_number(2 * count + 100);
    (0..count).fold(edit, |edit, n| edit.add(1, table(n + 1, n)))
}

/// The replacement of ten tables in the middle.
fn replace(count: u64) -> Edit {
    let middle = count / 2 - 5;
    (middle..middle + 10).fold(Edit::new(), |edit, n| {
        edit.remove(1, n + 1).add(1, table(count + n + 1, n))
    })
}

fn apply(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("manifest/apply");
    for count in SIZES {
        let version = Version::default()
            .apply(&all(count))
            .expect("it makes sense");
        let flush = Edit::new().add(0, table(2 * count + 50, 1));
        for (what, edit) in [("flush", flush), ("replace 10", replace(count))] {
            group.bench_function(BenchmarkId::new(what, count), |bencher| {
                bencher.iter(|| black_box(&version).apply(black_box(&edit)));
            });
        }
    }
    group.finish();
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("manifest/read");
    for count in SIZES {
        let directory = tempfile::tempdir().expect("there is room");
        let environment = Environment::system();
        let version = Version::default()
            .apply(&all(count))
            .expect("it makes sense");
        Manifest::create(&environment, directory.path(), &version).expect("there is room");
        group.bench_function(BenchmarkId::new("tables", count), |bencher| {
            bencher.iter(|| Manifest::read(&environment, directory.path()));
        });
    }
    group.finish();
}

fn commit(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("manifest/commit");
    for count in SIZES {
        let directory = tempfile::tempdir().expect("there is room");
        let environment = Environment::system();
        let version = Version::default()
            .apply(&all(count))
            .expect("it makes sense");
        Manifest::create(&environment, directory.path(), &version).expect("there is room");
        let opened = Manifest::open(&environment, directory.path(), Options::default());
        let (mut manifest, _) = opened.expect("nothing is damaged");
        let edit = Edit::new().last_timestamp(Timestamp(9));
        group.bench_function(BenchmarkId::new("synced", count), |bencher| {
            bencher.iter(|| manifest.commit(&edit).expect("there is room"));
        });
    }
    group.finish();
}

criterion_group!(benches, apply, read, commit);
criterion_main!(benches);
