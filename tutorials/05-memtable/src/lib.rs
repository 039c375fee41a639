//! The simplest memtable that could work, and how it breaks.
//!
//! The gift cards of the shop live in a sorted map that all threads share: tills change it, and
//! the nightly report adds up all of it.
//!
//! ```text
//!   till 1 ──┐                                          ┌──▶ card-0001  1500
//!   till 2 ──┼──▶ RwLock ── one writer or many readers ─┤    card-0002   250
//!   report ──┘                                          └──  …
//! ```
//!
//! [`step_1`] is the map behind its lock. The report comes in three versions: [`step_2`] holds the
//! lock while it works, [`step_3`] takes it for a page at a time, [`step_4`] works on a copy.
//! [`experiment`] lets a till write at every moment of a report. The real memtable is
//! `ferrisdb-memtable`.

pub mod experiment;
pub mod step_1;
pub mod step_2;
pub mod step_3;
pub mod step_4;
