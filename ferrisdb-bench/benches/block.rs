//! What blocks and filters cost: building, searching and scanning blocks by restart interval,
//! sealing and opening frames by compression, and asking a filter, beside a Bloom filter whose
//! bits may be anywhere.
//!
//! Blocks of 4 KiB, keys of 16 bytes, values of 100, half of which can be compressed. First it
//! prints how often filters of a million keys are wrong, beside what theory says.

use std::hint::black_box;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ferrisdb_block::{
    Block, Builder, Compression, Filter, FilterBuilder, Kind, Location, open, seal,
};
use ferrisdb_core::{InternalKey, Operation, Random, SeededRandom, Timestamp};
use xxhash_rust::xxh3::xxh3_64;

/// About as many entries as fill 4 KiB.
const ENTRIES: u64 = 36;
const INTERVALS: [usize; 5] = [1, 4, 8, 16, 64];
const KEYS: u64 = 1_000_000;
const HERE: Location = Location {
    file_number: 1,
    offset: 64,
};

fn key(n: u64) -> [u8; 16] {
    let mut key = *b"key0000000000000";
    let digits = format!("{n:013}");
    key[3..].copy_from_slice(digits.as_bytes());
    key
}

fn put(user_key: &[u8]) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: Timestamp(1_000_000),
        operation: Operation::Put,
    }
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

type Entries = Vec<([u8; 16], [u8; 100])>;

fn entries() -> Entries {
    (0..ENTRIES).map(|n| (key(n), value(n))).collect()
}

fn build(interval: usize, entries: &Entries) -> Bytes {
    let mut builder = Builder::new(interval);
    for (key, value) in entries {
        builder.add(put(key), value).expect("the keys ascend");
    }
    Bytes::copy_from_slice(builder.finish())
}

fn blocks(c: &mut Criterion) {
    let entries = entries();
    let mut group = c.benchmark_group("block");
    group.sample_size(20);
    group.measurement_time(Duration::from_secs(1));
    group.warm_up_time(Duration::from_millis(300));
    for interval in INTERVALS {
        let block = Block::parse(build(interval, &entries)).expect("it was just built");
        println!("block, restart interval {interval}: {} bytes", block.size());
        group.throughput(Throughput::Elements(ENTRIES));
        group.bench_function(BenchmarkId::new("build, interval", interval), |b| {
            b.iter(|| build(interval, black_box(&entries)));
        });
        let mut cursor = block.cursor();
        group.bench_function(BenchmarkId::new("scan forwards, interval", interval), |b| {
            b.iter(|| {
                let mut size = 0;
                cursor.seek_to_first().expect("whole");
                while cursor.is_valid() {
                    size += cursor.key().user_key.len() + cursor.value().len();
                    cursor.next().expect("whole");
                }
                size
            });
        });
        group.bench_function(
            BenchmarkId::new("scan backwards, interval", interval),
            |b| {
                b.iter(|| {
                    let mut size = 0;
                    cursor.seek_to_last().expect("whole");
                    while cursor.is_valid() {
                        size += cursor.key().user_key.len() + cursor.value().len();
                        cursor.prev().expect("whole");
                    }
                    size
                });
            },
        );
        group.throughput(Throughput::Elements(1));
        let mut random = SeededRandom::new(6);
        group.bench_function(BenchmarkId::new("seek, interval", interval), |b| {
            b.iter(|| {
                let (key, _) = &entries[usize::try_from(random.below(ENTRIES)).expect("small")];
                cursor.seek(put(key)).expect("whole");
                cursor.is_valid()
            });
        });
    }
}

fn frames(c: &mut Criterion) {
    let block = build(16, &entries());
    let mut group = c.benchmark_group("frame");
    group.sample_size(20);
    group.measurement_time(Duration::from_secs(1));
    group.warm_up_time(Duration::from_millis(300));
    group.throughput(Throughput::Bytes(block.len() as u64));
    for compression in [Compression::None, Compression::Lz4, Compression::Zstd] {
        let mut out = Vec::new();
        seal(Kind::Data, &block, compression, HERE, &mut out).expect("a small block");
        println!(
            "frame, {compression:?}: {} bytes of {}",
            out.len(),
            block.len()
        );
        let frame = Bytes::from(out);
        group.bench_function(format!("seal, {compression:?}"), |b| {
            let mut out = Vec::new();
            b.iter(|| {
                out.clear();
                seal(Kind::Data, &block, compression, HERE, &mut out)
            });
        });
        group.bench_function(format!("open, {compression:?}"), |b| {
            b.iter(|| open(frame.clone(), Kind::Data, HERE));
        });
    }
}

/// The peer: a Bloom filter whose bits may be anywhere.
struct Scattered {
    bits: Vec<u64>,
    probes: u64,
}

impl Scattered {
    fn new(bits_per_key: u64, probes: u64) -> Self {
        let words = (KEYS * bits_per_key).div_ceil(64);
        let mut filter = Self {
            bits: vec![0; usize::try_from(words).expect("it fits into memory")],
            probes,
        };
        for n in 0..KEYS {
            for place in filter.places(&key(n)) {
                filter.bits[place / 64] |= 1 << (place % 64);
            }
        }
        filter
    }

    fn places(&self, key: &[u8]) -> impl Iterator<Item = usize> + use<> {
        let (size, hash) = (64 * self.bits.len() as u64, xxh3_64(key));
        let step = hash.rotate_left(32) | 1;
        (0..self.probes).map(move |probe| {
            let place = hash.wrapping_add(probe.wrapping_mul(step)) % size;
            usize::try_from(place).expect("it fits into memory")
        })
    }

    fn may_contain(&self, key: &[u8]) -> bool {
        self.places(key)
            .all(|place| self.bits[place / 64] & (1 << (place % 64)) != 0)
    }
}

fn filter(bits_per_key: usize) -> Filter {
    let mut builder = FilterBuilder::new(bits_per_key);
    for n in 0..KEYS {
        builder.add(&key(n));
    }
    Filter::parse(builder.finish().into()).expect("it was just built")
}

fn float(n: u64) -> f64 {
    f64::from(u32::try_from(n).expect("a few million at most"))
}

/// What part of the keys in `strangers` gets through.
fn rate(strangers: Range<u64>, through: impl Fn(&[u8]) -> bool) -> f64 {
    let count = strangers.end - strangers.start;
    let through = strangers.filter(|&n| through(&key(n))).count() as u64;
    float(through) / float(count)
}

/// What part of the strangers a filter of lines lets through, in theory: the number of keys in a
/// line follows Poisson's distribution, and each of them has set its bits by chance.
fn theory(keys_per_line: f64, probes: f64) -> f64 {
    let mut likelihood = (-keys_per_line).exp();
    let mut rate = 0.0;
    for n in 0..1000 {
        let n = f64::from(n);
        let clear = (1.0 - 1.0 / 512.0_f64).powf(n * probes);
        rate += likelihood * (1.0 - clear).powf(probes);
        likelihood *= keys_per_line / (n + 1.0);
    }
    rate
}

fn false_positives() {
    println!("bits a key   probes   measured   theory   bits anywhere, best number of probes");
    for bits_per_key in [5, 10, 15] {
        let filter = filter(bits_per_key);
        let measured = rate(KEYS..4 * KEYS, |key| filter.may_contain(key));
        let probes = f64::from(filter.probes());
        let expected = theory(float(KEYS) / float(filter.lines() as u64), probes);
        let bits = float(bits_per_key as u64);
        let best = (bits * std::f64::consts::LN_2).round();
        let anywhere = (1.0 - (-best / bits).exp()).powf(best);
        println!(
            "{bits_per_key:10} {probes:8} {:8.4} % {:6.4} % {:8.4} % with {best}",
            100.0 * measured,
            100.0 * expected,
            100.0 * anywhere
        );
    }
}

fn filters(c: &mut Criterion) {
    false_positives();
    let mut group = c.benchmark_group("filter of a million keys, 10 bits each");
    group.sample_size(20);
    group.measurement_time(Duration::from_secs(1));
    group.warm_up_time(Duration::from_millis(300));
    group.throughput(Throughput::Elements(1));
    let (lines, anywhere) = (filter(10), Scattered::new(10, 7));
    for (what, from) in [("keys", 0), ("strangers", KEYS)] {
        // The keys are made beforehand, so that what is measured is the filter.
        let mut random = SeededRandom::new(6);
        let keys: Vec<[u8; 16]> = (0..1 << 16)
            .map(|_| key(from + random.below(KEYS)))
            .collect();
        let mut next = keys.iter().cycle();
        group.bench_function(format!("{what}, bits in one line"), |b| {
            b.iter(|| lines.may_contain(next.next().expect("a cycle has no end")));
        });
        group.bench_function(format!("{what}, bits anywhere"), |b| {
            b.iter(|| anywhere.may_contain(next.next().expect("a cycle has no end")));
        });
    }
}

criterion_group!(benches, blocks, frames, filters);
criterion_main!(benches);
