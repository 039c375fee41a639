//! What the skip list costs, beside `crossbeam-skiplist` and an ordered map behind a lock.
//!
//! A million entries with keys of 16 bytes and values of 100, in an order without pattern. The
//! first four bytes of a key are beside the links of our list, so there are two kinds of keys:
//! *spread* ones, which differ there, and *alike* ones, which all begin with `user/`.
//!
//! The peers keep what such a list has to keep: keys of any size with a timestamp, and values of any
//! size. Nobody allocates to look something up.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main,
};
use crossbeam_skiplist::SkipMap;
use ferrisdb_core::{InternalKey, Operation, Random, SeededRandom, Timestamp};
use ferrisdb_skiplist::SkipList;

const ENTRIES: u64 = 1_000_000;
const LOOKUPS: usize = 100_000;
const VALUE: [u8; 100] = [b'v'; 100];
const PAYLOAD: u64 = 16 + 100;
const THREADS: usize = 2;

type Key = [u8; 16];

/// How the key of a number is made.
type KeyOf = fn(u64) -> Key;

const KINDS: [(&str, KeyOf); 2] = [("spread", spread), ("alike", alike)];

/// Keys that differ in their first bytes.
fn spread(number: u64) -> Key {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&SeededRandom::new(number).next_u64().to_be_bytes());
    key[8..].copy_from_slice(&number.to_be_bytes());
    key
}

/// Keys that begin alike.
fn alike(mut number: u64) -> Key {
    let mut key = *b"user/00000000000";
    for digit in key.iter_mut().rev().take(11) {
        *digit = b"0123456789"[usize::try_from(number % 10).expect("a digit")];
        number /= 10;
    }
    key
}

/// All keys, in an order without pattern.
fn keys(kind: KeyOf, seed: u64) -> Vec<Key> {
    let mut keys: Vec<Key> = (0..ENTRIES).map(kind).collect();
    let mut random = SeededRandom::new(seed);
    for n in (1..ENTRIES).rev() {
        let at = |n| usize::try_from(n).expect("a million fits");
        keys.swap(at(n), at(random.below(n + 1)));
    }
    keys
}

/// A key as the peers keep it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    user_key: Box<[u8]>,
    timestamp: Reverse<u64>,
}

impl Version {
    fn new(key: &Key) -> Self {
        Self {
            user_key: Box::new(*key),
            timestamp: Reverse(1),
        }
    }
}

/// What is measured. `lookup` is a key that may be written over.
trait Store: Sync + Sized {
    const NAME: &'static str;
    fn new() -> Self;
    fn insert(&self, key: &Key);
    fn get(&self, key: &Key, lookup: &mut Version) -> usize;
    /// Goes through all entries and adds up the sizes of their values.
    fn walk(&self) -> usize;
}

fn internal(key: &Key) -> InternalKey<'_> {
    InternalKey {
        user_key: key,
        timestamp: Timestamp(1),
        operation: Operation::Put,
    }
}

impl Store for SkipList {
    const NAME: &'static str = "ours";

    fn new() -> Self {
        Self::new(256 << 20, 4).expect("there is enough memory")
    }

    fn insert(&self, key: &Key) {
        self.insert(internal(key), &VALUE).expect("there is room");
    }

    fn get(&self, key: &Key, _: &mut Version) -> usize {
        self.get(internal(key)).map_or(0, |entry| entry.value.len())
    }

    fn walk(&self) -> usize {
        let mut cursor = self.cursor();
        cursor.seek_to_first();
        let mut bytes = 0;
        while let Some(entry) = cursor.current() {
            bytes += usize::from(entry.value[0]) + entry.key.user_key.len();
            cursor.next();
        }
        bytes
    }
}

impl Store for SkipMap<Version, Box<[u8]>> {
    const NAME: &'static str = "crossbeam-skiplist";

    fn new() -> Self {
        Self::new()
    }

    fn insert(&self, key: &Key) {
        self.insert(Version::new(key), Box::new(VALUE));
    }

    fn get(&self, key: &Key, lookup: &mut Version) -> usize {
        lookup.user_key.copy_from_slice(key);
        let entry = self.lower_bound(Bound::Included(lookup));
        let entry = entry.filter(|entry| entry.key().user_key[..] == key[..]);
        entry.map_or(0, |entry| entry.value().len())
    }

    fn walk(&self) -> usize {
        let entry = |entry: crossbeam_skiplist::map::Entry<'_, Version, Box<[u8]>>| {
            usize::from(entry.value()[0]) + entry.key().user_key.len()
        };
        self.iter().map(entry).sum()
    }
}

impl Store for RwLock<BTreeMap<Version, Box<[u8]>>> {
    const NAME: &'static str = "RwLock<BTreeMap>";

    fn new() -> Self {
        Self::default()
    }

    fn insert(&self, key: &Key) {
        let (key, value) = (Version::new(key), Box::new(VALUE));
        let mut map = self.write().unwrap_or_else(PoisonError::into_inner);
        map.insert(key, value);
    }

    fn get(&self, key: &Key, lookup: &mut Version) -> usize {
        lookup.user_key.copy_from_slice(key);
        let map = self.read().unwrap_or_else(PoisonError::into_inner);
        let mut range = map.range::<Version, _>((Bound::Included(&*lookup), Bound::Unbounded));
        let entry = range
            .next()
            .filter(|(found, _)| found.user_key[..] == key[..]);
        entry.map_or(0, |(_, value)| value.len())
    }

    fn walk(&self) -> usize {
        let map = self.read().unwrap_or_else(PoisonError::into_inner);
        let entries = map.iter();
        entries
            .map(|(key, value)| usize::from(value[0]) + key.user_key.len())
            .sum()
    }
}

type Crossbeam = SkipMap<Version, Box<[u8]>>;
type Map = RwLock<BTreeMap<Version, Box<[u8]>>>;

fn filled<S: Store>(keys: &[Key]) -> S {
    let store = S::new();
    for key in keys {
        store.insert(key);
    }
    store
}

fn group<'a>(c: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(format!("skiplist, {name}"));
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(1));
    group.measurement_time(Duration::from_secs(1));
    group.throughput(Throughput::Elements(ENTRIES));
    group
}

/// An empty store, what is done to it, and nothing of its end is measured.
fn measure<S: Store>(group: &mut BenchmarkGroup<'_, WallTime>, work: impl Fn(&S)) {
    group.bench_function(S::NAME, |b| {
        b.iter_batched(
            S::new,
            |store| {
                work(&store);
                store
            },
            BatchSize::PerIteration,
        );
    });
}

fn inserts(c: &mut Criterion) {
    for (kind, key) in KINDS {
        let keys = keys(key, 1);
        let mut group = group(c, &format!("insert, {kind} keys"));
        measure::<SkipList>(&mut group, |store| insert_all(store, &keys));
        measure::<Crossbeam>(&mut group, |store| insert_all(store, &keys));
        measure::<Map>(&mut group, |store| insert_all(store, &keys));
    }
    let keys = keys(spread, 1);
    let mut group = group(c, "insert in 2 threads");
    measure::<SkipList>(&mut group, |store| in_threads(store, &keys, insert_all));
    measure::<Crossbeam>(&mut group, |store| in_threads(store, &keys, insert_all));
    measure::<Map>(&mut group, |store| in_threads(store, &keys, insert_all));
}

fn insert_all<S: Store>(store: &S, keys: &[Key]) {
    for key in keys {
        store.insert(key);
    }
}

/// Every thread takes its part of the keys.
fn in_threads<S: Store>(store: &S, keys: &[Key], work: fn(&S, &[Key])) {
    thread::scope(|scope| {
        for part in keys.chunks(keys.len().div_ceil(THREADS)) {
            scope.spawn(move || work(store, part));
        }
    });
}

/// Half of the operations insert a key, half of them look up one that was inserted before.
fn half_and_half<S: Store>(store: &S, keys: &[Key]) {
    let mut lookup = Version::new(&keys[0]);
    for (n, pair) in keys.chunks(2).enumerate() {
        store.insert(&pair[0]);
        black_box(store.get(&keys[n / 2 * 2], &mut lookup));
    }
}

fn mixed(c: &mut Criterion) {
    let keys = keys(spread, 1);
    let mut group = group(c, "half inserts, half gets, in 2 threads");
    measure::<SkipList>(&mut group, |store| in_threads(store, &keys, half_and_half));
    measure::<Crossbeam>(&mut group, |store| in_threads(store, &keys, half_and_half));
    measure::<Map>(&mut group, |store| in_threads(store, &keys, half_and_half));
}

fn reads(c: &mut Criterion) {
    for (kind, key) in KINDS {
        let (order, asked) = (keys(key, 1), keys(key, 2));
        reads_of::<SkipList>(c, kind, &order, &asked);
        reads_of::<Crossbeam>(c, kind, &order, &asked);
        reads_of::<Map>(c, kind, &order, &asked);
    }
}

fn reads_of<S: Store>(c: &mut Criterion, kind: &str, order: &[Key], asked: &[Key]) {
    let store: S = filled(order);
    let mut group = group(c, &format!("get, {kind} keys"));
    group.throughput(Throughput::Elements(LOOKUPS as u64));
    let mut lookup = Version::new(&order[0]);
    group.bench_function(S::NAME, |b| {
        b.iter(|| {
            let sizes = asked[..LOOKUPS]
                .iter()
                .map(|key| store.get(key, &mut lookup));
            black_box(sizes.sum::<usize>())
        });
    });
    group.finish();
    if kind == "alike" {
        return;
    }
    let mut group = self::group(c, "walk over all");
    group.bench_function(S::NAME, |b| b.iter(|| black_box(store.walk())));
}

/// The memory that this process has, in bytes, where the system says so.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

/// A store, and what it takes besides keys and values, in bytes for each entry.
fn overhead<S: Store>(keys: &[Key]) -> S {
    let before = resident();
    let store: S = filled(keys);
    let taken = resident().zip(before).map(|(after, before)| after - before);
    match taken {
        Some(taken) => {
            let over = (taken / ENTRIES).saturating_sub(PAYLOAD);
            println!(
                "{:>20}: {over} bytes an entry besides key and value",
                S::NAME
            );
        }
        None => println!("{:>20}: this system does not say", S::NAME),
    }
    store
}

/// Not a measurement of time: all three stay alive until the end, so that none takes over memory
/// that another has given back.
fn memory(_: &mut Criterion) {
    let keys = keys(spread, 1);
    println!("memory of {ENTRIES} entries with keys of 16 and values of 100 bytes");
    let ours: SkipList = overhead(&keys);
    let exact = ours.memory_used() as u64 / ENTRIES - PAYLOAD;
    println!("{:>20}: {exact} of these are the arena's", "");
    let _others: (Crossbeam, Map) = (overhead(&keys), overhead(&keys));
}

criterion_group!(benches, memory, inserts, mixed, reads);
criterion_main!(benches);
