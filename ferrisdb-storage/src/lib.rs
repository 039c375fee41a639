//! The FerrisDB storage engine, assembled from the crates of the course.
//!
//! ```text
//!   put, delete, write ──► log (wal) ──► memtable ──► table in level 0 ──► level 1 … 6
//!                            │              │    flush         │   compaction    │
//!                            ▼              ▼                  ▼                 ▼
//!                          disk       get, scan, cursor: newest part first; blocks are cached
//! ```
//!
//! | part | crate | chapter |
//! |---|---|---|
//! | headers, numbers, checksums | [`format`](mod@format) | 02 |
//! | write-ahead log | [`wal`] | 03 |
//! | skip list, replaced values | [`skiplist`] | 04 |
//! | memtable | [`memtable`] | 05 |
//! | blocks and filters | [`block`] | 06 |
//! | sorted tables | [`sstable`] | 07 |
//! | merging what is sorted | [`merge`] | 08 |
//! | which tables there are | [`manifest`] | 09 |
//! | commit, read, flush, recover | [`engine`] | 10 |
//! | compaction | [`compaction`] | 11 |
//!
//! What this crate adds is policy: threads, when to flush and to compact, when to slow writers down,
//! and everything that is done to a database as a whole.
//!
//! Invariants:
//!
//! 1. What readers see is a prefix of the batches, in the order in which they were committed, each
//!    batch whole.
//! 2. A batch is in the log, and synced if so asked, before any reader sees it.
//! 3. Whatever happens to the process or the power, opening gives a prefix of the batches that is no
//!    shorter than what was synced; damage beyond that is an error that names file and place.
//! 4. After something failed that leaves the files in an unknown state, nothing more is written.
//!    Reads go on.

#![forbid(unsafe_code)]

mod cursor;
mod db;
mod error;
mod ingest;
mod maintain;
mod metrics;
mod options;
mod pace;
mod recovery;
mod scan;
mod settings;
mod shared;
mod snapshot;
mod stall;
mod verify;

pub use bytes::Bytes;
pub use cursor::Cursor;
pub use db::Db;
pub use error::{Error, Result};
pub use ferrisdb_block as block;
pub use ferrisdb_compaction as compaction;
pub use ferrisdb_core::{BATCH_SIZE_MAX, Batch, Environment, KEY_SIZE_MAX, VALUE_SIZE_MAX};
pub use ferrisdb_engine as engine;
pub use ferrisdb_format as format;
pub use ferrisdb_manifest as manifest;
pub use ferrisdb_memtable as memtable;
pub use ferrisdb_merge as merge;
pub use ferrisdb_skiplist as skiplist;
pub use ferrisdb_sstable as sstable;
pub use ferrisdb_wal as wal;
pub use metrics::Metrics;
pub use options::Options;
pub use recovery::Recovery;
pub use scan::Scan;
pub use snapshot::Snapshot;
pub use verify::{Progress, Verified};
pub use wal::SyncMode;
