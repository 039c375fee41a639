//! What the tests of this stage share: sources that count, fail and grow, and what a merge of them
//! should do.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::cell::{Cell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::fmt;
use std::rc::Rc;

use ferrisdb_core::{InternalKey, Operation, Source, Timestamp};
use ferrisdb_testkit::show;

/// A version with its own bytes, that prints well.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) user_key: Vec<u8>,
    pub(crate) timestamp: u64,
    pub(crate) operation: Operation,
    pub(crate) value: Vec<u8>,
}

impl Entry {
    pub(crate) fn new(key: InternalKey<'_>, value: &[u8]) -> Self {
        Self {
            user_key: key.user_key.to_vec(),
            timestamp: key.timestamp.0,
            operation: key.operation,
            value: value.to_vec(),
        }
    }

    pub(crate) fn key(&self) -> InternalKey<'_> {
        InternalKey {
            user_key: &self.user_key,
            timestamp: Timestamp(self.timestamp),
            operation: self.operation,
        }
    }

    /// Where it belongs. What it does to the key plays no part in that.
    pub(crate) fn place(&self) -> (&[u8], Reverse<u64>) {
        (&self.user_key, Reverse(self.timestamp))
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} @{}", show(&self.user_key), self.timestamp)?;
        match self.operation {
            Operation::Put => write!(f, " = {}", show(&self.value)),
            Operation::Delete => f.write_str(" deleted"),
        }
    }
}

/// A version with a value.
pub(crate) fn put(user_key: impl AsRef<[u8]>, timestamp: u64, value: impl AsRef<[u8]>) -> Entry {
    Entry {
        user_key: user_key.as_ref().to_vec(),
        timestamp,
        operation: Operation::Put,
        value: value.as_ref().to_vec(),
    }
}

/// A tombstone.
pub(crate) fn delete(user_key: impl AsRef<[u8]>, timestamp: u64) -> Entry {
    Entry {
        operation: Operation::Delete,
        ..put(user_key, timestamp, "")
    }
}

/// A version to search for.
pub(crate) fn target(user_key: &[u8], timestamp: u64) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: Timestamp(timestamp),
        operation: Operation::Put,
    }
}

// ---------------------------------------------------------------------------------------------
// Sources that are watched
// ---------------------------------------------------------------------------------------------

/// What a source was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Open,
    First,
    Last,
    Seek,
    SeekForPrev,
    Next,
    Prev,
}

impl Call {
    /// Whether it looks for a place, and does not step from the one before.
    pub(crate) fn is_search(self) -> bool {
        matches!(self, Self::Seek | Self::SeekForPrev)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::First => "seek_to_first",
            Self::Last => "seek_to_last",
            Self::Seek => "seek",
            Self::SeekForPrev => "seek_for_prev",
            Self::Next => "next",
            Self::Prev => "prev",
        })
    }
}

/// What went wrong in a source: the number of the call that failed, over all sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken(pub(crate) usize);

/// Watches some sources: writes down what is asked of them, and lets a call fail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch(Rc<Watched>);

#[derive(Debug, Default)]
struct Watched {
    calls: RefCell<Vec<(usize, Call)>>,
    is_quiet: Cell<bool>,
    count: Cell<usize>,
    fails_at: Cell<Option<usize>>,
    has_failed: Cell<bool>,
    keys_read: Cell<usize>,
}

impl Watch {
    /// Counts calls, but does not write them down.
    pub(crate) fn be_quiet(&self) {
        self.0.is_quiet.set(true);
    }

    /// Lets the call with this number fail, counted from now.
    pub(crate) fn fail_at(&self, number: usize) {
        self.0.fails_at.set(Some(self.0.count.get() + number));
        self.0.has_failed.set(false);
    }

    /// Lets no call fail any more. Says whether one has.
    pub(crate) fn mend(&self) -> bool {
        self.0.fails_at.set(None);
        self.0.has_failed.replace(false)
    }

    /// Whether the call that was to fail has been made.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.has_failed.get()
    }

    /// Whether the call that was to fail has been made since this was last asked. If it has not,
    /// it is still to fail.
    pub(crate) fn take_failure(&self) -> bool {
        self.0.has_failed.replace(false)
    }

    /// The calls since this was last asked: the number of the source, and what was asked of it.
    pub(crate) fn take(&self) -> Vec<(usize, Call)> {
        self.0.calls.take()
    }

    /// How many calls there were in all.
    pub(crate) fn count(&self) -> usize {
        self.0.count.get()
    }

    /// How often a source was asked for its key.
    pub(crate) fn keys_read(&self) -> usize {
        self.0.keys_read.get()
    }

    /// A piece is opened.
    pub(crate) fn open(&self, piece: usize) -> Result<(), Broken> {
        self.note(piece, Call::Open)
    }

    fn note(&self, source: usize, call: Call) -> Result<(), Broken> {
        let number = self.0.count.get();
        self.0.count.set(number + 1);
        if !self.0.is_quiet.get() {
            self.0.calls.borrow_mut().push((source, call));
        }
        if self.0.fails_at.get() == Some(number) {
            self.0.has_failed.set(true);
            return Err(Broken(number));
        }
        Ok(())
    }
}

/// A sorted run of versions that can be read, watched, and added to while it is read.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    number: usize,
    watch: Watch,
    entries: Rc<RefCell<Vec<Rc<Entry>>>>,
    /// Where its cursor is.
    at: Rc<RefCell<Option<Rc<Entry>>>>,
}

impl Run {
    /// A run of these versions, in whatever order they are given.
    pub(crate) fn new(number: usize, watch: &Watch, entries: &[Entry]) -> Self {
        let run = Self {
            number,
            watch: watch.clone(),
            entries: Rc::default(),
            at: Rc::default(),
        };
        for entry in entries {
            run.add(entry.clone());
        }
        run
    }

    /// Adds a version; one with the same key and timestamp is replaced.
    pub(crate) fn add(&self, entry: Entry) {
        let mut entries = self.entries.borrow_mut();
        match entries.binary_search_by(|other| other.place().cmp(&entry.place())) {
            Ok(at) => entries[at] = Rc::new(entry),
            Err(at) => entries.insert(at, Rc::new(entry)),
        }
    }

    /// All its versions.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let entries = self.entries.borrow();
        entries.iter().map(|entry| Entry::clone(entry)).collect()
    }

    /// The version at which its cursor is.
    pub(crate) fn position(&self) -> Option<Entry> {
        self.at.borrow().as_deref().cloned()
    }

    pub(crate) fn cursor(&self) -> RunCursor {
        RunCursor {
            run: self.clone(),
            current: None,
        }
    }
}

/// A cursor over a [`Run`].
#[derive(Debug)]
pub(crate) struct RunCursor {
    run: Run,
    current: Option<Rc<Entry>>,
}

impl RunCursor {
    /// Goes to the version that `find` gives the index of.
    fn go(
        &mut self,
        call: Call,
        find: impl FnOnce(&[Rc<Entry>]) -> Option<usize>,
    ) -> Result<(), Broken> {
        let noted = self.run.watch.note(self.run.number, call);
        let entries = self.run.entries.borrow();
        let found = noted.is_ok().then(|| find(&entries)).flatten();
        self.current = found.and_then(|at| entries.get(at)).cloned();
        self.run.at.borrow_mut().clone_from(&self.current);
        noted
    }

    /// Steps from the current version, if there is one.
    fn step(
        &mut self,
        call: Call,
        find: impl FnOnce(&[Rc<Entry>], &Entry) -> Option<usize>,
    ) -> Result<(), Broken> {
        let current = self.current.take();
        self.go(call, |entries| find(entries, current.as_deref()?))
    }
}

/// How many versions come before `key`.
fn count_before(entries: &[Rc<Entry>], key: InternalKey<'_>) -> usize {
    let place = (key.user_key, Reverse(key.timestamp.0));
    entries.partition_point(|entry| entry.place() < place)
}

/// How many versions come before `key` or are at it.
fn count_through(entries: &[Rc<Entry>], key: InternalKey<'_>) -> usize {
    let place = (key.user_key, Reverse(key.timestamp.0));
    entries.partition_point(|entry| entry.place() <= place)
}

impl Source for RunCursor {
    type Error = Broken;

    fn seek_to_first(&mut self) -> Result<(), Broken> {
        self.go(Call::First, |_| Some(0))
    }

    fn seek_to_last(&mut self) -> Result<(), Broken> {
        self.go(Call::Last, |entries| entries.len().checked_sub(1))
    }

    fn seek(&mut self, target: InternalKey<'_>) -> Result<(), Broken> {
        self.go(Call::Seek, |entries| Some(count_before(entries, target)))
    }

    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), Broken> {
        self.go(Call::SeekForPrev, |entries| {
            count_through(entries, target).checked_sub(1)
        })
    }

    fn next(&mut self) -> Result<(), Broken> {
        self.step(Call::Next, |entries, current| {
            Some(count_through(entries, current.key()))
        })
    }

    fn prev(&mut self) -> Result<(), Broken> {
        self.step(Call::Prev, |entries, current| {
            count_before(entries, current.key()).checked_sub(1)
        })
    }

    fn is_valid(&self) -> bool {
        self.current.is_some()
    }

    fn key(&self) -> InternalKey<'_> {
        let watched = &self.run.watch.0;
        watched.keys_read.set(watched.keys_read.get() + 1);
        let number = self.run.number;
        match &self.current {
            Some(entry) => entry.key(),
            None => panic!("source {number} is at no version, and yours asked for its key"),
        }
    }

    fn value(&self) -> &[u8] {
        let number = self.run.number;
        match &self.current {
            Some(entry) => &entry.value,
            None => panic!("source {number} is at no version, and yours asked for its value"),
        }
    }
}

// ---------------------------------------------------------------------------------------------
// What should come out
// ---------------------------------------------------------------------------------------------

/// All versions of some runs, the newest run first, in order; of equal ones that of the newer run.
pub(crate) fn merged(runs: &[Vec<Entry>]) -> Vec<Entry> {
    let mut all: Vec<Entry> = runs.concat();
    // A stable sort: among equal ones the newer run's is first.
    all.sort_by(|left, right| left.place().cmp(&right.place()));
    all.dedup_by(|right, left| left.place() == right.place());
    all
}

/// What a reader as of some time sees: keys and values.
pub(crate) fn visible(runs: &[Vec<Entry>], as_of: u64) -> Vec<Entry> {
    let mut all = merged(runs);
    all.retain(|entry| entry.timestamp <= as_of);
    all.dedup_by(|right, left| left.user_key == right.user_key);
    all.retain(|entry| entry.operation == Operation::Put);
    all
}

/// A move.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Move {
    First,
    Last,
    Seek(Vec<u8>, u64),
    SeekForPrev(Vec<u8>, u64),
    Next,
    Prev,
}

impl fmt::Debug for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("seek_to_first"),
            Self::Last => f.write_str("seek_to_last"),
            Self::Seek(key, timestamp) => write!(f, "seek {} @{timestamp}", show(key)),
            Self::SeekForPrev(key, timestamp) => {
                write!(f, "seek_for_prev {} @{timestamp}", show(key))
            }
            Self::Next => f.write_str("next"),
            Self::Prev => f.write_str("prev"),
        }
    }
}

/// A list and a place in it: what a source should do.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) entries: Vec<Entry>,
    pub(crate) at: Option<usize>,
}

impl Model {
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        Self { entries, at: None }
    }

    /// A move. With `user_keys` a search compares user keys only.
    pub(crate) fn go(&mut self, to: &Move, user_keys: bool) {
        let order = |entry: &Entry, key: &[u8], timestamp: u64| {
            let order = entry.user_key.as_slice().cmp(key);
            if user_keys {
                return order;
            }
            order.then(Reverse(entry.timestamp).cmp(&Reverse(timestamp)))
        };
        let entries = &self.entries;
        let at = match to {
            Move::First => Some(0),
            Move::Last => entries.len().checked_sub(1),
            Move::Seek(key, time) => {
                Some(entries.partition_point(|entry| order(entry, key, *time) == Ordering::Less))
            }
            Move::SeekForPrev(key, time) => entries
                .partition_point(|entry| order(entry, key, *time) != Ordering::Greater)
                .checked_sub(1),
            Move::Next => self.at.map(|at| at + 1),
            Move::Prev => self.at.and_then(|at| at.checked_sub(1)),
        };
        self.at = at.filter(|&at| at < entries.len());
    }

    pub(crate) fn current(&self) -> Option<&Entry> {
        self.at.map(|at| &self.entries[at])
    }
}

/// Moves a source.
pub(crate) fn go<S: Source>(source: &mut S, to: &Move) -> Result<(), S::Error> {
    match to {
        Move::First => source.seek_to_first(),
        Move::Last => source.seek_to_last(),
        Move::Seek(key, timestamp) => source.seek(target(key, *timestamp)),
        Move::SeekForPrev(key, timestamp) => source.seek_for_prev(target(key, *timestamp)),
        Move::Next => source.next(),
        Move::Prev => source.prev(),
    }
}

/// The version at which a source is.
pub(crate) fn current<S: Source>(source: &S) -> Option<Entry> {
    source
        .is_valid()
        .then(|| Entry::new(source.key(), source.value()))
}

/// An entry, or that there is none, for a message.
pub(crate) fn say(entry: Option<&Entry>) -> String {
    entry.map_or_else(|| "no entry".to_owned(), |entry| format!("{entry:?}"))
}

// ---------------------------------------------------------------------------------------------
// Runs and moves by chance
// ---------------------------------------------------------------------------------------------

pub(crate) mod chance {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::{Entry, Move, delete, put};

    /// The same cases on every machine, and no files about those that failed.
    pub(crate) fn config(cases: u32) -> ProptestConfig {
        ProptestConfig {
            cases,
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(8),
            ..ProptestConfig::default()
        }
    }

    /// Few keys, so that runs overlap; some begin with the same eight bytes, or are the beginning
    /// of another.
    pub(crate) fn key() -> impl Strategy<Value = Vec<u8>> {
        let keys = [
            &b"a"[..],
            b"b",
            b"c",
            b"",
            b"b\x00",
            b"bb",
            b"\xff\xff",
            b"article-",
            b"article-1",
            b"article-2",
            b"article-\x00",
        ];
        prop::sample::select(keys.map(<[u8]>::to_vec).to_vec())
    }

    pub(crate) fn entry() -> impl Strategy<Value = Entry> {
        (key(), 1..6_u64, 0..4_u8).prop_map(|(key, timestamp, kind)| match kind {
            0 => delete(key, timestamp),
            1 => put(key, timestamp, ""),
            _ => put(key, timestamp, "value"),
        })
    }

    /// Runs, the newest first, whose values say from which run they are. Two of them can have the
    /// same key and timestamp, and then they do the same to the key.
    pub(crate) fn runs() -> impl Strategy<Value = Vec<Vec<Entry>>> {
        vec(vec(entry(), 0..12), 0..6).prop_map(|mut runs| {
            let mut known: Vec<Entry> = Vec::new();
            for (number, run) in runs.iter_mut().enumerate() {
                run.sort_by(|left, right| left.place().cmp(&right.place()));
                run.dedup_by(|right, left| left.place() == right.place());
                for entry in run {
                    match known.iter().find(|other| other.place() == entry.place()) {
                        Some(twin) => entry.clone_from(twin),
                        None => known.push(entry.clone()),
                    }
                    if entry.value.len() > 1 {
                        entry.value = format!("run {number}").into_bytes();
                    }
                }
            }
            runs
        })
    }

    /// Mostly steps, in changing directions.
    pub(crate) fn moves() -> impl Strategy<Value = Vec<Move>> {
        let one = prop_oneof![
            12 => Just(Move::Next),
            12 => Just(Move::Prev),
            1 => Just(Move::First),
            1 => Just(Move::Last),
            2 => (key(), 0..7_u64).prop_map(|(key, time)| Move::Seek(key, time)),
            2 => (key(), 0..7_u64).prop_map(|(key, time)| Move::SeekForPrev(key, time)),
        ];
        vec(one, 1..40)
    }
}
