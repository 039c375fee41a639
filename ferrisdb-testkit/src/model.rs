//! What a database should answer, in the plainest way there is.

use std::ops::RangeBounds;

use ferrisdb_core::{Batch, Operation};
use kv_store::Store;

use crate::{Pairs, show};

/// What a database should contain: the store of stage 01, without expiry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Model {
    store: Store,
}

/// A moment for [`Store`], which wants to know the time; no entry of a model expires.
const NOW_MS: u64 = 0;

impl Model {
    /// An empty database.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a value under a key.
    pub fn put(&mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.store.set(key, value);
    }

    /// Removes a key.
    pub fn delete(&mut self, key: impl AsRef<[u8]>) {
        self.store.delete(key, NOW_MS);
    }

    /// Does all writes of a batch.
    pub fn write(&mut self, batch: &Batch) {
        for entry in batch.iter() {
            match entry.operation {
                Operation::Put => self.put(entry.key, entry.value),
                Operation::Delete => self.delete(entry.key),
            }
        }
    }

    /// The value under a key.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Vec<u8>> {
        self.store.get(key, NOW_MS).map(<[u8]>::to_vec)
    }

    /// The keys in a range with their values, in order. An inverted range is empty.
    pub fn scan<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>) -> Pairs {
        let found = self.store.scan(range, NOW_MS);
        found
            .map(|(key, value)| (key.to_vec(), value.to_vec()))
            .collect()
    }

    /// Everything.
    #[must_use]
    pub fn contents(&self) -> Pairs {
        self.scan::<&[u8]>(..)
    }
}

/// All states that a database went through, one a commit, to tell which of them came back
/// after a crash.
///
/// Call [`commit`](Self::commit) *before* the database is asked to commit, because a commit
/// that failed half-way may still be found later, and [`acknowledge`](Self::acknowledge) once
/// it has promised that everything so far is on the disk.
///
/// ```
/// use ferrisdb_core::Batch;
/// use ferrisdb_testkit::Timeline;
///
/// let mut batch = Batch::new();
/// batch.put("a", "1");
/// let mut timeline = Timeline::new();
/// timeline.commit(&batch);
/// assert_eq!(timeline.check(&[]), Ok(0), "nothing was promised yet");
/// timeline.acknowledge();
/// timeline.check(&[]).expect_err("now it was");
/// assert_eq!(timeline.check(&[(b"a".to_vec(), b"1".to_vec())]), Ok(1));
/// ```
#[derive(Debug, Clone)]
pub struct Timeline {
    /// The state after so many commits; never empty.
    states: Vec<Model>,
    acknowledged: usize,
}

impl Default for Timeline {
    fn default() -> Self {
        Self::new()
    }
}

impl Timeline {
    /// An empty database, with no commit.
    #[must_use]
    pub fn new() -> Self {
        Self {
            states: vec![Model::new()],
            acknowledged: 0,
        }
    }

    /// The newest state.
    #[must_use]
    pub fn newest(&self) -> &Model {
        &self.states[self.states.len() - 1]
    }

    /// How many commits there were.
    #[must_use]
    pub fn commits(&self) -> usize {
        self.states.len() - 1
    }

    /// How many of them were promised to survive.
    #[must_use]
    pub fn acknowledged(&self) -> usize {
        self.acknowledged
    }

    /// A batch is about to be committed.
    pub fn commit(&mut self, batch: &Batch) {
        let mut state = self.newest().clone();
        state.write(batch);
        self.states.push(state);
    }

    /// Everything so far was promised to survive.
    pub fn acknowledge(&mut self) {
        self.acknowledged = self.commits();
    }

    /// After how many commits the database had these contents; the newest such state, where
    /// there are several.
    ///
    /// An error, in words, if there is no such state, or only ones older than what was
    /// acknowledged.
    pub fn check(&self, contents: &[(Vec<u8>, Vec<u8>)]) -> Result<usize, String> {
        let has_these = |state: &Model| state.contents() == contents;
        let found = self.states.iter().rposition(has_these);
        match found {
            Some(commits) if commits >= self.acknowledged => Ok(commits),
            Some(commits) => Err(format!(
                "commits were lost: the database is as it was after {commits} of {}, but {} were \
                 acknowledged as being on the disk",
                self.commits(),
                self.acknowledged,
            )),
            None => Err(self.describe_stranger(contents)),
        }
    }

    /// Goes back to the state after so many commits, which is what was found on the disk and
    /// therefore acknowledged.
    pub fn rewind(&mut self, commits: usize) {
        self.states.truncate(commits.saturating_add(1));
        self.acknowledge();
    }

    /// Contents that the database never had.
    fn describe_stranger(&self, contents: &[(Vec<u8>, Vec<u8>)]) -> String {
        let candidates = (self.acknowledged..self.states.len()).map(|commits| {
            let state = list(&self.states[commits].contents());
            format!("\n  after {commits}: {state}")
        });
        format!(
            "the database was never like this: it holds {}.\nIt should be as after one of these \
             commits:{}",
            list(contents),
            candidates.collect::<String>()
        )
    }
}

/// Contents as a person reads them.
fn list(pairs: &[(Vec<u8>, Vec<u8>)]) -> String {
    if pairs.is_empty() {
        return "nothing".to_owned();
    }
    let pairs = pairs
        .iter()
        .map(|(key, value)| format!("{} = {}", show(key), show(value)));
    pairs.collect::<Vec<_>>().join(", ")
}
