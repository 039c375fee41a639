//! Models, generators and a fault-injecting file system for testing FerrisDB.
//!
//! ```text
//!   a disk that loses power       MemFs ── crash(CrashPlan) ──► the MemFs of the next boot
//!   a disk that fails             FaultyFs over it: When, Fault, and a log of every Io
//!   what a database should say    Model, Versions (many versions a key), Timeline (which
//!                                 state came back after a crash)
//!                                 is_linearizable (what several threads saw of a key)
//!   what to do to it              generate: keys, values, batches, histories
//!   time and background work      ManualClock, Steps, AtOnce
//!   what a person reads           annotate (hex dumps), show (keys and values)
//! ```
//!
//! Nothing here knows about file formats or about the engine, only about `ferrisdb-core`.

#![forbid(unsafe_code)]

mod annotate;
mod clock;
mod crash;
mod disk;
mod faults;
mod faulty_fs;
pub mod generate;
mod inode;
mod linear;
mod mem_fs;
mod model;
mod steps;
mod text;
mod versions;

pub use annotate::annotate;
pub use clock::ManualClock;
pub use crash::CrashPlan;
pub use faults::{Fault, Io, IoKind, When};
pub use faulty_fs::FaultyFs;
pub use inode::SECTOR_SIZE;
pub use linear::{Action, Call, is_linearizable};
pub use mem_fs::MemFs;
pub use model::{Model, Timeline};
pub use steps::{AtOnce, Steps};
pub use text::{Text, show};
pub use versions::Versions;

/// Keys with their values, in order.
pub type Pairs = Vec<(Vec<u8>, Vec<u8>)>;
