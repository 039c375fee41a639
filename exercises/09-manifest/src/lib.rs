//! The manifest: which tables a database consists of, and how that came about.
//!
//! A directory full of tables says nothing about which of them count, on which level they are,
//! and from where on the log is still needed. That is the *version* of the database. It changes
//! with every flush and every compaction, and each change has to happen as a whole, whenever the
//! power goes off.
//!
//! ```text
//!   CURRENT                  0000000012.manifest
//!  ┌───────────┐            ┌────────┬──────────┬──────┬─────┬──────┬──────┐
//!  │ header    │   names    │ header │ snapshot │ edit │ ... │ edit │ mark │
//!  │ number 12 │ ─────────▶ │ 64 B   │          │      │     │      │      │
//!  └───────────┘            └────────┴──────────┴──────┴─────┴──────┴──────┘
//!   replaced by rename        version 40 ──────▶ 41 ─▶  ...  ─▶ 57
//! ```
//!
//! A change is an [`Edit`]. It is appended and synced, and then it has happened. The mark behind
//! the last edit says that everything before it was synced; the next edit is written over it.
//! When a manifest has grown, and whenever a database is opened, a new one is begun with a
//! snapshot of the version, and `CURRENT` is replaced.
//!
//! Invariants:
//!
//! 1. Whatever happens, what is found afterwards is a version that was current: the last one that
//!    was acknowledged, or the one that was being committed.
//! 2. `CURRENT` names a manifest only when its snapshot, and its name, are on the disk.
//! 3. Nothing is appended to a manifest that this process did not begin.
//! 4. A number is written down as taken before it is handed out, and never handed out again.
//! 5. A file is removed only if no version that can be found again names it.

#![forbid(unsafe_code)]

mod current;
mod edit;
mod error;
mod file;
mod manifest;
mod name;
mod options;
mod orphans;
mod record;
mod recovery;
mod replay;
mod table;
mod version;

pub use current::Current;
pub use edit::Edit;
pub use error::{Corruption, Error, Invalid, Proof, Refusal, Result};
pub use manifest::{Manifest, NUMBERS_RESERVED};
pub use name::{FileName, NUMBER_MAX};
pub use options::Options;
pub use orphans::Orphans;
pub use record::{Kind, Place, RECORD_HEADER_SIZE, Record};
pub use recovery::{Recovery, TornTail};
pub use table::TableMeta;
pub use version::{LEVELS_MAX, Version, place};
