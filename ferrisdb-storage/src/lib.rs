//! The FerrisDB storage engine, assembled from the crates of the course.
//!
//! ```text
//!   put, delete, write ──► log (wal::Writer) ──► memtable ──── when it is full ────► table
//!                             │                     │                                 │
//!                             ▼                     ▼                                 ▼
//!                           disk             get, scan: newest part first       disk, and a cache
//! ```
//!
//! Each stage of the course replaces one part of this, under the same [`Db`]:
//!
//! | part | now | replaced in stage |
//! |---|---|---|
//! | log | [`wal`], stage 03. It is never shortened, and open replays all of it: the only truth | 09 |
//! | memory | [`memtable`], stage 05, over [`skiplist`], stage 04 | |
//! | tables | [`sstable`], stage 07, over [`block`], stage 06. One more each time a memtable is full | 11 |
//! | scan | copies its range into a `BTreeMap` when it begins | 08 |
//!
//! Invariants:
//!
//! 1. Memtables and tables hold what replaying the log would give, but for a last batch that is
//!    being written or whose write failed.
//! 2. A batch is in the log, and synced if so asked, before any reader sees it.
//! 3. A reader sees every batch up to some timestamp, whole, and nothing of any later one.

#![forbid(unsafe_code)]

mod db;
mod error;
mod options;
mod scan;
mod store;
mod super_version;
mod tables;

pub use db::{Db, Metrics};
pub use error::{Error, Result};
pub use ferrisdb_block as block;
pub use ferrisdb_core::{BATCH_SIZE_MAX, Batch, Environment, KEY_SIZE_MAX, VALUE_SIZE_MAX};
pub use ferrisdb_memtable as memtable;
pub use ferrisdb_skiplist as skiplist;
pub use ferrisdb_sstable as sstable;
pub use ferrisdb_wal as wal;
pub use options::Options;
pub use scan::Scan;
pub use wal::{Recovery, SyncMode};
