//! *Given.* Reading parts of one file, and saying what is wrong with them.

use std::ops::Range;
use std::path::PathBuf;

use bytes::{Bytes, BytesMut};
use ferrisdb_block::{Block, Filter, Handle, Kind, Location};
use ferrisdb_core::{File, IoContext};
use ferrisdb_format::{BytesMutExt, HEADER_SIZE};

use crate::place::check_place;
use crate::{Corruption, Error, Footer, Part, Reason, Result};

/// An open file of a table.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) file: Box<dyn File>,
    pub(crate) path: PathBuf,
    /// The number of the file.
    pub(crate) number: u64,
    /// The size of the file in bytes.
    pub(crate) size: u64,
}

impl Source {
    /// Reads `size` bytes, which are known to be there.
    pub(crate) fn read(&self, offset: u64, size: usize) -> Result<Bytes> {
        let mut bytes = BytesMut::with_capacity(size);
        bytes
            .read_exact_from(&*self.file, offset, size)
            .context("read", &self.path)?;
        Ok(bytes.freeze())
    }

    /// Reads the frame at `handle`, which may come from anywhere.
    pub(crate) fn frame(&self, kind: Kind, handle: Handle) -> Result<Bytes> {
        let part = kind.into();
        check_place(part, handle.offset, u64::from(handle.size), 0..self.size)
            .map_err(|reason| self.corrupt(part, handle.offset, reason))?;
        self.read(handle.offset, handle.size as usize)
    }

    /// What lies in the frame at `handle`, whose bytes were read already.
    pub(crate) fn open(&self, kind: Kind, handle: Handle, frame: Bytes) -> Result<Bytes> {
        let location = Location {
            file_number: self.number,
            offset: handle.offset,
        };
        ferrisdb_block::open(frame, kind, location).map_err(self.damaged(kind, handle))
    }

    /// The block in the frame at `handle`, whose bytes were read already.
    pub(crate) fn block(&self, kind: Kind, handle: Handle, frame: Bytes) -> Result<Block> {
        let payload = self.open(kind, handle, frame)?;
        self.parse(kind, handle, payload)
    }

    /// The same of a frame that is part of something larger, which the block does not keep in
    /// memory.
    pub(crate) fn own_block(&self, kind: Kind, handle: Handle, frame: Bytes) -> Result<Block> {
        let payload = self.open_own(kind, handle, frame)?;
        self.parse(kind, handle, payload)
    }

    /// What lies in a frame that is part of something larger, in memory of its own. Whatever was
    /// compressed is there already.
    fn open_own(&self, kind: Kind, handle: Handle, frame: Bytes) -> Result<Bytes> {
        let memory = frame.as_ptr_range();
        let payload = self.open(kind, handle, frame)?;
        if memory.contains(&payload.as_ptr()) {
            return Ok(Bytes::copy_from_slice(&payload));
        }
        Ok(payload)
    }

    fn parse(&self, kind: Kind, handle: Handle, payload: Bytes) -> Result<Block> {
        let block = Block::parse(payload).map_err(self.damaged(kind, handle))?;
        if kind == Kind::Data && block.restart_count() == 0 {
            // A cursor that came to it would take it for the end of the table.
            let reason = Reason::mismatch("entries of a data block", "at least one", "none");
            return Err(self.corrupt(Part::Data, handle.offset, reason));
        }
        Ok(block)
    }

    /// Refuses a block of the index without entries. Only a table without data has such a one.
    pub(crate) fn check_index(&self, footer: &Footer, handle: Handle, block: &Block) -> Result<()> {
        if block.restart_count() == 0 && footer.tail > HEADER_SIZE as u64 {
            // Whoever came to it would take it for the end of the table.
            let reason = Reason::mismatch("entries of an index block", "at least one", "none");
            return Err(self.corrupt(Part::Index, handle.offset, reason));
        }
        Ok(())
    }

    /// The filter in the frame at `handle`, whose bytes were read already, maybe as part of
    /// something larger.
    pub(crate) fn filter(&self, handle: Handle, frame: Bytes) -> Result<Filter> {
        let payload = self.open_own(Kind::Filter, handle, frame)?;
        Filter::parse(payload).map_err(self.damaged(Kind::Filter, handle))
    }

    /// The place that an entry of the index block at `parent` names: of a `what`, in `range`.
    pub(crate) fn handle(
        &self,
        parent: Handle,
        mut entry: &[u8],
        what: Part,
        range: Range<u64>,
    ) -> Result<Handle> {
        let handle = Handle::decode(&mut entry).map_err(self.damaged(Kind::Index, parent))?;
        check_place(what, handle.offset, u64::from(handle.size), range)
            .map_err(|reason| self.corrupt(Part::Index, parent.offset, reason))?;
        Ok(handle)
    }

    /// Adds to what a block says is wrong which block of which file it is.
    pub(crate) fn damaged(
        &self,
        kind: Kind,
        handle: Handle,
    ) -> impl Fn(ferrisdb_block::Error) -> Error {
        move |error| self.corrupt(kind.into(), handle.offset, error.into())
    }

    /// The error for damage to the part that begins at `offset`.
    #[cold]
    pub(crate) fn corrupt(&self, part: Part, offset: u64, reason: Reason) -> Error {
        Error::Corruption(Box::new(Corruption {
            path: self.path.clone(),
            offset,
            part,
            reason,
        }))
    }
}
