//! *Given.* The room behind the last record of a segment whose file is longer than what is in it.
//!
//! A file that was laid out in advance ends in zeros, and one that was used before ends in what it
//! held then. To the reader both look like damage. They are none in two cases:
//!
//! 1. The next segment starts at this very position. Its header was written when the log went on
//!    there, so nothing can be missing in between.
//! 2. It is the last segment, and a blank frame of zeros lies there. The writer leaves one behind
//!    each write, which the next write covers.
//!
//! In the second case the bytes of unfinished writes may lie behind the blank frame, as behind any
//! end of the log. They are cut off, and whether a mark in them proves that more was safe is looked
//! at first.

use ferrisdb_core::FileSystem;

use crate::replay::Damage;
use crate::{RECORD_HEADER_SIZE, Result, SegmentFile, needed};

/// What is written behind the last record, as far as the file reaches.
const BLANK: [u8; RECORD_HEADER_SIZE] = [0; RECORD_HEADER_SIZE];

/// The blank frame for offset `end` of a file of `file_size` bytes: all of it, what fits, or none.
pub(crate) fn blank(end: u64, file_size: u64) -> &'static [u8] {
    let room = usize::try_from(file_size.saturating_sub(end)).unwrap_or(usize::MAX);
    &BLANK[..room.min(BLANK.len())]
}

/// Whether the log goes on in the next segment where this one seems to be damaged.
pub(crate) fn is_followed(
    fs: &dyn FileSystem,
    damage: &Damage,
    next: Option<&SegmentFile>,
) -> Result<bool> {
    let header = next.map(|next| needed::read_header(fs, next));
    let header = header.transpose()?.flatten();
    Ok(header.is_some_and(|header| header.start == damage.position))
}

/// Whether the segment, whose bytes these are, ends in good order where it seems to be damaged.
pub(crate) fn is_blank(damage: &Damage, bytes: &[u8]) -> bool {
    let rest = usize::try_from(damage.offset)
        .ok()
        .and_then(|at| bytes.get(at..));
    rest.is_some_and(|rest| rest.starts_with(&BLANK[..rest.len().min(BLANK.len())]))
}

/// Whether these are all zeros. Fast, since a file that was laid out in advance has millions.
pub(crate) fn is_zeros(bytes: &[u8]) -> bool {
    const ZEROS: [u8; 4096] = [0; 4096];
    let mut chunks = bytes.chunks(ZEROS.len());
    chunks.all(|chunk| *chunk == ZEROS[..chunk.len()])
}
