//! The one thing that can go wrong in this crate.

use std::error::Error;
use std::fmt;

/// A compare-and-set found something else than its caller expected, and wrote nothing.
///
/// It carries what it found, so that a caller who wants to try again can start from that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The live value under the key; `None` if there is none.
    pub actual: Option<Vec<u8>>,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.actual {
            None => write!(f, "the key holds no value")?,
            Some(value) => write!(f, "the key holds \"{}\"", value.escape_ascii())?,
        }
        write!(f, ", so nothing was written; decide again from there")
    }
}

impl Error for Conflict {}
