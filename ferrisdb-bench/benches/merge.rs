//! What a merge costs an entry, by the number of its sources, beside a heap of cloned keys.
//!
//! The sources are sorted lists in memory that cost next to nothing themselves: keys of 16 bytes that
//! begin alike, values of 100. Their entries lie in between each other without pattern, or in rows of
//! 100. The readers go over keys with 1, 10 or 1,000 versions, as of the middle of that history.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ferrisdb_core::{InternalKey, Operation, Random, SeededRandom, Source, Timestamp};
use ferrisdb_merge::{Merge, Visible};

const ENTRIES: u64 = 100_000;
const VALUE: [u8; 100] = [b'v'; 100];

type Entry = ([u8; 16], Timestamp);

/// A sorted list as a source.
#[derive(Clone)]
struct List {
    entries: Arc<[Entry]>,
    at: Option<usize>,
}

impl List {
    fn go(&mut self, at: Option<usize>) {
        self.at = at.filter(|&at| at < self.entries.len());
    }

    fn count_while(&self, is_before: impl Fn(InternalKey<'_>) -> bool) -> usize {
        self.entries
            .partition_point(|entry| is_before(key_of(entry)))
    }
}

#[inline]
fn key_of((user_key, timestamp): &Entry) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: *timestamp,
        operation: Operation::Put,
    }
}

impl Source for List {
    type Error = Infallible;

    fn seek_to_first(&mut self) -> Result<(), Infallible> {
        self.go(Some(0));
        Ok(())
    }

    fn seek_to_last(&mut self) -> Result<(), Infallible> {
        self.go(self.entries.len().checked_sub(1));
        Ok(())
    }

    fn seek(&mut self, target: InternalKey<'_>) -> Result<(), Infallible> {
        self.go(Some(self.count_while(|key| key < target)));
        Ok(())
    }

    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), Infallible> {
        self.go(self.count_while(|key| key <= target).checked_sub(1));
        Ok(())
    }

    #[inline]
    fn next(&mut self) -> Result<(), Infallible> {
        self.go(self.at.map(|at| at + 1));
        Ok(())
    }

    #[inline]
    fn prev(&mut self) -> Result<(), Infallible> {
        self.go(self.at.and_then(|at| at.checked_sub(1)));
        Ok(())
    }

    #[inline]
    fn is_valid(&self) -> bool {
        self.at.is_some()
    }

    #[inline]
    fn key(&self) -> InternalKey<'_> {
        key_of(&self.entries[self.at.expect("it is at an entry")])
    }

    #[inline]
    fn value(&self) -> &[u8] {
        &VALUE
    }
}

fn key(mut number: u64) -> [u8; 16] {
    let mut key = *b"user/00000000000";
    for digit in key.iter_mut().rev().take(11) {
        *digit = b"0123456789"[usize::try_from(number % 10).expect("a digit")];
        number /= 10;
    }
    key
}

/// All entries, spread over so many sources in rows of so many.
fn lists(sources: usize, row: u64) -> Vec<List> {
    let mut random = SeededRandom::new(8);
    let mut lists = vec![Vec::new(); sources];
    let mut chosen = 0;
    for number in 0..ENTRIES {
        if number % row == 0 {
            chosen = usize::try_from(random.below(sources as u64)).expect("a small number");
        }
        lists[chosen].push((key(number), Timestamp(1)));
    }
    lists.into_iter().map(list).collect()
}

fn list(entries: Vec<Entry>) -> List {
    List {
        entries: entries.into(),
        at: None,
    }
}

/// A key with its timestamp, newest first, and the number of its source; the smallest on top.
type Top = Reverse<(Vec<u8>, Reverse<Timestamp>, usize)>;

/// The peer: the smallest key of each source in a binary heap, cloned.
struct Heap {
    sources: Vec<List>,
    heap: BinaryHeap<Top>,
}

impl Heap {
    fn new(mut sources: Vec<List>) -> Self {
        let mut heap = BinaryHeap::new();
        for (number, source) in sources.iter_mut().enumerate() {
            let Ok(()) = source.seek_to_first();
            heap.extend(Self::top(source, number));
        }
        Self { sources, heap }
    }

    fn top(source: &List, number: usize) -> Option<Top> {
        let key = source.is_valid().then(|| source.key())?;
        Some(Reverse((
            key.user_key.to_vec(),
            Reverse(key.timestamp),
            number,
        )))
    }

    fn next(&mut self) -> Option<(Vec<u8>, usize)> {
        let Reverse((key, _, number)) = self.heap.pop()?;
        let source = &mut self.sources[number];
        let size = source.value().len();
        let Ok(()) = source.next();
        self.heap.extend(Self::top(source, number));
        Some((key, size))
    }
}

fn forward(merge: &mut Merge<List>) -> usize {
    let mut size = 0;
    let Ok(()) = merge.seek_to_first();
    while merge.is_valid() {
        size += black_box(merge.key()).user_key.len() + merge.value().len();
        let Ok(()) = merge.next();
    }
    size
}

fn backward(merge: &mut Merge<List>) -> usize {
    let mut size = 0;
    let Ok(()) = merge.seek_to_last();
    while merge.is_valid() {
        size += black_box(merge.key()).user_key.len() + merge.value().len();
        let Ok(()) = merge.prev();
    }
    size
}

fn merges(c: &mut Criterion) {
    let mut group = c.benchmark_group("merge");
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(200));
    group.measurement_time(Duration::from_millis(600));
    group.throughput(Throughput::Elements(ENTRIES));
    for sources in [1, 2, 4, 8] {
        for (how, row) in [("mixed", 1), ("in rows", 100)] {
            let lists = lists(sources, row);
            let id = |what: &str| BenchmarkId::new(format!("{what}, {how}"), sources);
            let mut merge = Merge::new(lists.clone());
            group.bench_function(id("forward"), |b| b.iter(|| forward(&mut merge)));
            group.bench_function(id("backward"), |b| b.iter(|| backward(&mut merge)));
            group.bench_function(id("heap of cloned keys"), |b| {
                b.iter(|| {
                    let mut heap = Heap::new(lists.clone());
                    let mut size = 0;
                    while let Some((key, value)) = heap.next() {
                        size += black_box(key).len() + value;
                    }
                    size
                });
            });
        }
    }
    group.finish();
}

/// So many keys with so many versions each, in one source.
fn history(keys: u64, versions: u64) -> List {
    let newest_first = |number| {
        (1..=versions)
            .rev()
            .map(move |time| (key(number), Timestamp(time)))
    };
    list((0..keys).flat_map(newest_first).collect())
}

fn readers(c: &mut Criterion) {
    let mut group = c.benchmark_group("reader");
    group.sample_size(10);
    group.warm_up_time(Duration::from_millis(200));
    group.measurement_time(Duration::from_millis(600));
    for versions in [1, 10, 1_000] {
        let keys = ENTRIES / versions;
        group.throughput(Throughput::Elements(keys));
        let merge = Merge::new(vec![history(keys, versions)]);
        let mut reader = Visible::new(merge, Timestamp(versions.div_ceil(2)));
        group.bench_function(BenchmarkId::new("forward, versions", versions), |b| {
            b.iter(|| {
                let mut met = 0;
                let Ok(()) = reader.seek_to_first();
                while reader.is_valid() {
                    met += black_box(reader.key()).len() + reader.value().len();
                    let Ok(()) = reader.next();
                }
                met
            });
        });
        group.bench_function(BenchmarkId::new("backward, versions", versions), |b| {
            b.iter(|| {
                let mut met = 0;
                let Ok(()) = reader.seek_to_last();
                while reader.is_valid() {
                    met += black_box(reader.key()).len() + reader.value().len();
                    let Ok(()) = reader.prev();
                }
                met
            });
        });
    }
    group.finish();
}

criterion_group!(benches, merges, readers);
criterion_main!(benches);
