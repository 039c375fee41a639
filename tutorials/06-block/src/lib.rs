//! The simplest table that could work, and how it breaks.
//!
//! A shop closes its books every evening: the day's orders go from memory into a file, sorted,
//! and are never changed again. Customers ask for single orders for years.
//!
//! ```text
//!   orders in memory ──▶ order/2026-11-21/00001 17.50⏎     one line an order, sorted
//!                        order/2026-11-21/00002 8.00⏎      get: read from the top
//!                        …
//! ```
//!
//! [`step_1`] is that much. [`step_2`] leaves out what a key shares with the one before it.
//! [`step_3`] is a Bloom filter, so that a file need not be read for an order that is not in it.
//! [`experiment`] holds the experiments that break the first two. The real blocks are
//! `ferrisdb-block`.

pub mod experiment;
pub mod step_1;
pub mod step_2;
pub mod step_3;

/// The orders of a day: key to amount.
pub type Orders = std::collections::BTreeMap<String, String>;

/// What a lookup found, and how many bytes it had to read for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The amount, if there is such an order.
    pub amount: Option<String>,
    /// How many bytes of the file were looked at.
    pub bytes_read: usize,
}
