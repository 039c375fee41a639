//! How fast tables are: writing by compression, point reads (hot, cold, of absent keys), scans;
//! how much disk they take by block size and compression; how often the filter is wrong; and the
//! cache against a small one of our own.
//!
//! `TMPDIR` says on which disk. Keys have 16 bytes, values 100, half of which can be compressed.
//! "Cold" is without our cache; the operating system's has the file. `FERRISDB_BENCH_ENTRIES`
//! sets the size of the table, a million entries by default.

#[path = "sstable/lru.rs"]
mod lru;

use std::hint::black_box;
use std::sync::Arc;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use ferrisdb_core::{Environment, Found, InternalKey, Operation, Random, SeededRandom, Timestamp};
use ferrisdb_sstable::{Cache, Compression, Options, ReadOptions, Table, TableInfo, Writer};
use tempfile::TempDir;

use lru::Lru;

/// The bytes of a key and a value.
const ENTRY_SIZE: u64 = 116;

const COMPRESSIONS: [(&str, Compression); 3] = [
    ("none", Compression::None),
    ("lz4", Compression::Lz4),
    ("zstd", Compression::Zstd),
];

/// How many entries the tables that are read have.
fn entries() -> u64 {
    let asked = std::env::var("FERRISDB_BENCH_ENTRIES");
    asked.ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
}

fn key(n: u64) -> [u8; 16] {
    let mut key = *b"key0000000000000";
    let digits = format!("{n:013}");
    key[3..].copy_from_slice(digits.as_bytes());
    key
}

/// Fifty bytes of chance, then fifty that repeat.
fn value(n: u64) -> [u8; 100] {
    let mut value = [b'v'; 100];
    let mut random = SeededRandom::new(n);
    for chunk in value[..50].chunks_mut(8) {
        chunk.copy_from_slice(&random.next_u64().to_le_bytes()[..chunk.len()]);
    }
    value
}

/// Writes a table of the first `count` even keys, so that every odd one is absent.
fn write(directory: &TempDir, number: u64, options: Options, count: u64) -> TableInfo {
    let environment = Environment::system();
    let writer = Writer::create(&environment, directory.path(), number, options);
    let mut writer = writer.expect("the disk is fine");
    for n in 0..count {
        let key = InternalKey {
            user_key: &key(2 * n),
            timestamp: Timestamp(n + 1),
            operation: Operation::Put,
        };
        writer.add(key, &value(n)).expect("the disk is fine");
    }
    writer.finish().expect("the disk is fine")
}

fn open(directory: &TempDir, number: u64, cache: &Arc<Cache>) -> Table {
    let environment = Environment::system();
    let options = ReadOptions::default();
    let table = Table::open(
        &environment,
        directory.path(),
        number,
        Arc::clone(cache),
        &options,
    );
    table.expect("the table was just written")
}

fn directory() -> TempDir {
    TempDir::new().expect("a temporary directory")
}

/// Numbers below `bound`, in an order that no cache can guess.
fn shuffled(count: usize, bound: u64) -> Vec<u64> {
    let mut random = SeededRandom::new(7);
    (0..count).map(|_| random.below(bound)).collect()
}

fn writing(criterion: &mut Criterion) {
    const COUNT: u64 = 200_000;
    let mut group = criterion.benchmark_group("table/write");
    group
        .throughput(Throughput::Bytes(COUNT * ENTRY_SIZE))
        .sample_size(10);
    // What is measured includes making the entries and the final sync.
    for (name, compression) in COMPRESSIONS {
        let options = Options::default().compression(compression);
        group.bench_function(name, |bencher| {
            bencher.iter_batched_ref(
                directory,
                |directory| write(directory, 1, options.clone(), COUNT),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// One lookup of each bench, over and over: keys come from `keys`.
fn look_up(table: &Table, keys: &[[u8; 16]], at: &mut usize) -> Option<Found<Bytes>> {
    *at = (*at + 1) % keys.len();
    let found = table.get_pinned(keys[*at], Timestamp::MAX);
    found.expect("the table is whole")
}

fn point_reads(criterion: &mut Criterion) {
    let count = entries();
    let directory = directory();
    write(&directory, 1, Options::default(), count);
    let numbers = shuffled(1 << 20, count);
    let present: Vec<_> = numbers.iter().map(|n| key(2 * n)).collect();
    let absent: Vec<_> = numbers.iter().map(|n| key(2 * n + 1)).collect();
    let mut group = criterion.benchmark_group("table/point read");
    group.throughput(Throughput::Elements(1));
    let cases = [
        ("hot", 1 << 30, &present, true),
        ("cold", 0, &present, true),
        ("absent", 1 << 30, &absent, false),
    ];
    for (name, capacity, keys, expected) in cases {
        let table = open(&directory, 1, &Arc::new(Cache::new(capacity)));
        if expected && capacity > 0 {
            scan(&table, true);
        }
        let mut at = 0;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let found = look_up(&table, keys, &mut at);
                assert_eq!(black_box(&found).is_some(), expected);
            });
        });
    }
    group.finish();
}

/// Goes through a table, and returns the number of entries.
fn scan(table: &Table, fill_cache: bool) -> u64 {
    let mut cursor = table.cursor().fill_cache(fill_cache);
    cursor.seek_to_first().expect("the table is whole");
    let mut count = 0;
    while cursor.is_valid() {
        black_box((cursor.key(), cursor.value()));
        count += 1;
        cursor.next().expect("the table is whole");
    }
    count
}

fn scans(criterion: &mut Criterion) {
    let count = entries();
    let directory = directory();
    let mut group = criterion.benchmark_group("table/scan");
    group
        .throughput(Throughput::Elements(count))
        .sample_size(10);
    for ((name, compression), number) in COMPRESSIONS.into_iter().zip(1..) {
        write(
            &directory,
            number,
            Options::default().compression(compression),
            count,
        );
        let cold = open(&directory, number, &Arc::new(Cache::new(0)));
        group.bench_function(format!("{name}, cold"), |bencher| {
            bencher.iter(|| assert_eq!(scan(&cold, false), count));
        });
        if compression == Compression::Lz4 {
            let hot = open(&directory, number, &Arc::new(Cache::new(1 << 30)));
            scan(&hot, true);
            group.bench_function("cached", |bencher| {
                bencher.iter(|| assert_eq!(scan(&hot, true), count));
            });
        }
    }
    group.finish();
}

/// What the default block size was chosen by: bytes on disk, and point reads hot and cold.
fn block_sizes(criterion: &mut Criterion) {
    let count = entries();
    let directory = directory();
    let numbers = shuffled(1 << 20, count);
    let keys: Vec<_> = numbers.iter().map(|n| key(2 * n)).collect();
    let mut group = criterion.benchmark_group("table/block size");
    group.throughput(Throughput::Elements(1));
    println!("bytes on disk for {count} entries of {ENTRY_SIZE} bytes, and of the tail alone:");
    for (kib, number) in [4, 8, 16, 32, 64].into_iter().zip(1..) {
        let options = Options::default().block_size(kib << 10);
        let sizes = COMPRESSIONS.map(|(name, compression)| {
            let options = options.clone().compression(compression);
            let path = TempDir::new_in(directory.path()).expect("a temporary directory");
            let info = write(&path, number, options, count);
            let table = open(&path, number, &Arc::new(Cache::new(0)));
            let tail = info.size - table.footer().tail;
            format!("   {name} {:>11} {tail:>9}", info.size)
        });
        println!("{kib:>4} KiB{}", sizes.concat());
        write(&directory, number, options, count);
        for (name, capacity) in [("hot", 1 << 30), ("cold", 0)] {
            let table = open(&directory, number, &Arc::new(Cache::new(capacity)));
            if capacity > 0 {
                scan(&table, true);
            }
            let mut at = 0;
            group.bench_function(format!("{kib} KiB, {name}"), |bencher| {
                bencher.iter(|| assert!(look_up(&table, &keys, &mut at).is_some()));
            });
        }
    }
    group.finish();
}

/// How many absent keys the filter lets pass, against what theory says of a Bloom filter that is
/// not cut into lines.
fn false_positives(_: &mut Criterion) {
    let count = 300_000_u32;
    let directory = directory();
    for (bits, number) in [(5_u32, 1), (10, 2), (15, 3)] {
        let options = Options::default().filter_bits_per_key(bits as usize);
        write(&directory, number, options, count.into());
        let table = open(&directory, number, &Arc::new(Cache::new(1 << 30)));
        let mut passed = 0_u32;
        for n in 0..u64::from(count) {
            let mut touches = 0;
            let found = table.lookup(&key(2 * n + 1), Timestamp::MAX, &mut |_| touches += 1);
            assert_eq!(found.expect("the table is whole"), None);
            passed += u32::from(touches > 1);
        }
        let probes = (f64::from(bits) * std::f64::consts::LN_2).round();
        let theory = (1.0 - (-probes / f64::from(bits)).exp()).powf(probes);
        let measured = f64::from(passed) / f64::from(count);
        println!(
            "filter with {bits} bits a key: {:.3} % of absent keys pass, theory {:.3} %",
            100.0 * measured,
            100.0 * theory
        );
    }
}

type Quick = quick_cache::sync::Cache<(u64, u64), Bytes>;

/// How many blocks the benches of caches know, and how large they are.
const BLOCKS: u32 = 10_000;
const BLOCK_SIZE: u32 = 4096;

fn block() -> Bytes {
    Bytes::from(vec![1; BLOCK_SIZE as usize])
}

/// The cache against a small sharded one that evicts what was used least recently: a get that
/// hits.
fn cache_gets(criterion: &mut Criterion) {
    let lru = Lru::new(2 * u64::from(BLOCKS * BLOCK_SIZE));
    let quick = Quick::new(2 * BLOCKS as usize);
    for n in 0..u64::from(BLOCKS) {
        lru.insert((1, n), block());
        quick.insert((1, n), block());
    }
    let numbers = shuffled(1 << 16, BLOCKS.into());
    let mut group = criterion.benchmark_group("cache/get");
    group.throughput(Throughput::Elements(1));
    let mut at = 0;
    group.bench_function("quick_cache", |bencher| {
        bencher.iter(|| {
            at = (at + 1) % numbers.len();
            assert!(black_box(quick.get(&(1, numbers[at]))).is_some());
        });
    });
    group.bench_function("sharded least recently used", |bencher| {
        bencher.iter(|| {
            at = (at + 1) % numbers.len();
            assert!(black_box(lru.get(&(1, numbers[at]))).is_some());
        });
    });
    group.finish();
}

/// Which share of lookups hits in a cache for a tenth of all blocks, where after every 20,000 of
/// them a scan goes by that asks for twice as many blocks as it holds.
fn cache_hits(_: &mut Criterion) {
    let lru = Lru::new(u64::from(BLOCKS / 10 * BLOCK_SIZE));
    let quick = Quick::new(BLOCKS as usize / 10);
    let (mut random, mut asked) = (SeededRandom::new(7), 0_u32);
    let (mut by_lru, mut by_quick) = (0_u32, 0_u32);
    let ask = |key| {
        let hits = (lru.get(&key).is_some(), quick.get(&key).is_some());
        if !hits.0 {
            lru.insert(key, block());
        }
        if !hits.1 {
            quick.insert(key, block());
        }
        hits
    };
    let bound = u64::from(BLOCKS);
    for _ in 0..20 {
        for _ in 0..20_000 {
            // The product of two numbers of chance prefers small ones, as users do.
            let hits = ask((1, random.below(bound) * random.below(bound) / bound));
            asked += 1;
            by_lru += u32::from(hits.0);
            by_quick += u32::from(hits.1);
        }
        for n in 0..bound / 5 {
            ask((2, n));
        }
    }
    let percent = |hits| 100.0 * f64::from(hits) / f64::from(asked);
    println!(
        "lookups that hit beside scans: quick_cache {:.1} %, least recently used {:.1} %",
        percent(by_quick),
        percent(by_lru)
    );
}

criterion_group!(
    benches,
    writing,
    point_reads,
    scans,
    block_sizes,
    false_positives,
    cache_gets,
    cache_hits
);
criterion_main!(benches);
