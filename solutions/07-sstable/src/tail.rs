//! *Given.* Opening a table: its two ends, and everything behind the data.

use ferrisdb_block::{Block, Filter, Handle, Kind, Location};
use ferrisdb_format::{Error as FormatError, HEADER_SIZE, Header, Magic};

use crate::source::Source;
use crate::{Error, FOOTER_SIZE, Footer, Part, Properties, Reason, Result};

/// The size of the smallest table, in bytes: no table is without an index and properties.
const SIZE_MIN: u64 = (HEADER_SIZE + FOOTER_SIZE) as u64;

/// Everything of a table but its data, checked and decoded.
#[derive(Debug)]
pub(crate) struct Tail {
    pub(crate) footer: Footer,
    pub(crate) properties: Properties,
    /// The blocks of the index, by offset; the upper one is the last.
    pub(crate) index: Vec<(Handle, Block)>,
    pub(crate) filter: Option<(Handle, Filter)>,
}

impl Tail {
    /// Reads the header, the footer, and all from the end of the data to the footer.
    pub(crate) fn read(source: &Source) -> Result<Self> {
        let footer = read_ends(source)?;
        let end = source.size - FOOTER_SIZE as u64;
        let size = usize::try_from(end - footer.tail).unwrap_or(usize::MAX);
        let tail = source.read(footer.tail, size)?;
        // The footer and `Source::handle` have made sure that a frame lies in the tail.
        let frame = |handle: Handle| {
            let start = usize::try_from(handle.offset - footer.tail).unwrap_or(usize::MAX);
            tail.slice(start..start + handle.size as usize)
        };

        let upper = source.own_block(Kind::Index, footer.index, frame(footer.index))?;
        source.check_index(&footer, footer.index, &upper)?;
        let mut index = Vec::new();
        if footer.index_levels == 2 {
            let damaged = source.damaged(Kind::Index, footer.index);
            // Each part lies behind the one before it, so together they cost no more memory than
            // the file is worth, however often an index may want to name the same one.
            let mut parts = footer.tail..footer.index.offset;
            let mut cursor = upper.cursor();
            cursor.seek_to_first().map_err(&damaged)?;
            while cursor.is_valid() {
                let entry = cursor.value();
                let handle = source.handle(footer.index, entry, Part::Index, parts.clone())?;
                parts.start = handle.offset + u64::from(handle.size);
                let part = source.own_block(Kind::Index, handle, frame(handle))?;
                source.check_index(&footer, handle, &part)?;
                index.push((handle, part));
                cursor.next().map_err(&damaged)?;
            }
        }
        index.push((footer.index, upper));
        let filter = |handle| Ok::<_, Error>((handle, source.filter(handle, frame(handle))?));
        let properties = source.open(
            Kind::Properties,
            footer.properties,
            frame(footer.properties),
        )?;
        let properties = Properties::decode(&properties).map_err(|error| {
            source.corrupt(Part::Properties, footer.properties.offset, error.into())
        })?;
        Ok(Self {
            properties,
            index,
            filter: footer.filter.map(filter).transpose()?,
            footer,
        })
    }
}

/// Reads and checks both ends of the file.
fn read_ends(source: &Source) -> Result<Footer> {
    let Some(offset) = source
        .size
        .checked_sub(FOOTER_SIZE as u64)
        .filter(|_| source.size >= SIZE_MIN)
    else {
        let (needed, found) = (SIZE_MIN, source.size);
        return Err(source.corrupt(Part::Footer, 0, Reason::CutShort { needed, found }));
    };
    let header = source.read(0, HEADER_SIZE)?;
    let bytes = source.read(offset, FOOTER_SIZE)?;
    let bytes = bytes.first_chunk().expect("that many bytes were read");
    let location = Location {
        file_number: source.number,
        offset,
    };
    let footer = Footer::decode(bytes, location);
    check_header(
        source,
        Header::decode(&header, Magic::TABLE),
        footer.is_ok(),
    )?;
    footer.map_err(|reason| source.corrupt(Part::Footer, offset, reason))
}

/// Says what is wrong with the header, if anything is. That it belongs to another kind of file
/// is believed only if the footer does not say otherwise.
fn check_header(
    source: &Source,
    header: Result<Header, FormatError>,
    has_footer: bool,
) -> Result<()> {
    let path = || source.path.clone();
    match header {
        Ok(header) if header.file_number == source.number => Ok(()),
        Ok(header) => {
            let (expected, found) = (source.number, header.file_number);
            let reason = Reason::OtherFile { expected, found };
            Err(source.corrupt(Part::Header, 0, reason))
        }
        Err(reason @ FormatError::UnsupportedVersion { .. }) => Err(Error::NewerVersion {
            path: path(),
            reason,
        }),
        Err(reason @ FormatError::BadMagic { .. }) if !has_footer => Err(Error::NotATable {
            path: path(),
            reason,
        }),
        Err(reason) => Err(source.corrupt(Part::Header, 0, reason.into())),
    }
}
