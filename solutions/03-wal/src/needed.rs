//! *Given.* Where to begin reading, if only a later part of the log is needed.

use ferrisdb_core::{Access, FileSystem, IoContext};

use crate::replay::Kept;
use crate::{Position, Result, SEGMENT_HEADER_SIZE, SegmentFile, SegmentHeader};

/// Splits segments into those that lie before `needed_from` as a whole, and the rest.
///
/// The rest begins with the newest segment that starts at or below `needed_from`; where there is
/// none, it is everything. So a gap between segments that nobody needs any more is no damage: a
/// power cut may undo some of their removals and not others.
pub(crate) fn split<'f>(
    fs: &dyn FileSystem,
    files: &'f [SegmentFile],
    needed_from: Position,
) -> Result<(Vec<Kept>, &'f [SegmentFile])> {
    let mut first = 0;
    if needed_from > Position(0) {
        for (index, file) in files.iter().enumerate().rev() {
            let header = read_header(fs, file)?;
            if header.is_some_and(|header| header.start <= needed_from) {
                first = index;
                break;
            }
        }
    }
    let (before, rest) = files.split_at(first);
    let mut unneeded = Vec::new();
    for file in before {
        // Whatever is no segment, but has the name of one, is not ours to remove.
        if let Some(header) = read_header(fs, file)? {
            unneeded.push(Kept {
                file: file.clone(),
                start: header.start,
                size: 0,
            });
        }
    }
    Ok((unneeded, rest))
}

/// The header of a segment, if it is whole.
fn read_header(fs: &dyn FileSystem, file: &SegmentFile) -> Result<Option<SegmentHeader>> {
    let path = &file.path;
    let open = fs.open(path, Access::Read).context("open", path)?;
    if open.size().context("read the size of", path)? < SEGMENT_HEADER_SIZE {
        return Ok(None);
    }
    let mut bytes = [0; ferrisdb_format::HEADER_SIZE];
    open.read_exact_at(0, &mut bytes).context("read", path)?;
    Ok(SegmentHeader::decode(&bytes, file.number).ok())
}
