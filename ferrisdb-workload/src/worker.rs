//! One thread's share of a workload.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ferrisdb_core::{Clock, Random, SeededRandom, SystemClock};

use crate::keys::mix;
use crate::{
    Entry, Error, Histogram, Key, Permutation, Result, Settings, Target, Values, Workload, Zipf,
};

/// What the threads of a run share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// How many operations are done.
    pub(crate) done: AtomicU64,
    /// The number of the next key that YCSB inserts.
    next: AtomicU64,
    /// The others are done: whoever works beside them ends.
    pub(crate) stop: AtomicBool,
    order: Permutation,
    zipf: Zipf,
}

impl Shared {
    pub(crate) fn new(workload: Workload, settings: &Settings) -> Self {
        let num = settings.num.max(1);
        Self {
            done: AtomicU64::new(0),
            next: AtomicU64::new(num),
            stop: AtomicBool::new(false),
            order: Permutation::new(num, settings.seed ^ mix(workload as u64)),
            zipf: Zipf::new(num),
        }
    }
}

/// What a thread has done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) operations: u64,
    /// Keys and values that were written.
    pub(crate) written: u64,
    /// Keys and values that were read.
    pub(crate) read: u64,
    /// How many of the keys that were asked for were there.
    pub(crate) found: u64,
    pub(crate) steps: Histogram,
    pub(crate) start: Duration,
    pub(crate) end: Duration,
}

impl Done {
    /// Takes in what another thread has done.
    pub(crate) fn add(&mut self, other: &Self) {
        self.operations += other.operations;
        self.written += other.written;
        self.read += other.read;
        self.found += other.found;
        self.steps.add(&other.steps);
        self.start = self.start.min(other.start);
        self.end = self.end.max(other.end);
    }
}

/// One thread's share of a workload.
pub(crate) struct Worker<'a> {
    pub(crate) target: &'a dyn Target,
    workload: Workload,
    settings: &'a Settings,
    shared: &'a Shared,
    random: SeededRandom,
    values: Values,
    done: Done,
}

/// Whole scans are measured in steps of so many entries.
pub(crate) const SCAN_STEP: u64 = 1_000;

impl<'a> Worker<'a> {
    pub(crate) fn new(
        target: &'a dyn Target,
        workload: Workload,
        settings: &'a Settings,
        shared: &'a Shared,
        thread: u64,
    ) -> Self {
        let seed = mix(settings.seed ^ mix(thread) ^ workload as u64);
        Self {
            target,
            workload,
            settings,
            shared,
            random: SeededRandom::new(seed),
            values: Values::new(settings.value_size, seed),
            done: Done::default(),
        }
    }

    /// Does the operations of these numbers.
    pub(crate) fn work(mut self, numbers: Range<u64>) -> Result<Done> {
        self.done.start = SystemClock.elapsed();
        if matches!(self.workload, Workload::ReadSeq | Workload::ReadReverse) {
            self.scan_all()?;
            self.done.end = SystemClock.elapsed();
            return Ok(self.done);
        }
        let batch = match self.workload {
            Workload::FillSeq | Workload::FillRandom | Workload::Overwrite => self.settings.batch,
            _ => 1,
        };
        let mut begin = self.done.start;
        let mut next = numbers.start;
        while next < numbers.end {
            let end = numbers.end.min(next.saturating_add(batch.max(1) as u64));
            self.step(next..end)?;
            begin = self.record(begin);
            self.done.operations += end - next;
            self.shared.done.fetch_add(end - next, Ordering::Relaxed);
            next = end;
        }
        self.done.end = begin;
        Ok(self.done)
    }

    /// Overwrites keys until the others are done.
    pub(crate) fn write_beside(mut self) -> Result<Done> {
        while !self.shared.stop.load(Ordering::Relaxed) {
            let number = self.random.below(self.settings.num);
            self.put(number)?;
            self.done.operations += 1;
        }
        Ok(self.done)
    }

    /// Something has ended that began at `begin`; the next thing begins at the time returned.
    fn record(&mut self, begin: Duration) -> Duration {
        let now = SystemClock.elapsed();
        let took = now.saturating_sub(begin).as_nanos();
        self.done
            .steps
            .record(u64::try_from(took).unwrap_or(u64::MAX));
        now
    }

    fn step(&mut self, numbers: Range<u64>) -> Result<()> {
        let num = self.settings.num;
        match self.workload {
            Workload::FillSeq => self.write(numbers, |number| number),
            Workload::FillRandom | Workload::FillSync | Workload::Overwrite => {
                let order = self.shared.order;
                self.write(numbers, move |number| order.at(number))
            }
            Workload::ReadRandom | Workload::ReadWhileWriting => {
                let number = self.random.below(num);
                self.get(Key::new(number).as_ref())
            }
            Workload::ReadHot => {
                let number = self.random.below(num.div_ceil(100));
                // The same few keys each time, and all over the place.
                self.get(Key::new(self.shared.order.at(number)).as_ref())
            }
            Workload::ReadMissing => {
                let number = self.random.below(num);
                self.get(&Key::missing(number))
            }
            Workload::SeekRandom => {
                let number = self.random.below(num);
                self.scan(number, self.settings.scan)
            }
            Workload::ReadSeq | Workload::ReadReverse => Ok(()),
            Workload::YcsbA => self.ycsb(50, Self::update),
            Workload::YcsbB => self.ycsb(95, Self::update),
            Workload::YcsbC => self.ycsb(100, Self::update),
            Workload::YcsbD | Workload::YcsbE => self.ycsb(95, Self::insert),
            Workload::YcsbF => self.ycsb(50, |worker| {
                let number = worker.frequent();
                worker.get(Key::new(number).as_ref())?;
                worker.put(number)
            }),
        }
    }

    /// Reads in `reads` of 100 cases, else does the other thing.
    fn ycsb(&mut self, reads: u64, other: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        if self.random.below(100) >= reads {
            return other(self);
        }
        match self.workload {
            Workload::YcsbD => {
                let newest = self.shared.next.load(Ordering::Relaxed) - 1;
                let number = newest - self.shared.zipf.draw(&mut self.random).min(newest);
                self.get(Key::new(number).as_ref())
            }
            Workload::YcsbE => {
                let (number, length) = (self.frequent(), 1 + self.random.below(100));
                self.scan(number, length)
            }
            _ => {
                let number = self.frequent();
                self.get(Key::new(number).as_ref())
            }
        }
    }

    /// A key that is drawn often or seldom; the frequent ones lie all over the place.
    fn frequent(&mut self) -> u64 {
        mix(self.shared.zipf.draw(&mut self.random)) % self.settings.num
    }

    fn update(&mut self) -> Result<()> {
        let number = self.frequent();
        self.put(number)
    }

    fn insert(&mut self) -> Result<()> {
        let number = self.shared.next.fetch_add(1, Ordering::Relaxed);
        self.put(number)
    }

    fn put(&mut self, number: u64) -> Result<()> {
        self.write(number..number + 1, |number| number)
    }

    /// Writes these numbers, or those that stand for them, at once.
    fn write(&mut self, numbers: Range<u64>, key: impl Fn(u64) -> u64) -> Result<()> {
        let sync = self.settings.sync || self.workload == Workload::FillSync;
        if numbers.end - numbers.start == 1 {
            let (key, value) = (Key::new(key(numbers.start)), self.values.draw());
            self.done.written += (key.as_ref().len() + value.len()) as u64;
            return self.target.put((key.as_ref(), value), sync);
        }
        let keys: Vec<Key> = numbers.map(|number| Key::new(key(number))).collect();
        let mut bytes = Vec::with_capacity(keys.len() * self.settings.value_size);
        for _ in &keys {
            bytes.extend_from_slice(self.values.draw());
        }
        let size = self.settings.value_size;
        let entry = |(index, key)| (AsRef::as_ref(key), &bytes[index * size..(index + 1) * size]);
        let entries: Vec<Entry<'_>> = keys.iter().enumerate().map(entry).collect();
        self.done.written += (bytes.len() + keys.len() * crate::KEY_SIZE) as u64;
        self.target.write(&entries, sync)
    }

    fn get(&mut self, key: &[u8]) -> Result<()> {
        let mut size = 0;
        let found = self.target.get(key, &mut |value| {
            std::hint::black_box(value.first());
            size = value.len();
        })?;
        if found {
            self.done.found += 1;
            self.done.read += (key.len() + size) as u64;
        }
        Ok(())
    }

    fn scan(&mut self, from: u64, limit: u64) -> Result<()> {
        let (read, found) = (&mut self.done.read, &mut self.done.found);
        self.target.scan(
            Some(Key::new(from).as_ref()),
            false,
            limit,
            &mut |(key, value)| {
                *read += (key.len() + value.len()) as u64;
                *found += 1;
                std::hint::black_box(value.first());
            },
        )
    }

    /// Reads all there is; a wrong order is an error.
    fn scan_all(&mut self) -> Result<()> {
        let reverse = self.workload == Workload::ReadReverse;
        let mut last: Option<[u8; crate::KEY_SIZE]> = None;
        let mut is_ordered = true;
        let mut begin = self.done.start;
        let target = self.target;
        target.scan(None, reverse, u64::MAX, &mut |(key, value)| {
            self.done.operations += 1;
            self.done.read += (key.len() + value.len()) as u64;
            std::hint::black_box(value.first());
            if self.done.operations.is_multiple_of(SCAN_STEP) {
                begin = self.record(begin);
                self.shared.done.fetch_add(SCAN_STEP, Ordering::Relaxed);
                let before = last.replace(key.try_into().unwrap_or_default());
                is_ordered &= before.is_none_or(|before| (key > &before[..]) != reverse);
            }
        })?;
        self.done.found = self.done.operations;
        if is_ordered {
            return Ok(());
        }
        let (engine, what) = (target.name(), "keys are not in order".to_owned());
        Err(Error::WrongAnswer { engine, what })
    }
}
