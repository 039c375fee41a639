//! The simplest file format that could work, and how it breaks.
//!
//! A shop numbers its receipts. So that no number is used twice, the next one is kept in a file:
//! four bytes.
//!
//! ```text
//!   step 1    [ number ]                            whatever this machine makes of 42
//!   step 2    [ number ]                            lowest byte first, exactly four bytes
//!   step 3    [ RECEIPTS ][ number ]                whose file it is
//!   step 4    [ RECEIPTS ][ number ][ checksum ]    whether it is still what was written
//! ```
//!
//! [`experiment`] breaks each of them in turn. The real format is `ferrisdb-format`.

pub mod experiment;
pub mod step_1;
pub mod step_2;
pub mod step_3;
pub mod step_4;

/// A value, or a sentence that says what is wrong with the bytes.
pub type Result<T> = std::result::Result<T, String>;
