//! Many sorted sources as one.
//!
//! A database holds its versions in several places: a memtable, perhaps a frozen one, and tables
//! of several ages. Each of them is sorted. This crate makes one sorted sequence of them, without
//! collecting anything.
//!
//! ```text
//!   the answer      apple = green     cherry = dark     quince = ""
//!                         ▲
//!   Visible         what a reader as of @8 sees: a version a key, no deletes
//!                         ▲
//!   Merge           every version of all sources, in order
//!                   ▲             ▲              ▲
//!   sources      memtable       table       Concat: tables of one level,
//!                                           whose ranges do not overlap
//! ```
//!
//! [`Merge`] keeps its sources in the order of the versions at which they stand. The first one has
//! what comes next; when it has moved on, it goes back to its place among the others. [`Concat`]
//! does without comparing, where the ranges of its pieces tell which comes when. [`Visible`]
//! leaves out what a reader must not see. All of them go forward and backward, and change
//! direction at any place.
//!
//! Invariants:
//!
//! 1. A merge yields every version of its sources once, in the order of `InternalKey`.
//! 2. At an entry, each other source is at its first version not before that entry, on the way
//!    back at its last version not after it. So no source is read further than it must be.
//! 3. After an error nothing is at an entry, and the error was returned.
//! 4. Going through entries allocates nothing, but for buffers that grow to the longest key and
//!    value.

#![forbid(unsafe_code)]

mod concat;
mod direction;
mod head;
mod merge;
mod visible;

pub use concat::{Concat, Piece};
pub use merge::Merge;
pub use visible::Visible;
