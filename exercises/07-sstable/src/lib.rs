//! The sorted table: the file in which most of a database lies.
//!
//! A memtable that is full is written out in one go, in order, into a file that is never changed
//! again. Such a file answers two questions: what is the newest version of this key, and what
//! comes next.
//!
//! ```text
//!   0000000007.sst
//!  ┌────────┬────────┬─────┬────────┬───────┬───────┬────────┬────────────┬────────┐
//!  │ header │ data   │ ... │ data   │ index │ index │ filter │ properties │ footer │
//!  │ 64 B   │ block  │     │ block  │ parts │       │        │            │ 64 B   │
//!  └────────┴────────┴─────┴────────┴───────┴───────┴────────┴────────────┴────────┘
//!                                   └────────────── the tail ─────────────┘
//! ```
//!
//! A small table has an index without parts. In between there are no gaps, and every byte is
//! covered by a checksum that also covers the number of the file and the place in it.
//!
//! ```text
//!   a lookup     filter ──▶ index ──▶ (part of the index) ──▶ one data block ──▶ entry
//!                  │ "certainly not here": done                     │
//!                  └ pinned in memory, or cached                    └ cached, or read
//! ```
//!
//! Invariants:
//!
//! 1. Keys ascend through the whole file, and no key is there twice.
//! 2. An index entry is not below any key of its block, and below every key of the next block;
//!    if it is not the last key of its block, its user key is no user key of the table. So a
//!    lookup reads at most one data block.
//! 3. A file has its final name only when it is whole and on the disk.
//! 4. No byte is used before the checksum over it was found right, and no number of the file is
//!    used before it was compared with the size of the file.

#![forbid(unsafe_code)]

mod cache;
mod cursor;
mod error;
mod footer;
mod index;
mod map;
mod name;
mod options;
mod place;
mod properties;
mod readahead;
mod separator;
mod source;
mod table;
mod tail;
mod verify;
mod writer;

pub use cache::Cache;
pub use cursor::Cursor;
pub use error::{Corruption, Error, Part, Reason, Result};
pub use ferrisdb_block::{Compression, Handle, Kind, Location, OutOfOrder, OwnedKey};
pub use footer::{FOOTER_SIZE, Footer};
pub use map::Piece;
pub use name::TableFile;
pub use options::{Options, ReadOptions};
pub use properties::Properties;
pub use separator::separator;
pub use table::{Origin, Table, Touch};
pub use writer::{TableInfo, Writer};
