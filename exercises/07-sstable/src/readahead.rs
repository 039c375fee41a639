//! *Given.* Reading ahead: a scan asks for one block after the other, so more than one is
//! fetched at a time.

use bytes::Bytes;
use ferrisdb_block::Handle;

use crate::Result;
use crate::source::Source;

/// What is read ahead first, in bytes; then twice as much each time.
const FIRST: usize = 16 << 10;

/// The blocks behind the one that was asked for last.
#[derive(Debug)]
pub(crate) struct Readahead {
    /// The most that is read at a time, in bytes; 0 turns it off.
    pub(crate) max: usize,
    /// How much is read next.
    window: usize,
    /// Where the next block begins if this is a scan.
    expected: u64,
    /// What was read, from offset `start` of the file on.
    bytes: Bytes,
    start: u64,
}

impl Readahead {
    pub(crate) fn new(max: usize) -> Self {
        Self {
            max,
            window: 0,
            expected: 0,
            bytes: Bytes::new(),
            start: 0,
        }
    }

    /// A block was wanted. A second one in a row makes it a scan, anything else ends the scan.
    pub(crate) fn note(&mut self, handle: Handle) {
        self.window = if handle.offset == self.expected {
            (self.window * 2).max(FIRST).min(self.max)
        } else {
            0
        };
        self.expected = handle.offset + u64::from(handle.size);
    }

    /// The bytes of a frame that lies before `end`, and whether they are part of something
    /// larger that stays in memory as long as they do.
    pub(crate) fn read(
        &mut self,
        source: &Source,
        handle: Handle,
        end: u64,
    ) -> Result<(Bytes, bool)> {
        let size = handle.size as usize;
        let within = handle.offset.checked_sub(self.start);
        let within = within.and_then(|within| usize::try_from(within).ok());
        if let Some(within) = within
            && within.saturating_add(size) <= self.bytes.len()
        {
            return Ok((self.bytes.slice(within..within + size), true));
        }
        let left = usize::try_from(end - handle.offset).unwrap_or(usize::MAX);
        let wanted = self.window.min(left);
        if wanted <= size {
            return Ok((source.read(handle.offset, size)?, false));
        }
        self.bytes = source.read(handle.offset, wanted)?;
        self.start = handle.offset;
        Ok((self.bytes.slice(..size), true))
    }
}
