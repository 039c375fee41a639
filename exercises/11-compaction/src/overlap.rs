//! Which tables have keys in common.
//!
//! ```text
//!   range                    c ─────────── k
//!   level 2     a ── b    b ── d   f ── g     k ── m   n ── p
//!                         └───────── overlap ──────┘
//! ```
//!
//! Both ends of a table, and of a range, are keys that belong to it. Only user keys count: two
//! tables that hold different versions of one key overlap.

use std::sync::Arc;

use ferrisdb_manifest::TableMeta;

/// A range of user keys, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRange<'a> {
    /// The smallest key.
    pub first: &'a [u8],
    /// The largest key.
    pub last: &'a [u8],
}

impl<'a> KeyRange<'a> {
    /// The keys between the smallest and the largest of a table.
    pub fn of(table: &'a TableMeta) -> Self {
        Self {
            first: &table.smallest.user_key,
            last: &table.largest.user_key,
        }
    }

    /// The smallest range that holds all these tables; `None` if there are none.
    pub fn over(tables: impl IntoIterator<Item = &'a Arc<TableMeta>>) -> Option<Self> {
        let ranges = tables.into_iter().map(|table| Self::of(table));
        ranges.reduce(Self::and)
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }

    /// Whether a key lies in both.
    #[must_use]
    pub fn overlaps(self, other: KeyRange<'_>) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether a key lies in it.
    #[must_use]
    pub fn holds(self, user_key: &[u8]) -> bool {
        self.first <= user_key && user_key <= self.last
    }
}

/// The tables of a level other than 0 that overlap a range: neighbours, found by two binary
/// searches.
pub fn in_level<'a>(level: &'a [Arc<TableMeta>], range: KeyRange<'_>) -> &'a [Arc<TableMeta>] {
    todo!(
        "the slice from the first table that ends in the range or behind it, to the last that begins in it or before it"
    )
}

/// The tables of level 0 that must leave it together with one of them, in the order of the
/// level.
///
/// An older table that overlaps the one that leaves would hide it from then on, since level 0 is
/// read first. So it goes along; and what overlaps *that* one goes along too, until no table that
/// stays overlaps the range that leaves.
pub fn in_level_zero(level: &[Arc<TableMeta>], leaves: &TableMeta) -> Vec<Arc<TableMeta>> {
    todo!("widen the range by all that overlaps it until nothing more does")
}
