//! What a reader sees: one version of each key, and no tombstones.
//!
//! ```text
//!   as of @5
//!   apple @9   apple @4   apple @1   banana @5   banana @2   cherry @7
//!   too new    shown      hidden     a delete    hidden      too new
//! ```
//!
//! Forward, versions come from the newest to the oldest: the first that is not too new decides.
//! Backward they come oldest first: the last that is not too new decides, and it is known to be
//! the last only when the one before it was seen. So on the way back the entry that is shown lies
//! *behind* the source, and its key and value were kept.

use ferrisdb_core::{InternalKey, Operation, Source, Timestamp};

/// So many versions of one key are passed step by step. For more, a search is cheaper.
const STEPS_MAX: usize = 8;

/// The newest version of each key as of some time, deleted keys left out.
///
/// It goes both ways and changes direction at any place. Like a [`Source`] it is at no entry
/// before its first move, past either end, and after an error.
#[derive(Debug)]
pub struct Visible<S> {
    source: S,
    as_of: Timestamp,
    at: At,
    /// The user key of the entry, if it is [`At::Kept`]. Otherwise of use while moving.
    key: Vec<u8>,
    /// The value of the entry, if it is [`At::Kept`].
    value: Vec<u8>,
}

/// Where the entry is that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// There is none.
    Nothing,
    /// The source is at it.
    Source,
    /// It is in the buffers, and the source is before it: at a version of the
    /// same key that is too new, at another key, or at none.
    Kept,
}

impl<S: Source> Visible<S> {
    /// What a reader as of `as_of` sees of a source; at no entry yet.
    pub fn new(source: S, as_of: Timestamp) -> Self {
        Self {
            source,
            as_of,
            at: At::Nothing,
            key: Vec::new(),
            value: Vec::new(),
        }
    }

    /// The time as of which this reads.
    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// Goes to the first key.
    pub fn seek_to_first(&mut self) -> Result<(), S::Error> {
        self.at = At::Nothing;
        self.source.seek_to_first()?;
        self.forward()
    }

    /// Goes to the last key.
    pub fn seek_to_last(&mut self) -> Result<(), S::Error> {
        self.at = At::Nothing;
        self.source.seek_to_last()?;
        self.backward()
    }

    /// Goes to the first key that is `target` or comes after it.
    pub fn seek(&mut self, target: &[u8]) -> Result<(), S::Error> {
        self.at = At::Nothing;
        self.source.seek(version(target, self.as_of))?;
        self.forward()
    }

    /// Goes to the last key that is `target` or comes before it.
    pub fn seek_for_prev(&mut self, target: &[u8]) -> Result<(), S::Error> {
        self.at = At::Nothing;
        self.source
            .seek_for_prev(version(target, Timestamp::ZERO))?;
        self.backward()
    }

    /// Goes to the next key, or past the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "a cursor lends its entry and goes both ways; an iterator does neither"
    )]
    pub fn next(&mut self) -> Result<(), S::Error> {
        todo!(
            "leave the key of the entry, wherever the source is, and find the next one that is to be shown"
        )
    }

    /// Goes to the key before, or past the beginning.
    pub fn prev(&mut self) -> Result<(), S::Error> {
        match std::mem::replace(&mut self.at, At::Nothing) {
            At::Nothing => return Ok(()),
            At::Source => self.keep_key(),
            At::Kept => {}
        }
        self.leave_backward()?;
        self.backward()
    }

    /// Whether this is at an entry.
    pub fn is_valid(&self) -> bool {
        self.at != At::Nothing
    }

    /// The key of the entry.
    ///
    /// # Panics
    /// If this is at none.
    pub fn key(&self) -> &[u8] {
        match self.at {
            At::Source => self.source.key().user_key,
            At::Kept => &self.key,
            At::Nothing => panic!("asked for its entry where `is_valid` says that there is none"),
        }
    }

    /// The value of the entry.
    ///
    /// # Panics
    /// If this is at none.
    pub fn value(&self) -> &[u8] {
        match self.at {
            At::Source => self.source.value(),
            At::Kept => &self.value,
            At::Nothing => panic!("asked for its entry where `is_valid` says that there is none"),
        }
    }

    /// From the first version of a key on: finds the first key that is to be shown.
    fn forward(&mut self) -> Result<(), S::Error> {
        todo!("go on until a version is to be shown: one that is not too new, and no delete")
    }

    /// Goes to the next key. The source is at a version of the kept one.
    fn leave(&mut self) -> Result<(), S::Error> {
        for _ in 0..STEPS_MAX {
            self.source.next()?;
            if !self.is_at_kept_key() {
                return Ok(());
            }
        }
        self.seek_behind()
    }

    /// Goes to the first version behind all those of the kept key.
    fn seek_behind(&mut self) -> Result<(), S::Error> {
        self.source.seek(version(&self.key, Timestamp::ZERO))?;
        if self.is_at_kept_key() {
            self.source.next()?;
        }
        Ok(())
    }

    /// Goes to the first version of the kept key that is not too new, or to the next key. The
    /// source is at a version of the kept key.
    fn skip_too_new(&mut self) -> Result<(), S::Error> {
        for _ in 0..STEPS_MAX {
            self.source.next()?;
            if !self.is_at_kept_key() || self.source.key().timestamp <= self.as_of {
                return Ok(());
            }
        }
        self.source.seek(version(&self.key, self.as_of))
    }

    /// From the last version of a key on, backward: finds the first key that is to be shown.
    fn backward(&mut self) -> Result<(), S::Error> {
        while self.source.is_valid() {
            self.keep_key();
            let (operation, at) = self.newest_backward()?;
            if operation == Some(Operation::Put) {
                self.at = at;
                return Ok(());
            }
            self.leave_backward()?;
        }
        Ok(())
    }

    /// Finds the newest version of the kept key that is not too new: what it does to the key, if
    /// there is one, and where it is then. The source is at the key's last version.
    fn newest_backward(&mut self) -> Result<(Option<Operation>, At), S::Error> {
        todo!(
            "go back through the versions of the kept key, keep the value of each that is not too new, and say what the newest of them does"
        )
    }

    /// Goes to the last version before all those of the kept key. The source is at one of them,
    /// or before them.
    fn leave_backward(&mut self) -> Result<(), S::Error> {
        for _ in 0..STEPS_MAX {
            if !self.is_at_kept_key() {
                return Ok(());
            }
            self.source.prev()?;
        }
        self.source
            .seek_for_prev(version(&self.key, Timestamp::MAX))?;
        if self.is_at_kept_key() {
            self.source.prev()?;
        }
        Ok(())
    }

    fn is_at_kept_key(&self) -> bool {
        self.source.is_valid() && self.source.key().user_key == self.key
    }

    /// Keeps the user key at which the source is.
    fn keep_key(&mut self) {
        self.key.clear();
        self.key.extend_from_slice(self.source.key().user_key);
    }
}

/// A version to search for. What it does to the key plays no part in a search.
fn version(user_key: &[u8], timestamp: Timestamp) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp,
        operation: Operation::Put,
    }
}
