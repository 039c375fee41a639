//! The write-ahead log: what makes a write survive a crash.
//!
//! Before the engine changes anything in memory, it appends the change to a log file. After a
//! crash it reads the log from the start and makes the same changes again.
//!
//! The log is cut into files called segments. Counted from its very first byte, every byte of
//! the log has a [`Position`], whichever segment it lies in:
//!
//! ```text
//!   0000000001.wal                          0000000002.wal
//!  ┌────────┬────────┬────────┬────────┐   ┌────────┬────────┬───────
//!  │ header │ record │ record │ record │   │ header │ record │ ...
//!  └────────┴────────┴────────┴────────┘   └────────┴────────┴───────
//!  0        64       197      330      463          527      660       position
//! ```
//!
//! A record holds one [`Batch`](ferrisdb_core::Batch): it is replayed as a whole or not at all.
//!
//! Every header and record also carries the *durable mark*: the position below which all was
//! known to be on the disk when it was written. A crash can leave any mess above the highest
//! mark, and that is no loss: nobody was promised those bytes. A mess *below* a mark can only
//! be damage, and is reported as such. Everything about recovery follows from this.
//!
//! Invariants:
//!
//! 1. A record's mark is never above the record's own position.
//! 2. When a sync returns, everything appended before it is on the disk, in this segment and
//!    in the ones before, names included.
//! 3. After any crash, replay gives a prefix of the appended batches that is no shorter than
//!    what was synced.
//! 4. After a failed write or sync, nothing more is appended until the log is opened again.
//! 5. Once a part of the log is not needed any more, whatever a power cut leaves can be opened with
//!    the position from which it is, whichever removals and new names it undid.
//! 6. No file gets a number that records in it may carry from an earlier life.

#![forbid(unsafe_code)]

mod damage;
mod error;
mod histogram;
mod metrics;
mod needed;
mod open_segment;
mod options;
mod payload;
mod position;
mod record;
mod recovery;
mod recycle;
mod replay;
mod retire;
mod segment;
mod slack;
mod writer;

pub use error::{Corruption, Error, Proof, Result};
pub use histogram::Histogram;
pub use metrics::Metrics;
pub use options::{Options, SyncMode};
pub use position::Position;
pub use record::{Invalid, Kind, Place, RECORD_HEADER_SIZE, Record};
pub use recovery::{Recovery, TornTail};
pub use replay::replay;
pub use segment::{SEGMENT_HEADER_SIZE, SegmentFile, SegmentHeader};
pub use writer::Writer;
