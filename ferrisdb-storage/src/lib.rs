//! The FerrisDB storage engine, assembled from the crates of the course.
//!
//! ```text
//!   put, delete, write ──► log (wal) ──► memtable ──► table in level 0 ──► level 1 … 6
//!                            │              │    flush         │   compaction    │
//!                            ▼              ▼                  ▼                 ▼
//!                          disk       get, scan, cursor: newest part first; blocks are cached
//! ```
//!
//! ```
//! use ferrisdb_storage::{Batch, Db};
//!
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("shop");
//! let db = Db::open(&path)?;
//! db.put("apple", "12")?;
//! db.put("pear", "3")?;
//!
//! // Several writes that happen together or not at all.
//! let mut batch = Batch::new();
//! batch.put("apple", "11");
//! batch.put("sold/apple", "1");
//! db.write(&batch)?;
//!
//! // A moment that stays as it is.
//! let snapshot = db.snapshot();
//! db.delete("pear")?;
//! assert_eq!(snapshot.get("pear")?, Some(b"3".to_vec()));
//!
//! // Everything from one key to another, in either direction.
//! for pair in db.scan("a".."q").rev() {
//!     let (key, value) = pair?;
//!     println!("{} = {}", key.escape_ascii(), value.escape_ascii());
//! }
//! db.close()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every write is on the disk when it returns, unless [`SyncMode::None`] is chosen. What may be
//! chosen is in [`Options`], what the database does meanwhile in [`Metrics`] and in spans of the
//! `tracing` crate: `open`, `flush`, `compaction`, `checkpoint`, `verify`, `ingest`.
//!
//! # What it is made of
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
mod owner;
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
pub use owner::last_owner;
pub use recovery::Recovery;
pub use scan::Scan;
pub use snapshot::Snapshot;
pub use verify::{Progress, Verified};
pub use wal::SyncMode;
