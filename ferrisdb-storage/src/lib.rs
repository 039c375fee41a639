//! The FerrisDB storage engine, assembled from the crates of the course.
//!
//! ```text
//!   put, delete, write ──► log (wal::Writer) ──► disk
//!                             │
//!                             ▼
//!   get, scan ◄──────────── map (BTreeMap) ◄──── the log, replayed by open
//! ```
//!
//! Each stage of the course replaces one part of this, under the same [`Db`]:
//!
//! | part | now | replaced in stage |
//! |---|---|---|
//! | log | [`wal`], stage 03 | |
//! | map | the standard library's `BTreeMap`: the data must fit in memory, and the log grows for ever | 05 |
//!
//! Invariants:
//!
//! 1. The map holds what replaying the log would give, but for a last batch that is being
//!    written or whose write failed.
//! 2. A batch is in the log, and synced if so asked, before any reader sees it.

#![forbid(unsafe_code)]

mod db;
mod error;
mod options;
mod scan;

pub use db::{Db, Metrics};
pub use error::{Error, Result};
pub use ferrisdb_core::{BATCH_SIZE_MAX, Batch, Environment, KEY_SIZE_MAX, VALUE_SIZE_MAX};
pub use ferrisdb_wal as wal;
pub use options::Options;
pub use scan::Scan;
pub use wal::{Recovery, SyncMode};
