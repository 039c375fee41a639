//! Every version of several sources, in order.
//!
//! ```text
//!   heads, in order             next: source 1 moves on to e @4,
//!                               and goes back to its place
//!   ┌──────┬──────┬──────┐      ┌──────┬──────┬──────┐
//!   │ b @7 │ d @2 │ f @5 │      │ d @2 │ e @4 │ f @5 │
//!   │ 1    │ 0    │ 2    │      │ 0    │ 1    │ 2    │
//!   └──────┴──────┴──────┘      └──────┴──────┴──────┘
//!     ▲ the entry                 ▲ the entry
//! ```
//!
//! A sorted list is enough, since there are few sources. To put the first head back costs one
//! comparison where a source has several versions in a row, and otherwise about the logarithm of
//! the number of sources; a binary heap needs twice as many. On the way back everything is the
//! same the other way round: each source is at its last version not after the entry, and the list
//! descends.

use std::cmp::Ordering;
use std::mem;

use ferrisdb_core::{InternalKey, Source};

use crate::direction::Direction;
use crate::head::{Head, order};

/// Every version of several sources, in order.
///
/// Sources are numbered from the newest to the oldest. If two of them have a version with the same
/// key and timestamp, it is the same write twice, and that of the newer source is shown.
#[derive(Debug)]
pub struct Merge<S> {
    sources: Vec<S>,
    /// The sources that are at a version, in the order in which their versions come. The first is
    /// the entry of the merge; without any, it is at none.
    heads: Vec<Head>,
    direction: Direction,
    /// Of use while turning round: a key that outlives its source's moving.
    user_key: Vec<u8>,
}

impl<S: Source> Merge<S> {
    /// A merge of sources, the newest first, at no version yet.
    pub fn new(sources: Vec<S>) -> Self {
        Self {
            heads: Vec::with_capacity(sources.len()),
            sources,
            direction: Direction::Forward,
            user_key: Vec::new(),
        }
    }

    /// Places every source anew, and then goes on in `direction`.
    fn place(
        &mut self,
        direction: Direction,
        position: impl Fn(&mut S) -> Result<(), S::Error>,
    ) -> Result<(), S::Error> {
        // Until all sources are where they should be, the merge is at none.
        self.heads.clear();
        for source in &mut self.sources {
            position(source)?;
        }
        self.direction = direction;
        self.gather();
        Ok(())
    }

    /// Notes where the sources are, and puts them in order.
    fn gather(&mut self) {
        self.heads.clear();
        for (number, source) in self.sources.iter().enumerate() {
            if source.is_valid() {
                self.heads.push(Head::new(number, source.key()));
            }
        }
        for at in (0..self.heads.len()).rev() {
            self.settle(at);
        }
    }

    /// Puts the head at `at` into its place among those behind it, which are in order.
    fn settle(&mut self, at: usize) {
        let head = self.heads[at];
        let behind = &self.heads[at + 1..];
        let Some((next, others)) = behind.split_first() else {
            return;
        };
        // Often a source has several versions in a row.
        if self.comes_before(&head, next) {
            return;
        }
        let passed = 1 + others.partition_point(|other| self.comes_before(other, &head));
        self.heads.copy_within(at + 1..=at + passed, at);
        self.heads[at + passed] = head;
    }

    /// Whether the version at `left` is to be shown before that at `right`. Of two equal ones
    /// that is the newer source's.
    #[inline]
    fn comes_before(&self, left: &Head, right: &Head) -> bool {
        let order = match left.prefix.cmp(&right.prefix) {
            Ordering::Equal => order(
                self.sources[left.source].key(),
                self.sources[right.source].key(),
            ),
            unequal => unequal,
        };
        match self.direction.see(order) {
            Ordering::Equal => left.source < right.source,
            unequal => unequal.is_lt(),
        }
    }

    /// Whether two sources are at the same version.
    fn is_twin(&self, left: &Head, right: &Head) -> bool {
        let noted = |head: &Head| (head.prefix, head.timestamp);
        let user_key = |head: &Head| self.sources[head.source].key().user_key;
        noted(left) == noted(right) && user_key(left) == user_key(right)
    }

    /// Leaves the current entry in `direction`.
    fn advance(&mut self, direction: Direction) -> Result<(), S::Error> {
        let Some((first, others)) = self.heads.split_first() else {
            return Ok(());
        };
        if direction != self.direction {
            return self.turn(direction);
        }
        let twins = others.iter().take_while(|head| self.is_twin(first, head));
        // From the back, so that the heads behind the one that moves are always in order.
        for at in (0..=twins.count()).rev() {
            self.step(at)?;
        }
        Ok(())
    }

    /// Moves the source of the head at `at`, and puts that head into its new place.
    fn step(&mut self, at: usize) -> Result<(), S::Error> {
        let number = self.heads[at].source;
        let source = &mut self.sources[number];
        let moved = self.direction.step(source);
        if moved.is_err() {
            self.heads.clear();
        } else if !source.is_valid() {
            self.heads.remove(at);
        } else if self.heads.len() > 1 {
            // The last source that is left is compared with nothing.
            self.heads[at] = Head::new(number, source.key());
            self.settle(at);
        }
        moved
    }

    /// Leaves the current entry against the direction in which it was found.
    fn turn(&mut self, direction: Direction) -> Result<(), S::Error> {
        // The entry is kept, since its source moves on as well.
        let mut user_key = mem::take(&mut self.user_key);
        let entry = self.current().key();
        user_key.clear();
        user_key.extend_from_slice(entry.user_key);
        let entry = InternalKey {
            user_key: &user_key,
            timestamp: entry.timestamp,
            operation: entry.operation,
        };
        let turned = self.place(direction, |source| direction.turn(source, entry));
        self.user_key = user_key;
        turned
    }

    /// The source whose version is the entry.
    fn current(&self) -> &S {
        let first = self.heads.first();
        let first = first.expect("a merge is asked for its entry only where `is_valid` says so");
        &self.sources[first.source]
    }
}

impl<S: Source> Source for Merge<S> {
    type Error = S::Error;

    fn seek_to_first(&mut self) -> Result<(), S::Error> {
        self.place(Direction::Forward, S::seek_to_first)
    }

    fn seek_to_last(&mut self) -> Result<(), S::Error> {
        self.place(Direction::Backward, S::seek_to_last)
    }

    fn seek(&mut self, target: InternalKey<'_>) -> Result<(), S::Error> {
        self.place(Direction::Forward, |source| source.seek(target))
    }

    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), S::Error> {
        self.place(Direction::Backward, |source| source.seek_for_prev(target))
    }

    fn next(&mut self) -> Result<(), S::Error> {
        self.advance(Direction::Forward)
    }

    fn prev(&mut self) -> Result<(), S::Error> {
        self.advance(Direction::Backward)
    }

    fn is_valid(&self) -> bool {
        !self.heads.is_empty()
    }

    fn key(&self) -> InternalKey<'_> {
        self.current().key()
    }

    fn value(&self) -> &[u8] {
        self.current().value()
    }
}
