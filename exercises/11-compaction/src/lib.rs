//! Compaction: what keeps the levels in shape.
//!
//! Every full memtable becomes one more table in level 0. Left alone, a read would have to ask
//! more and more of them, and what was overwritten or deleted would stay on the disk for ever.
//! A compaction takes a few tables, merges them, leaves out what nobody can see any more, and
//! puts the result one level deeper.
//!
//! ```text
//!                       pick                            run
//!   Version, Strategy ───────▶ Job: these tables,  ───────────▶ Outcome: an Edit for the
//!                              to that level                    manifest, and new tables
//!
//!   level 0   ┌──────┐┌────────┐┌───┐      newest first; they overlap
//!   level 4   ┌──┐┌───┐┌──┐                by key; no two of them share a key
//!   level 5   ┌──┐┌──┐┌───┐┌──┐┌─────┐     ten times as large
//!   level 6   ┌──┐┌──┐┌──┐┌──┐┌──┐ ...     ten times as large again: most of the data
//! ```
//!
//! Choosing is pure: [`pick`] looks at a version and says what to do, and does nothing. So it is
//! tested without a disk, and [`simulate`] can play a whole day in a second. [`run`] does it, and
//! changes nothing but new files; whoever called it commits the edit.
//!
//! Invariants:
//!
//! 1. For every key, what lies in a higher level (and in level 0, in a newer table) is newer than
//!    what lies below. A job never takes a version of a key past an older one.
//! 2. In every level but 0 no two tables share a user key. So all versions of a key that one job
//!    writes go into one table.
//! 3. A reader as of any timestamp from the watermark on sees the same before and after a job.
//! 4. The tables that a job reads are left as they are. A job that fails leaves nothing behind.

#![forbid(unsafe_code)]

mod job;
mod levelled;
mod manual;
mod output;
mod overlap;
mod retain;
mod run;
mod running;
pub mod simulate;
mod size_tiered;
mod split;
mod strategy;
mod underneath;

pub use job::{Input, Job, Reason};
pub use levelled::{Levelled, Targets};
pub use manual::{Request, pick_range};
pub use overlap::{KeyRange, in_level, in_level_zero};
pub use retain::{Retain, Retained};
pub use run::{Host, Outcome, run};
pub use running::Running;
pub use size_tiered::{SizeTiered, SortedRun};
pub use split::Split;
pub use strategy::{Strategy, pick};
pub use underneath::Underneath;
