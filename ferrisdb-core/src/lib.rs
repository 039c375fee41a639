//! The vocabulary that all of FerrisDB shares.
//!
//! Every other crate speaks in these words, and each of them is defined once, here:
//!
//! ```text
//!   what is stored          Batch ── Operation, Timestamp, InternalKey, Found, Source
//!   where it is stored      FileSystem, File          (OsFileSystem in production)
//!   what time it is         Clock                     (SystemClock)
//!   what chance decides     Random                    (SeededRandom)
//!   who works meanwhile     Background                (BackgroundThread)
//!   what went wrong         Error
//! ```
//!
//! The traits exist so that tests can put something else behind them: a disk that loses
//! power, a clock that stands still, background work that runs one step at a time.

mod background;
mod batch;
mod clock;
mod environment;
mod error;
mod found;
mod fs;
mod key;
mod operation;
mod os;
mod owner;
mod random;
mod source;
mod timestamp;

pub use background::{Background, BackgroundThread, Job};
pub use batch::{BATCH_SIZE_MAX, Batch, BatchEntry, KEY_SIZE_MAX, VALUE_SIZE_MAX};
pub use clock::{Clock, SystemClock};
pub use environment::Environment;
pub use error::{Error, IoContext, Result};
pub use found::Found;
pub use fs::{Access, File, FileLock, FileSystem};
pub use key::{InternalKey, OwnedKey};
pub use operation::Operation;
pub use os::OsFileSystem;
pub use random::{Random, SeededRandom};
pub use source::Source;
pub use timestamp::Timestamp;
