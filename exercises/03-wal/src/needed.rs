//! *Given.* Where to begin reading, if only a later part of the log is needed.

use ferrisdb_core::{Access, FileSystem, IoContext};
use ferrisdb_format::{HEADER_SIZE, Header, Magic};

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
) -> Result<(Vec<SegmentFile>, &'f [SegmentFile])> {
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
        // The header of another segment will do: a power cut can leave a segment that is about
        // to be used again under its old name. Any other file is not ours to remove.
        let bytes = read_start(fs, file)?;
        if Header::decode(&bytes, Magic::WAL).is_ok() {
            unneeded.push(file.clone());
        }
    }
    Ok((unneeded, rest))
}

/// The header of a segment, if it is valid.
pub(crate) fn read_header(
    fs: &dyn FileSystem,
    file: &SegmentFile,
) -> Result<Option<SegmentHeader>> {
    let bytes = read_start(fs, file)?;
    Ok(SegmentHeader::decode(&bytes, file.number).ok())
}

/// The first bytes of a file, as many as a header has; zeros if it has fewer.
fn read_start(fs: &dyn FileSystem, file: &SegmentFile) -> Result<[u8; HEADER_SIZE]> {
    let path = &file.path;
    let open = fs.open(path, Access::Read).context("open", path)?;
    let mut bytes = [0; HEADER_SIZE];
    if open.size().context("read the size of", path)? >= SEGMENT_HEADER_SIZE {
        open.read_exact_at(0, &mut bytes).context("read", path)?;
    }
    Ok(bytes)
}
