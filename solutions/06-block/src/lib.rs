//! Blocks: how sorted entries lie in a file, and the filter that says which keys cannot be in it.
//!
//! A table (stage 07) is a sequence of frames. Each frame holds one block, compressed or not,
//! behind a checksum:
//!
//! ```text
//!   a table     ┌───────┬───────┬───────┬─────┬────────┬───────┬─────┐
//!               │ frame │ frame │ frame │ ... │ frame  │ frame │ ... │
//!               └───┬───┴───────┴───────┴─────┴───┬────┴───────┴─────┘
//!                   │ seal, open                  │ seal, open
//!                   ▼                             ▼
//!               ┌─────────────────────┐       ┌─────────────────────┐
//!               │ entry               │       │ line of 512 bits    │
//!               │ entry               │       │ line of 512 bits    │
//!               │ ...                 │       │ ...                 │
//!               │ restart points      │       │ probes a key        │
//!               └─────────────────────┘       └─────────────────────┘
//!               Builder → Block → Cursor      FilterBuilder → Filter
//! ```
//!
//! Three promises hold everywhere:
//!
//! * **What went in comes out.** A cursor over a block meets the entries that the builder was
//!   given, in their order, in either direction.
//! * **Bytes are untrusted.** Whatever they hold, the answer is a value or an [`Error`]: no
//!   panic, no endless loop, and no memory taken because a number in a file said so.
//! * **No block without its checksum.** [`open`] gives out bytes only after it has proved that
//!   they are the ones that [`seal`] was given, for this file and this place in it.
//!
//! Nothing here knows file names or reads files: errors say what is wrong and at which byte of
//! the block, and whoever knows the file adds the rest.

#![forbid(unsafe_code)]

mod block;
mod builder;
mod compression;
mod cursor;
mod entry;
mod error;
mod fences;
mod filter;
mod frame;
mod handle;

pub use block::{BLOCK_SIZE_MAX, Block};
pub use builder::Builder;
pub use compression::Compression;
pub use cursor::Cursor;
pub use error::{Damage, Error, OutOfOrder, Result};
pub use ferrisdb_core::OwnedKey;
pub use filter::{FILTER_LINE_SIZE, Filter, FilterBuilder};
pub use frame::{FRAME_HEADER_SIZE, Kind, Location, open, seal};
pub use handle::Handle;
