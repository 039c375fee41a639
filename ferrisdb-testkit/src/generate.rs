//! Strategies for proptest: keys, values, writes, batches, histories.
//!
//! Each strategy lists its plainest kind first, and shrinks towards it: a history that fails
//! ends up as a few sentences about keys like `"a"`.

use std::fmt;
use std::ops::{Bound, RangeBounds, RangeInclusive};

use ferrisdb_core::{Batch, KEY_SIZE_MAX};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::Text;

/// A write.
#[derive(Clone, PartialEq, Eq)]
pub enum Write {
    /// The key gets the value.
    Put(Text, Text),
    /// The key goes.
    Delete(Text),
}

impl Write {
    /// Adds it to a batch.
    pub fn add_to(&self, batch: &mut Batch) {
        match self {
            Self::Put(key, value) => batch.put(key, value),
            Self::Delete(key) => batch.delete(key),
        }
    }
}

impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put(key, value) => write!(f, "put {key:?} = {value:?}"),
            Self::Delete(key) => write!(f, "delete {key:?}"),
        }
    }
}

/// The bounds of a scan; they may be inverted.
#[derive(Clone, PartialEq, Eq)]
pub struct Range {
    /// Where it starts.
    pub start: Bound<Text>,
    /// Where it ends.
    pub end: Bound<Text>,
}

impl RangeBounds<Text> for Range {
    fn start_bound(&self) -> Bound<&Text> {
        self.start.as_ref()
    }

    fn end_bound(&self) -> Bound<&Text> {
        self.end.as_ref()
    }
}

impl fmt::Debug for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.start {
            Bound::Included(key) => write!(f, "from {key:?}")?,
            Bound::Excluded(key) => write!(f, "after {key:?}")?,
            Bound::Unbounded => f.write_str("from the start")?,
        }
        match &self.end {
            Bound::Included(key) => write!(f, " through {key:?}"),
            Bound::Excluded(key) => write!(f, " up to {key:?}"),
            Bound::Unbounded => f.write_str(" to the end"),
        }
    }
}

/// One step in the life of a database.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// A single write.
    Write(Write),
    /// Several writes as one batch.
    Batch(Vec<Write>),
    /// Looks up a key.
    Get(Text),
    /// Walks over a range.
    Scan(Range),
    /// Walks over a range, backwards.
    ScanBack(Range),
    /// Syncs the log.
    Sync,
    /// Closes the database and opens it again.
    Reopen,
    /// Drops the database without closing it and opens it again, as after `kill -9`.
    Kill,
    /// Cuts the power, then opens what a random crash with this seed left.
    PowerCut(u64),
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(write) => write.fmt(f),
            Self::Batch(writes) if writes.is_empty() => f.write_str("write an empty batch"),
            Self::Batch(writes) => {
                f.write_str("write a batch: ")?;
                for (index, write) in writes.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    write.fmt(f)?;
                }
                Ok(())
            }
            Self::Get(key) => write!(f, "get {key:?}"),
            Self::Scan(range) => write!(f, "scan {range:?}"),
            Self::ScanBack(range) => write!(f, "scan backwards {range:?}"),
            Self::Sync => f.write_str("sync"),
            Self::Reopen => f.write_str("close and open again"),
            Self::Kill => f.write_str("kill and open again"),
            Self::PowerCut(seed) => write!(f, "cut the power (seed {seed}) and open again"),
        }
    }
}

/// What happens to a database, in order. Its `Debug` form is a numbered list of sentences.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct History(pub Vec<Action>);

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, action) in self.0.iter().enumerate() {
            write!(f, "\n  {}. {action:?}", index + 1)?;
        }
        Ok(())
    }
}

/// Keys: mostly from a few short ones, so that they collide; sometimes empty, made of bytes
/// such as 0x00 and 0xff, one the prefix of another, or as long as a key may be.
pub fn key() -> impl Strategy<Value = Text> {
    prop_oneof![
        60 => prop::sample::select(&["a", "b", "c", "d"][..]).prop_map(Text::from),
        12 => "[ab]{1,3}".prop_map(|key| Text::from(&key)),
        6 => Just(Text::default()),
        12 => vec(prop::sample::select(&[0x00, 0x01, 0x7f, 0xfe, 0xff][..]), 1..4).prop_map(Text),
        6 => "user/[0-9]{1,4}".prop_map(|key| Text::from(&key)),
        1 => (b'a'..=b'c', 0..2_usize)
            .prop_map(|(byte, less)| Text(vec![byte; KEY_SIZE_MAX - less])),
    ]
}

/// Values: mostly short, sometimes empty, any bytes, or longer than a few sectors.
pub fn value() -> impl Strategy<Value = Text> {
    prop_oneof![
        12 => "[0-9]{1,2}".prop_map(|value| Text::from(&value)),
        2 => Just(Text::default()),
        3 => vec(any::<u8>(), 0..40).prop_map(Text),
        1 => (any::<u8>(), 400..3000_usize).prop_map(|(byte, size)| Text(vec![byte; size])),
    ]
}

/// Writes, three in four of them puts.
pub fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        3 => (key(), value()).prop_map(|(key, value)| Write::Put(key, value)),
        1 => key().prop_map(Write::Delete),
    ]
}

/// The writes of a batch; keys may repeat in it, and it may be empty.
pub fn writes() -> impl Strategy<Value = Vec<Write>> {
    vec(write(), 0..6)
}

/// Batches.
pub fn batch() -> impl Strategy<Value = Batch> {
    writes().prop_map(|writes| {
        let mut batch = Batch::new();
        for write in &writes {
            write.add_to(&mut batch);
        }
        batch
    })
}

/// Ranges with all kinds of bounds; one in a few is empty or inverted.
pub fn range() -> impl Strategy<Value = Range> {
    let bound = || {
        prop_oneof![
            1 => Just(Bound::Unbounded),
            2 => key().prop_map(Bound::Included),
            2 => key().prop_map(Bound::Excluded),
        ]
    };
    (bound(), bound()).prop_map(|(start, end)| Range { start, end })
}

/// Actions of all kinds.
pub fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        24 => write().prop_map(Action::Write),
        6 => writes().prop_map(Action::Batch),
        8 => key().prop_map(Action::Get),
        4 => range().prop_map(Action::Scan),
        4 => range().prop_map(Action::ScanBack),
        2 => Just(Action::Sync),
        1 => Just(Action::Reopen),
        1 => Just(Action::Kill),
        2 => any::<u64>().prop_map(Action::PowerCut),
    ]
}

/// Histories of that many actions.
pub fn history(size: RangeInclusive<usize>) -> impl Strategy<Value = History> {
    vec(action(), size).prop_map(History)
}
