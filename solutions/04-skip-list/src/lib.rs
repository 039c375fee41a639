//! The skip list: a sorted set that many threads read and write at once, without a lock.
//!
//! ```text
//!   SkipList   insert, get        list.rs        Reservation   room for a batch, and its hint
//!   Cursor     seek, next, prev   cursor.rs      Slot          a value replaced while others read
//!      │
//!   search.rs    where a key belongs: along each level, from the highest down
//!   node.rs      header, tower, key and value in one piece; a link is one atomic word
//!   arena.rs     one block of memory, handed out from the front and freed as a whole
//! ```
//!
//! What holds at any moment, whatever the threads do:
//!
//! - A node is whole before a link leads to it, and of it only the links ever change.
//! - Each level is sorted, and has no node that the level below has not.
//! - Nothing is taken out. So a search never loses its way, and what was read stays where it is
//!   as long as the list lives.
//!
//! The orderings of the atomics are explained where they are used. The tests try them under a
//! model checker: see `sync.rs`. All `unsafe` of the project's own data structures is in this
//! crate.

mod arena;
mod cursor;
mod error;
mod height;
mod list;
mod node;
mod owned;
mod pages;
mod prefetch;
mod readahead;
mod reservation;
mod search;
mod slot;
mod sync;
mod towers;

#[cfg(test)]
#[path = "../../../exercises/04-skip-list/tests/interleavings.rs"]
mod interleavings;
#[cfg(test)]
#[path = "../../../exercises/04-skip-list/tests/parts.rs"]
mod parts;

pub use crossbeam_epoch::Guard;
pub use cursor::{Cursor, Entry};
pub use error::{Error, Result};
pub use list::{CAPACITY_MAX, SkipList};
pub use owned::OwnedCursor;
pub use reservation::Reservation;
pub use slot::{Slot, pin};
pub use towers::{By, Step, Tower};
