//! The engine: log, memtables, tables and manifest, put together so that nothing gets lost.
//!
//! ```text
//!   newest                                                         oldest
//!   memtable ◄── frozen ◄── … ◄── level 0: table 9 ◄── table 7 ◄── level 1 ◄── …
//!   takes        on their way              may overlap             sorted, and
//!   writes       into level 0                                      no two overlap
//! ```
//!
//! All of these together are the *super-version*. A reader gets hold of it without a lock, asks the
//! parts from the newest to the oldest, and the first that knows anything about the key decides.
//! What a writer does goes through four stations:
//!
//! ```text
//!   A ─┐
//!   B ─┼─▶ one leader ──▶ log ────────────────▶ memtable ──▶ published
//!   C ─┘   timestamps     one write, one sync:               readers see it,
//!                         a power cut keeps it               A, B and C return
//! ```
//!
//! The engine starts no threads and decides nothing: when a memtable is flushed, when tables are
//! merged, when files go, and how long writers are made to wait is told to it from above. Each
//! of these is a step, which runs to its end on the thread that asks for it. So a test can run any
//! history, background work and power cuts included, and run it again.
//!
//! Invariants:
//!
//! 1. What readers see is a prefix of the batches, in the order of their timestamps, each whole.
//! 2. A batch is in the log, and synced if anybody in its group asked, before any reader sees it.
//! 3. Every batch is in a table that the durable manifest names, or in the log from the position
//!    on that the durable manifest names.
//! 4. Every version in a part is newer than every version of the same key in the older parts.
//! 5. As long as a snapshot lives, the watermark is not above it.
//! 6. As long as a cursor lives, the files of its tables have their names.
//! 7. After a write, a sync or an edit failed, nothing more is written. Reads go on.

#![forbid(unsafe_code)]

mod checkpoint;
mod commit;
mod cursor;
mod engine;
mod error;
mod flush;
mod ingest;
mod metrics;
mod options;
mod part;
mod queue;
mod recovery;
mod shared;
mod snapshot;
mod super_version;
mod tables;
mod view;

pub use commit::Committed;
pub use cursor::Cursor;
pub use engine::Engine;
pub use error::{Error, Result};
pub use ingest::MakeTables;
pub use metrics::Metrics;
pub use options::Options;
pub use queue::Validate;
pub use recovery::Recovery;
pub use snapshot::Snapshot;
pub use view::View;
