//! What can be wrong with bytes.

use crate::{Magic, Version};

/// The result of decoding.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong with the bytes that were to be decoded.
///
/// The variants follow what a caller can do about them: [`BadMagic`](Self::BadMagic) says that
/// this is some other file, [`UnsupportedVersion`](Self::UnsupportedVersion) that another
/// program is needed, [`Truncated`](Self::Truncated) that more bytes might help, and the rest
/// that the bytes are damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes end too early.
    #[error("the {what} is cut short: it needs at least {needed} bytes, {found} are left")]
    Truncated {
        /// What was being decoded.
        what: &'static str,
        /// How many bytes it needs, as far as that is known.
        needed: usize,
        /// How many there were.
        found: usize,
    },

    /// The file is of another kind, or no FerrisDB file at all.
    #[error("this is not a {expected} file: it starts with \"{found}\"; is the path right?")]
    BadMagic {
        /// The kind of file that was expected.
        expected: Magic,
        /// What the file starts with.
        found: Magic,
    },

    /// The bytes are not the ones that were written.
    #[error(
        "the checksum does not match: stored {stored:08x}, computed {computed:08x}; the bytes are damaged, restore them from a copy"
    )]
    BadChecksum {
        /// The checksum in the file.
        stored: u32,
        /// The checksum of the bytes as they are now.
        computed: u32,
    },

    /// Another major version of the format, which this program does not know how to read.
    #[error("the file has format version {found}, this program reads {}.x; open it with the version that wrote it", supported.major)]
    UnsupportedVersion {
        /// The version in the file.
        found: Version,
        /// The version that this program writes.
        supported: Version,
    },

    /// The header has a size that its version does not allow.
    #[error("the header says it has {found} bytes, version 1 has {expected}")]
    BadHeaderSize {
        /// The size in the file.
        found: u32,
        /// The only size that there is.
        expected: u32,
    },

    /// A varint that would not fit into 64 bits.
    #[error("the varint does not fit into 64 bits; the bytes are damaged")]
    VarintOverflow,

    /// A varint that ends in a zero byte: the same value has a shorter encoding.
    #[error("the varint is longer than its value needs; the bytes are damaged")]
    VarintOverlong,

    /// A length is above the limit that the caller declared.
    #[error(
        "the {what} says it has {size} bytes, {size_max} is the most allowed; the bytes are damaged"
    )]
    TooLong {
        /// What was being decoded.
        what: &'static str,
        /// The length in the bytes.
        size: u64,
        /// The most that the caller allows.
        size_max: usize,
    },
}
