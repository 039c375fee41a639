//! The simplest compaction that could work, and how it breaks.
//!
//! A shop writes down every evening how the stock of its articles has changed, in one sorted file
//! an evening. The newest file that knows an article is right.
//!
//! ```text
//!   Monday             Tuesday            Wednesday
//!   kettle 12⏎         kettle 11⏎         ladle 40⏎
//!   ladle 3⏎           teapot -⏎          spoon 300⏎         "-": no longer sold
//!   teapot 7⏎
//! ```
//!
//! [`step_1`] keeps all files and asks them from the newest to the oldest. [`step_2`] merges
//! everything into one file. [`step_3`] merges only what is about equally large. [`experiment`]
//! holds the experiments. The real thing is `ferrisdb-compaction`.

use std::collections::BTreeMap;

pub mod experiment;
pub mod step_1;
pub mod step_2;
pub mod step_3;

pub use step_1::Store;

/// What an evening writes down: article to stock, or to nothing when it is no longer sold.
pub type Changes = BTreeMap<String, Option<u64>>;
