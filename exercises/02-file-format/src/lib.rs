//! What all of FerrisDB's files have in common.
//!
//! ```text
//!   a file      ┌────────────────┬──────────────────────────────────────────┐
//!               │ header, 64 B   │ what the file's own format puts there    │
//!               └────────────────┴──────────────────────────────────────────┘
//!                 Header           built from: fixed integers   put_u32 …  get_u32
//!                                              varints          put_varint  get_varint
//!                                              slices           put_slice   get_slice
//!                                              checksums        Checksum
//!                                  read with:  BytesMutExt::read_exact_from
//! ```
//!
//! Three rules hold everywhere, so that no file can surprise the program that reads it:
//!
//! * **Every byte is fixed.** Integers are little-endian on every machine, and a value has one
//!   encoding.
//! * **Bytes are untrusted until checked.** Whatever they hold, a decoder returns a value or an
//!   [`Error`]; it never panics. No decoder takes memory because a length in a file said so, and
//!   a read takes at most 64 KiB more than the file can fill.
//! * **A failed read changes nothing.** A decoder that returns an error leaves its input (or its
//!   buffer) as it was.
//!
//! Nothing here knows file names: whoever knows the file adds its name and the offset to the
//! error.

#![deny(unsafe_code)]

mod checksum;
mod error;
mod fixed;
mod header;
mod read;
mod slice;
mod varint;

pub use checksum::{Checksum, checksum};
pub use error::{Error, Result};
pub use fixed::{get_u16, get_u32, get_u64, put_u16, put_u32, put_u64};
pub use header::{Field, HEADER_SIZE, Header, Magic, VERSION, Version};
pub use read::BytesMutExt;
pub use slice::{get_slice, put_slice};
pub use varint::{VARINT_SIZE_MAX, get_varint, put_varint};
