//! Walking over the database.

use std::fmt;
use std::sync::Arc;

use ferrisdb_core::Timestamp;
use ferrisdb_merge::{Concat, Merge, Visible};
use ferrisdb_sstable as sstable;

use crate::Result;
use crate::part::Part;
use crate::shared::{Pinned, Shared};
use crate::super_version::SuperVersion;

/// A place among the keys that have a value as of some timestamp: at one of them, or at none.
///
/// It shows the database as of that timestamp, whatever is written meanwhile, and goes both ways. It
/// is at none before its first move, past either end, and after an error.
///
/// Until it is dropped, the files that it may read stay where they are.
pub struct Cursor {
    visible: Visible<Merge<Part>>,
    pinned: Pinned,
}

impl Cursor {
    pub(crate) fn new(shared: &Arc<Shared>, as_of: Option<Timestamp>) -> Self {
        Self::over(shared.hold(as_of))
    }

    fn over(pinned: Pinned) -> Self {
        let visible = Visible::new(Merge::new(sources(&pinned.parts)), pinned.as_of);
        Self { visible, pinned }
    }

    /// Another cursor over the same, as of the same timestamp, at no key yet.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::over(self.pinned.again())
    }

    /// As of when it shows the database.
    pub fn as_of(&self) -> Timestamp {
        self.pinned.as_of
    }

    /// Goes to the first key.
    pub fn seek_to_first(&mut self) -> Result<()> {
        self.visible.seek_to_first()
    }

    /// Goes to the last key.
    pub fn seek_to_last(&mut self) -> Result<()> {
        self.visible.seek_to_last()
    }

    /// Goes to the first key that is `target` or comes after it.
    pub fn seek(&mut self, target: impl AsRef<[u8]>) -> Result<()> {
        self.visible.seek(target.as_ref())
    }

    /// Goes to the last key that is `target` or comes before it.
    pub fn seek_for_prev(&mut self, target: impl AsRef<[u8]>) -> Result<()> {
        self.visible.seek_for_prev(target.as_ref())
    }

    /// Goes to the next key.
    #[expect(
        clippy::should_implement_trait,
        reason = "a cursor lends its entry and goes both ways; an iterator does neither"
    )]
    pub fn next(&mut self) -> Result<()> {
        self.visible.next()
    }

    /// Goes to the key before.
    pub fn prev(&mut self) -> Result<()> {
        self.visible.prev()
    }

    /// Whether it is at a key.
    pub fn is_valid(&self) -> bool {
        self.visible.is_valid()
    }

    /// The key at which it is.
    ///
    /// # Panics
    /// If it is at none.
    pub fn key(&self) -> &[u8] {
        self.visible.key()
    }

    /// The value of that key.
    ///
    /// # Panics
    /// If it is at none.
    pub fn value(&self) -> &[u8] {
        self.visible.value()
    }
}

/// All parts as sources, newest first.
///
/// A memtable that is empty has none. Nothing can be missed by that: as of when to read was
/// decided before, so whatever comes into the memtable from now on is newer.
fn sources(parts: &SuperVersion) -> Vec<Part> {
    let memories = parts.memories();
    let mut sources: Vec<_> = memories
        .filter_map(|memory| memory.table.owned_cursor())
        .map(Part::Memtable)
        .collect();
    for (level, tables) in parts.levels.tables.iter().enumerate() {
        if level > 0 && tables.len() > 1 {
            sources.push(Part::Level(Concat::new(Arc::clone(tables))));
        } else {
            let cursor = |live: &crate::super_version::Live| {
                Part::Table(sstable::Cursor::new(Arc::clone(&live.table)))
            };
            sources.extend(tables.iter().map(cursor));
        }
    }
    sources
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor")
            .field("as_of", &self.as_of())
            .field(
                "key",
                &self
                    .is_valid()
                    .then(|| self.key().escape_ascii().to_string()),
            )
            .finish_non_exhaustive()
    }
}
