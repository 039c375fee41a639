//! *Given.* Segments as the writer has them: the one that it writes to, and those before it.

use std::path::PathBuf;

use ferrisdb_core::{Access, Environment, File, FileSystem, IoContext};

use crate::replay::Kept;
use crate::{
    Options, Position, Result, SEGMENT_HEADER_SIZE, SegmentFile, SegmentHeader, SyncMode, recycle,
    segment, slack,
};

/// An open segment.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) file: Box<dyn File>,
    pub(crate) path: PathBuf,
    pub(crate) number: u64,
    /// The position of its first byte.
    pub(crate) start: Position,
    /// How many bytes of it belong to the log.
    pub(crate) size: u64,
    /// How long the file was when the segment was begun: what lies behind `size`, but within
    /// this, is room for more.
    pub(crate) file_size: u64,
}

impl Segment {
    /// Creates a segment and writes its header.
    pub(crate) fn create(
        environment: &Environment,
        name: SegmentFile,
        start: Position,
        mark: Position,
    ) -> Result<Self> {
        let SegmentFile { number, path } = name;
        let created_at_us = environment.clock.unix_us();
        let header = SegmentHeader {
            number,
            start,
            mark,
            created_at_us,
        }
        .encode();
        let file = environment.fs.create(&path).context("create", &path)?;
        let file_size = file.size().context("read the size of", &path)?;
        let blank = slack::blank(SEGMENT_HEADER_SIZE, file_size);
        file.write_all_at(0, &[&header, blank].concat())
            .context("write to", &path)?;
        Ok(Self {
            file,
            path,
            number,
            start,
            size: SEGMENT_HEADER_SIZE,
            file_size,
        })
    }

    /// Opens a segment to which more will be appended, and lays it out if the options say so. Its
    /// file ends behind what is kept.
    pub(crate) fn resume(fs: &dyn FileSystem, kept: &Kept, options: &Options) -> Result<Self> {
        let SegmentFile { number, path } = kept.file.clone();
        let file = fs.open(&path, Access::ReadWrite).context("open", &path)?;
        recycle::lay_out(&*file, options.preallocate, segment::size_max(options))
            .context("lay out", &path)?;
        let file_size = file.size().context("read the size of", &path)?;
        Ok(Self {
            file,
            path,
            number,
            start: kept.start,
            size: kept.size,
            file_size,
        })
    }

    /// The position after its last byte.
    pub(crate) fn end(&self) -> Position {
        self.start.plus(self.size)
    }

    /// Makes its bytes durable.
    pub(crate) fn sync(&self, mode: SyncMode) -> Result<()> {
        match mode {
            SyncMode::None => Ok(()),
            SyncMode::Data => self.file.sync_data(),
            SyncMode::Full => self.file.sync(),
        }
        .context("sync", &self.path)?;
        Ok(())
    }

    /// Cuts off the room behind what belongs to the log.
    pub(crate) fn trim(&mut self) -> Result<()> {
        if !slack::blank(self.size, self.file_size).is_empty() {
            self.file.truncate(self.size).context("cut", &self.path)?;
            self.file_size = self.size;
        }
        Ok(())
    }
}

/// A segment behind which the log goes on in another.
#[derive(Debug)]
pub(crate) struct Earlier {
    pub(crate) file: SegmentFile,
    pub(crate) start: Position,
    /// The position after its last byte.
    pub(crate) end: Position,
}
