//! Workloads for key-value stores: what is done, with which keys and values, and what it cost.
//!
//! ```text
//!   Workload ──▶ run ──▶ Target (a store)        Report ──▶ a line, JSON
//!   Settings ──▶  │                                ▲    └──▶ plot: an SVG of many
//!                 └── threads, keys, values ──▶ Histogram, memory, disk
//! ```
//!
//! The names are those of LevelDB's and RocksDB's `db_bench`, and A to F of the Yahoo! Cloud
//! Serving Benchmark (Cooper and others, "Benchmarking Cloud Serving Systems with YCSB", 2010).
//! A store is measured through [`Target`]; [`Ferris`] is ours. With the same [`Settings`] each store
//! sees the same keys and values in the same order.

#![forbid(unsafe_code)]

mod error;
mod ferris;
mod histogram;
mod keys;
mod plot;
mod process;
mod report;
mod run;
mod settings;
mod target;
mod values;
mod worker;
mod workload;

pub use error::{Error, Result};
pub use ferris::Ferris;
pub use histogram::Histogram;
pub use keys::{KEY_SIZE, Key, Permutation, Zipf};
pub use plot::plot;
pub use report::{Report, table};
pub use run::{run, time};
pub use settings::Settings;
pub use target::{Entry, Target, Tuning};
pub use values::Values;
pub use workload::Workload;
