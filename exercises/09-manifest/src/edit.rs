//! What changes from one version to the next.
//!
//! An edit is a sequence of fields, each with a tag in front:
//!
//! ```text
//!   tag  field
//!     1  log start         varint
//!     2  last timestamp    varint
//!     3  next number       varint
//!     4  remove            varint level | varint number
//!     5  add               varint level | table
//! ```
//!
//! They come in this order, and those that do not change are left out. A reader takes them in any
//! order; if one of the first three comes twice, the later counts. A version as a whole is written as the edit that leads to it from an empty database, so a snapshot needs no format of
//! its own.

use std::sync::Arc;

use ferrisdb_core::Timestamp;
use ferrisdb_format::{get_varint, put_varint};

use crate::table::get_byte;
use crate::{Invalid, TableMeta};

const LOG_START: u8 = 1;
const LAST_TIMESTAMP: u8 = 2;
const NEXT_NUMBER: u8 = 3;
const REMOVE: u8 = 4;
const ADD: u8 = 5;

/// What changes from one version to the next: all of it, or nothing.
///
/// A flush adds a table to level 0 and says that the log is needed from a later position. A
/// compaction removes some tables and adds others:
///
/// ```
/// use ferrisdb_manifest::Edit;
///
/// let compaction = Edit::new().remove(0, 7).remove(0, 9).remove(1, 4);
/// # assert_eq!(compaction.remove.len(), 3);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edit {
    /// The log position from which the log is still needed.
    pub log_start: Option<u64>,
    /// The newest timestamp that is in a table.
    pub last_timestamp: Option<Timestamp>,
    /// The number from which on none is taken.
    pub next_number: Option<u64>,
    /// Tables that go, by level and number.
    pub remove: Vec<(usize, u64)>,
    /// Tables that come, with their level. A table that moves goes and comes in one edit.
    pub add: Vec<(usize, Arc<TableMeta>)>,
}

impl Edit {
    /// Nothing changes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A table comes to a level.
    #[must_use]
    pub fn add(mut self, level: usize, table: impl Into<Arc<TableMeta>>) -> Self {
        self.add.push((level, table.into()));
        self
    }

    /// The table of that number goes from a level.
    #[must_use]
    pub fn remove(mut self, level: usize, number: u64) -> Self {
        self.remove.push((level, number));
        self
    }

    /// The log is needed from this position on only.
    #[must_use]
    pub fn log_start(mut self, position: u64) -> Self {
        self.log_start = Some(position);
        self
    }

    /// Everything up to this timestamp is in tables.
    #[must_use]
    pub fn last_timestamp(mut self, timestamp: Timestamp) -> Self {
        self.last_timestamp = Some(timestamp);
        self
    }

    /// Numbers below this one may be taken. [`Manifest::next_number`](crate::Manifest::next_number)
    /// sees to it.
    #[must_use]
    pub fn next_number(mut self, number: u64) -> Self {
        self.next_number = Some(number);
        self
    }

    /// Appends the edit as bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let mut single = |tag: u8, value: Option<u64>| {
            if let Some(value) = value {
                out.push(tag);
                put_varint(out, value);
            }
        };
        single(LOG_START, self.log_start);
        single(
            LAST_TIMESTAMP,
            self.last_timestamp.map(|timestamp| timestamp.0),
        );
        single(NEXT_NUMBER, self.next_number);
        for &(level, number) in &self.remove {
            out.push(REMOVE);
            put_varint(out, level as u64);
            put_varint(out, number);
        }
        for (level, table) in &self.add {
            out.push(ADD);
            put_varint(out, *level as u64);
            table.encode(out);
        }
    }

    /// Reads an edit that fills all of `bytes`.
    pub fn decode(bytes: &[u8]) -> Result<Self, Invalid> {
        todo!("take fields off the front until nothing is left")
    }
}

/// A level; whether there is one of that number is for [`Version::apply`](crate::Version::apply).
fn get_level(input: &mut &[u8]) -> Result<usize, Invalid> {
    Ok(usize::try_from(get_varint(input)?).unwrap_or(usize::MAX))
}
