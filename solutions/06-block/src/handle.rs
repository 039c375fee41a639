//! Where a frame lies in its file.
//!
//! ```text
//!   size      field
//!   varint    offset    of the frame's first byte in the file
//!   varint    size      of the frame, its header included
//! ```

use ferrisdb_format::{Error as FormatError, get_varint, put_varint};

use crate::{Damage, Error, Result};

/// Where a frame lies in its file: what an index stores for each block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle {
    /// The offset of the frame's first byte in the file.
    pub offset: u64,
    /// The size of the frame in bytes, its header included.
    pub size: u32,
}

impl Handle {
    /// No encoded handle is longer, in bytes.
    pub const SIZE_MAX: usize = 15;

    /// Appends the handle to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        put_varint(out, self.offset);
        put_varint(out, u64::from(self.size));
    }

    /// Takes a handle off `input`. On an error `input` stays as it was.
    pub fn decode(input: &mut &[u8]) -> Result<Self> {
        let mut rest = *input;
        let bad = |error: FormatError| Error::damaged(0, Damage::Varint(error));
        let offset = get_varint(&mut rest).map_err(bad)?;
        let size = get_varint(&mut rest).map_err(bad)?;
        let size = u32::try_from(size).map_err(|_| {
            let damage = Damage::TooLong {
                what: "handle",
                size,
                size_max: u32::MAX as usize,
            };
            Error::damaged(0, damage)
        })?;
        *input = rest;
        Ok(Self { offset, size })
    }
}
