//! What can go wrong with a block.

use ferrisdb_core::OwnedKey;

use crate::Kind;

/// The result of anything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with a block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A key was added that does not come after the one before. Nothing was added.
    #[error(transparent)]
    OutOfOrder(#[from] Box<OutOfOrder>),

    /// A key, a value or a block is longer than it may be. Nothing was added or sealed.
    #[error("the {what} has {size} bytes, {size_max} is the most allowed")]
    TooLarge {
        /// "key", "value" or "block".
        what: &'static str,
        /// Its size in bytes.
        size: usize,
        /// The largest size allowed, in bytes.
        size_max: usize,
    },

    /// The bytes are not those of a block, a frame or a filter.
    #[error("damaged at byte {offset}: {damage}")]
    Damaged {
        /// Where, counted from the first byte of the frame, block or filter.
        offset: usize,
        /// What is wrong there.
        damage: Damage,
    },
}

impl Error {
    /// Damage at a byte.
    #[cold]
    pub(crate) fn damaged(offset: usize, damage: Damage) -> Self {
        Self::Damaged { offset, damage }
    }
}

/// A key that does not come after the one before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{key} cannot follow {previous}: keys have to ascend, and the versions of a key have to go \
     from the newest to the oldest"
)]
pub struct OutOfOrder {
    /// The last key that was added.
    pub previous: OwnedKey,
    /// The key that was refused.
    pub key: OwnedKey,
}

/// What is wrong with some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The bytes end too early.
    #[error("the {what} needs {needed} bytes, and {found} are left")]
    CutShort {
        /// What does not fit.
        what: &'static str,
        /// How many bytes it needs.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// There are more bytes than there should be.
    #[error("the {what} should have {expected} bytes, and there are {found}")]
    Leftover {
        /// What is too long.
        what: &'static str,
        /// How many bytes it should have.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Nothing of that kind is that long.
    #[error("the {what} claims {size} bytes, and {size_max} is the most")]
    TooLong {
        /// What makes the claim.
        what: &'static str,
        /// The size that it claims.
        size: u64,
        /// The most that it can be.
        size_max: usize,
    },
    /// A varint that is no varint.
    #[error("{0}")]
    Varint(ferrisdb_format::Error),
    /// A number that stands for no operation.
    #[error("{number} stands for no operation")]
    Operation {
        /// The number found.
        number: u8,
    },
    /// An entry wants more of the key before it than there is.
    #[error("the entry shares {shared} bytes with a key that has {available}")]
    Shared {
        /// How many bytes it wants.
        shared: usize,
        /// How long the key before it is.
        available: usize,
    },
    /// A restart point does not lead where it should.
    #[error("restart point {index} leads to byte {offset}, and {reason}")]
    Restart {
        /// Which one, counted from zero.
        index: usize,
        /// Where it leads.
        offset: usize,
        /// Why it should not.
        reason: &'static str,
    },
    /// The checksum is wrong: the bytes are not those that were written, or not those that
    /// were written here.
    #[error("the checksum is {stored:08x}, the bytes give {computed:08x}")]
    Checksum {
        /// The checksum in the frame.
        stored: u32,
        /// The checksum of its bytes, at this place.
        computed: u32,
    },
    /// The frame holds another kind of block.
    #[error("the block is of kind {found}, and kind {} was to be there", *expected as u8)]
    Kind {
        /// What was to be there.
        expected: Kind,
        /// The number found.
        found: u8,
    },
    /// A number that stands for no compression.
    #[error("{number} stands for no compression")]
    Compression {
        /// The number found.
        number: u8,
    },
    /// The payload cannot be decompressed, or gives another number of bytes than it claims.
    #[error("the payload does not decompress to {raw_size} bytes")]
    Decompress {
        /// What it claims.
        raw_size: usize,
    },
    /// No filter probes that often.
    #[error("a filter with {probes} probes a key does not exist")]
    Probes {
        /// The number found.
        probes: u8,
    },
}
