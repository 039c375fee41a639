//! The simplest log that could work, and how it breaks.
//!
//! A small shop keeps the balances of its gift cards in memory. So that they survive a restart,
//! every change is first added as a line of text to a file, the *log*; at start the lines are
//! replayed.
//!
//! ```text
//!   set ──▶ log:  card-7 1500⏎ card-9 250⏎ …      at start: read it from the top
//!     └──▶ memory: { card-7: 1500, card-9: 250 }             ──▶ the same memory
//! ```
//!
//! [`step_1`] is that much. [`step_2`] makes a [`Store`](step_2::Store) of it. [`step_3`] mends
//! what the first experiment finds, and the second experiment breaks it again. [`experiment`]
//! holds the experiments, [`page_cache`] what the operating system does with bytes that were
//! written but not synced. The real log is `ferrisdb-wal`.

pub mod experiment;
pub mod page_cache;
pub mod step_1;
pub mod step_2;
pub mod step_3;

/// The balances: card to amount.
pub type Balances = std::collections::BTreeMap<String, String>;
