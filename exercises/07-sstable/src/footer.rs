//! The last 64 bytes of a table: where everything else is.
//!
//! ```text
//!   offset  size  field
//!        0     4  checksum            CRC32, see below
//!        4     4  index levels        1, or 2 if the index lies in parts
//!        8     8  tail                where the data blocks end and the tail begins
//!       16     8  index offset
//!       24     8  filter offset       zero if there is no filter
//!       32     8  properties offset
//!       40     4  index size          sizes are those of the frames, in bytes
//!       44     4  filter size         zero if there is no filter
//!       48     4  properties size
//!       52     4  zero
//!       56     8  magic               "FDB_SST" and a zero, once more
//! ```
//!
//! All integers are little-endian. The checksum covers the number of the file and the offset of
//! the footer, which are not stored, and then everything after the checksum. The footer is
//! written last, so a file that ends with a valid one is whole.

use ferrisdb_block::{Handle, Location};
use ferrisdb_format::{
    Checksum, Error as FormatError, HEADER_SIZE, Magic, get_u32, get_u64, put_u32, put_u64,
};

use crate::place::check_place;
use crate::{Part, Reason};

/// The size of the footer, in bytes.
pub const FOOTER_SIZE: usize = 64;

/// Where the magic begins.
const MAGIC_AT: usize = 56;

/// The last 64 bytes of a table: where everything else is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footer {
    /// Where the data blocks end, and everything else begins.
    pub tail: u64,
    /// 1 if the index leads to data blocks, 2 if it leads to parts that do.
    pub index_levels: u32,
    /// The index; with two levels, the upper one.
    pub index: Handle,
    /// The filter, if there is one.
    pub filter: Option<Handle>,
    /// The properties.
    pub properties: Handle,
}

impl Footer {
    /// The footer as bytes, at this place.
    #[must_use]
    pub fn encode(&self, location: Location) -> [u8; FOOTER_SIZE] {
        let (offset, size) = (0, 0);
        let filter = self.filter.unwrap_or(Handle { offset, size });
        let mut out = Vec::with_capacity(FOOTER_SIZE);
        put_u32(&mut out, 0);
        put_u32(&mut out, self.index_levels);
        put_u64(&mut out, self.tail);
        put_u64(&mut out, self.index.offset);
        put_u64(&mut out, filter.offset);
        put_u64(&mut out, self.properties.offset);
        put_u32(&mut out, self.index.size);
        put_u32(&mut out, filter.size);
        put_u32(&mut out, self.properties.size);
        put_u32(&mut out, 0);
        out.extend_from_slice(&Magic::TABLE.0);
        let mut bytes: [u8; FOOTER_SIZE] = out.try_into().expect("the fields above have 64 bytes");
        let checksum = checksum(location, &bytes);
        bytes[..4].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Reads the footer at this place.
    ///
    /// The checks come in the order in which their answers help: not the end of a table
    /// ([`Reason::NoFooter`]), damaged ([`Reason::Checksum`]), and then, since a checksum can be
    /// right over anything, what cannot be: [`Reason::Levels`] and [`Reason::OutOfPlace`]. All
    /// parts lie between the tail's beginning and the footer.
    pub fn decode(bytes: &[u8; FOOTER_SIZE], location: Location) -> Result<Self, Reason> {
        todo!("check magic, checksum and levels, then that every part lies in the tail")
    }

    /// The fields behind the checksum, whatever they say.
    fn fields(input: &mut &[u8]) -> Result<Self, FormatError> {
        let index_levels = get_u32(input)?;
        let tail = get_u64(input)?;
        let mut offset = || get_u64(input);
        let (index, filter, properties) = (offset()?, offset()?, offset()?);
        let mut handle = |offset| {
            let size = get_u32(input)?;
            Ok::<_, FormatError>(Handle { offset, size })
        };
        let (index, filter, properties) = (handle(index)?, handle(filter)?, handle(properties)?);
        Ok(Self {
            tail,
            index_levels,
            index,
            filter: (filter.size > 0).then_some(filter),
            properties,
        })
    }
}

/// The checksum of a footer: of its place, and of all its bytes but the four that hold it.
fn checksum(location: Location, bytes: &[u8; FOOTER_SIZE]) -> u32 {
    Checksum::new()
        .update(&location.file_number.to_le_bytes())
        .update(&location.offset.to_le_bytes())
        .update(&bytes[4..])
        .finish()
}
