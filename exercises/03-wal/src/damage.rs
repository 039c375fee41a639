//! Telling a torn tail from corruption.
//!
//! After a crash the end of the log may be in any state: bytes that were never synced reach the
//! disk in any order, or not at all. So the first damage in a log is usually harmless. It is not
//! harmless if the damaged place had been synced: then something acknowledged is lost.
//!
//! The log itself knows. A record written after a sync carries the position up to which that
//! sync had made everything durable. If anything valid behind the damage carries a mark above
//! it, the damaged bytes *had* reached the disk, and were damaged later.

use bytes::BytesMut;
use ferrisdb_core::FileSystem;

use crate::replay::{Damage, read_segment};
use crate::{
    Place, Position, Proof, Record, Result, SEGMENT_HEADER_SIZE, SegmentFile, SegmentHeader, slack,
};

/// Searches everything behind the damage for a durable mark above it: the rest of the damaged
/// segment, and the segments `behind` it.
pub(crate) fn find_proof(
    fs: &dyn FileSystem,
    damage: &Damage,
    behind: &[SegmentFile],
) -> Result<Option<Proof>> {
    let mut bytes = BytesMut::new();
    let damaged = (!behind.contains(&damage.file)).then_some((&damage.file, damage.offset));
    let behind = behind.iter().map(|file| (file, 0));
    for (file, from) in damaged.into_iter().chain(behind) {
        read_segment(fs, file, &mut bytes)?;
        let rest = usize::try_from(from).ok().and_then(|at| bytes.get(at..));
        if rest.is_some_and(slack::is_zeros) {
            continue;
        }
        if let Some((offset, mark)) = find_mark_above(damage.position, &bytes, file.number, from) {
            return Ok(Some(Proof::Mark {
                path: file.path.clone(),
                offset,
                mark,
            }));
        }
    }
    Ok(None)
}

/// The first valid header or record of a segment, at or behind `from`, that carries a mark above
/// `position`: its offset and the mark.
///
/// Records are looked for at every offset, since behind the damage nothing tells where the next
/// one starts.
fn find_mark_above(
    position: Position,
    bytes: &[u8],
    number: u64,
    from: u64,
) -> Option<(u64, Position)> {
    todo!(
        "search the header, then every offset, for a valid record whose mark is above the position"
    )
}
