//! The skip list: a sorted set that many threads read and write at once, without a lock.

mod arena;
mod cursor;
mod error;
mod height;
mod list;
mod node;
mod prefetch;
mod reservation;
mod slot;
mod sync;

pub use crossbeam_epoch::Guard;
pub use cursor::{Cursor, Entry};
pub use error::{Error, Result};
pub use list::{CAPACITY_MAX, SkipList};
pub use reservation::Reservation;
pub use slot::{Slot, pin};
