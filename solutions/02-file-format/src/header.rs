//! The 64 bytes that every file starts with.
//!
//! They say what kind of file this is, which version of the format, and which file of its kind,
//! and they carry a checksum over themselves. What they cannot say, because they were written
//! first, is anything about the bytes that follow: those carry checksums of their own.

use std::fmt;
use std::ops::Range;

use crate::fixed::take;
use crate::{Checksum, Error, Result, get_u16, get_u32, get_u64};

/// The size of the header, in bytes.
pub const HEADER_SIZE: usize = SIZE_STORED as usize;

/// The same as the header itself stores it.
const SIZE_STORED: u32 = 64;

/// The version of the format that this crate writes.
pub const VERSION: Version = Version { major: 1, minor: 0 };

/// What kind of file it is: the first eight bytes, `FDB_XXX` and a zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Magic(pub [u8; 8]);

impl Magic {
    /// A segment of the write-ahead log.
    pub const WAL: Self = Self(*b"FDB_WAL\0");

    /// A sorted table.
    pub const TABLE: Self = Self(*b"FDB_SST\0");

    /// A manifest: which tables there are, and how that came about.
    pub const MANIFEST: Self = Self(*b"FDB_MAN\0");

    /// The file that says which manifest counts.
    pub const CURRENT: Self = Self(*b"FDB_CUR\0");
}

/// The bytes as text, as far as they are text, without the zero at the end.
impl fmt::Display for Magic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.strip_suffix(b"\0").unwrap_or(&self.0);
        write!(f, "{}", text.escape_ascii())
    }
}

impl fmt::Debug for Magic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Magic(b\"{}\")", self.0.escape_ascii())
    }
}

/// The version of a file's format.
///
/// A change that older programs can ignore raises the minor number; one that they would
/// misread raises the major.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Programs that know another major version only must not read the file.
    pub major: u16,
    /// Programs that know an older minor version may read the file.
    pub minor: u16,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The header of a file.
///
/// ```text
///   offset  size
///        0     8  magic           which kind of file: "FDB_XXX" and a zero
///        8     2  version major   another one: do not read
///       10     2  version minor   a newer one: read, ignore what you do not know
///       12     4  flags           each kind of file gives them a meaning, or zero
///       16     4  header size     64
///       20     4  checksum        CRC32 of bytes 0..20 and 24..64
///       24     8  created at      microseconds since 1970
///       32     8  file number     no two files of one kind share one
///       40    24  extra           each kind of file gives them a meaning, or zeros
/// ```
///
/// All integers are little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The kind of file.
    pub magic: Magic,
    /// The version of its format.
    pub version: Version,
    /// Whatever this kind of file uses them for; zero otherwise.
    pub flags: u32,
    /// When the file was created, in microseconds since 1970.
    pub created_at_us: u64,
    /// The number of the file; no other file of its kind in the database has it.
    pub file_number: u64,
    /// Whatever this kind of file uses them for; zeros otherwise.
    pub extra: [u8; 24],
}

/// Where a field lies in the encoded header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// What it is called in the diagram of [`Header`].
    pub name: &'static str,
    /// Its first byte.
    pub offset: usize,
    /// Its size in bytes.
    pub size: usize,
}

impl Field {
    const fn new(name: &'static str, offset: usize, size: usize) -> Self {
        Self { name, offset, size }
    }

    /// Its bytes, as a range to index the encoded header with.
    pub const fn range(self) -> Range<usize> {
        self.offset..self.offset + self.size
    }
}

const MAGIC: Field = Field::new("magic", 0, 8);
const VERSION_MAJOR: Field = Field::new("version major", 8, 2);
const VERSION_MINOR: Field = Field::new("version minor", 10, 2);
const FLAGS: Field = Field::new("flags", 12, 4);
const SIZE: Field = Field::new("header size", 16, 4);
const CHECKSUM: Field = Field::new("checksum", 20, 4);
const CREATED_AT: Field = Field::new("created at", 24, 8);
const FILE_NUMBER: Field = Field::new("file number", 32, 8);
const EXTRA: Field = Field::new("extra", 40, 24);

impl Header {
    /// The fields of the encoded header, in order and without gaps.
    pub const LAYOUT: [Field; 9] = [
        MAGIC,
        VERSION_MAJOR,
        VERSION_MINOR,
        FLAGS,
        SIZE,
        CHECKSUM,
        CREATED_AT,
        FILE_NUMBER,
        EXTRA,
    ];

    /// A header of the current version, with no flags and nothing extra.
    #[must_use]
    pub const fn new(magic: Magic, file_number: u64, created_at_us: u64) -> Self {
        Self {
            magic,
            version: VERSION,
            flags: 0,
            created_at_us,
            file_number,
            extra: [0; 24],
        }
    }

    /// The header as it is written, in the layout that [`Header`] shows.
    #[must_use]
    pub fn encode(&self) -> [u8; HEADER_SIZE] {
        let mut bytes = [0; HEADER_SIZE];
        let mut set = |field: Field, value: &[u8]| bytes[field.range()].copy_from_slice(value);
        set(MAGIC, &self.magic.0);
        set(VERSION_MAJOR, &self.version.major.to_le_bytes());
        set(VERSION_MINOR, &self.version.minor.to_le_bytes());
        set(FLAGS, &self.flags.to_le_bytes());
        set(SIZE, &SIZE_STORED.to_le_bytes());
        set(CREATED_AT, &self.created_at_us.to_le_bytes());
        set(FILE_NUMBER, &self.file_number.to_le_bytes());
        set(EXTRA, &self.extra);

        let checksum = checksum_of(&bytes);
        bytes[CHECKSUM.range()].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Reads the header at the start of `bytes`, which may go on behind it.
    ///
    /// The checks come in the order in which their answers help: too short
    /// ([`Error::Truncated`]), another kind of file ([`Error::BadMagic`]), damaged
    /// ([`Error::BadChecksum`]), and only then, since a damaged version says nothing, a format
    /// of another time ([`Error::UnsupportedVersion`], [`Error::BadHeaderSize`]).
    pub fn decode(bytes: &[u8], expected: Magic) -> Result<Self> {
        let bytes: [u8; HEADER_SIZE] = take(&mut &*bytes, "file header")?;
        let mut input = bytes.as_slice();

        let magic = Magic(take(&mut input, MAGIC.name)?);
        let version = Version {
            major: get_u16(&mut input)?,
            minor: get_u16(&mut input)?,
        };
        let flags = get_u32(&mut input)?;
        let size = get_u32(&mut input)?;
        let stored = get_u32(&mut input)?;
        let header = Self {
            magic,
            version,
            flags,
            created_at_us: get_u64(&mut input)?,
            file_number: get_u64(&mut input)?,
            extra: take(&mut input, EXTRA.name)?,
        };

        let computed = checksum_of(&bytes);
        if magic != expected {
            let found = magic;
            Err(Error::BadMagic { expected, found })
        } else if stored != computed {
            Err(Error::BadChecksum { stored, computed })
        } else if version.major != VERSION.major {
            Err(Error::UnsupportedVersion {
                found: version,
                supported: VERSION,
            })
        } else if size != SIZE_STORED {
            Err(Error::BadHeaderSize {
                found: size,
                expected: SIZE_STORED,
            })
        } else {
            Ok(header)
        }
    }
}

/// The checksum of a header: of all its bytes but the four that hold the checksum.
fn checksum_of(bytes: &[u8; HEADER_SIZE]) -> u32 {
    let Range { start, end } = CHECKSUM.range();
    Checksum::new()
        .update(&bytes[..start])
        .update(&bytes[end..])
        .finish()
}
