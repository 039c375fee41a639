//! Bringing a log that a crash left behind into order.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use ferrisdb_core::{Access, File, FileSystem, IoContext, Timestamp};

use crate::replay::{Damage, Walk};
use crate::{Invalid, Position, Result};

/// What opening a log found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// How many batches were replayed.
    pub batches: u64,
    /// The timestamp of the last of them; [`Timestamp::ZERO`] if there is none.
    pub last_timestamp: Timestamp,
    /// Where the log ends.
    pub end: Position,
    /// What lay behind the end.
    pub torn_tail: Option<TornTail>,
}

/// The remains of writes that a crash interrupted and that nobody was promised.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TornTail {
    /// The segment in which the log ends.
    pub path: PathBuf,
    /// The offset in it at which the log ends, in bytes.
    pub offset: u64,
    /// What is there instead of a record.
    pub reason: Invalid,
    /// Later segments, which hold nothing of the log.
    pub later_segments: Vec<PathBuf>,
}

impl Walk {
    /// The walk as a report for the caller.
    pub(crate) fn into_recovery(self) -> Recovery {
        let later = self.behind.into_iter().map(|file| file.path);
        let torn_tail = self.damage.map(
            |Damage {
                 file,
                 offset,
                 reason,
                 ..
             }| TornTail {
                later_segments: later.filter(|path| *path != file.path).collect(),
                path: file.path,
                offset,
                reason,
            },
        );
        let Self {
            batches,
            last_timestamp,
            end,
            ..
        } = self;
        Recovery {
            batches,
            last_timestamp,
            end,
            torn_tail,
        }
    }
}

/// Removes what lies behind the end of the log, and makes durable what lies before it.
///
/// May be interrupted at any point and repeated: each step leaves a log with the same end.
///
/// 1. Segments behind the end go first, newest first, so that no gap arises that could later be
///    taken for a missing segment. They are gone for good before the log goes on: were they to
///    come back after a power cut, they would lie behind a log that has grown in the meantime.
/// 2. The last segment is cut.
/// 3. What is kept may not be on the disk, if only the process died. Everything above the highest
///    mark is written over itself and synced before anyone is told that it is there. The mark is
///    a position; [`rewrite`] takes offsets in one file.
pub(crate) fn repair(fs: &dyn FileSystem, directory: &Path, walk: &Walk) -> Result<()> {
    todo!(
        "remove the segments behind the end, newest first; then cut, write again and sync what is kept"
    )
}

/// Writes the bytes between two offsets of a file over themselves.
///
/// After a sync that failed, the operating system may go on showing bytes that it has given up
/// writing to the disk. A sync alone would succeed without them: it takes them for written.
fn rewrite(file: &dyn File, start: u64, end: u64) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    let mut offset = start;
    while offset < end {
        let size =
            usize::try_from(end - offset).map_or(buffer.len(), |left| left.min(buffer.len()));
        let bytes = &mut buffer[..size];
        file.read_exact_at(offset, bytes)?;
        file.write_all_at(offset, bytes)?;
        offset += size as u64;
    }
    Ok(())
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let batches = if self.batches == 1 {
            "batch"
        } else {
            "batches"
        };
        write!(
            f,
            "replayed {} {batches}, up to position {}",
            self.batches, self.end
        )?;
        match &self.torn_tail {
            Some(tail) => write!(f, "; {tail}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for TornTail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            offset,
            reason,
            later_segments,
        } = self;
        write!(
            f,
            "torn tail in {} at offset {offset}: {reason}",
            path.display()
        )?;
        match later_segments.len() {
            0 => Ok(()),
            1 => write!(f, "; 1 later segment holds nothing of the log"),
            n => write!(f, "; {n} later segments hold nothing of the log"),
        }
    }
}
