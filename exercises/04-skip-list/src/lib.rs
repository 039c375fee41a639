//! The skip list: a sorted set that many threads read and write at once, without a lock.

mod arena;
mod cursor;
mod error;
mod height;
mod list;
mod node;
mod pages;
mod prefetch;
mod readahead;
mod reservation;
mod search;
mod slot;
mod sync;
mod towers;

#[cfg(test)]
#[path = "../tests/interleavings.rs"]
mod interleavings;
#[cfg(test)]
#[path = "../tests/parts.rs"]
mod parts;

pub use crossbeam_epoch::Guard;
pub use cursor::{Cursor, Entry};
pub use error::{Error, Result};
pub use list::{CAPACITY_MAX, SkipList};
pub use reservation::Reservation;
pub use slot::{Slot, pin};
pub use towers::{By, Step, Tower};
