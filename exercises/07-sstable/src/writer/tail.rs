//! *Given.* What follows the data: index, filter, properties and footer.

use ferrisdb_block::{Builder, Compression, Handle, Kind, Location, OwnedKey, seal};
use ferrisdb_core::IoContext;

use super::{Writer, refused};
use crate::index::Index;
use crate::{Error, FOOTER_SIZE, Footer, Result};

impl Writer {
    /// The place of the next frame: behind all that was sealed so far.
    pub(super) fn end(&self) -> Location {
        Location {
            file_number: self.name.number,
            offset: self.written + self.buffer.len() as u64,
        }
    }

    /// Writes out the frames that were collected.
    pub(super) fn write_out(&mut self) -> Result<()> {
        // What a failed write has left in the file is not known.
        self.failed = true;
        let written = self.file.write_all_at(self.written, &self.buffer);
        written.context("write to", &self.name.unfinished())?;
        self.failed = false;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Refuses to go on after a write that failed.
    pub(super) fn check(&self) -> Result<()> {
        if self.failed {
            let path = self.name.unfinished();
            return Err(Error::WriterFailed { path });
        }
        Ok(())
    }

    /// Adds an index entry: everything up to `key`, and not in an earlier block, lies in the
    /// block at `handle`.
    pub(super) fn point_to(&mut self, key: &OwnedKey, handle: Handle) -> Result<()> {
        self.index.add(key, handle).map_err(|error| {
            self.failed = true;
            refused(error)
        })
    }

    /// Writes everything behind the data, the footer last.
    pub(super) fn write_tail(&mut self) -> Result<()> {
        if let (Some(handle), Some(last)) = (self.waiting.take(), self.last.clone()) {
            self.properties.largest_key.clone_from(&last.user_key);
            self.point_to(&last, handle)?;
        }
        let tail = self.end().offset;
        let (index_levels, index) = self.seal_index()?;
        let filter = if self.options.filter_bits_per_key > 0 {
            let filter = self.filter.finish();
            Some(self.seal(Kind::Filter, &filter, Compression::None)?)
        } else {
            None
        };
        let properties = self.properties.encode();
        let properties = self.seal(Kind::Properties, &properties, Compression::None)?;
        let footer = Footer {
            tail,
            index_levels,
            index,
            filter,
            properties,
        };
        let footer: [u8; FOOTER_SIZE] = footer.encode(self.end());
        self.buffer.extend_from_slice(&footer);
        self.write_out()
    }

    /// Seals the index, in one block or in parts with another block over them.
    fn seal_index(&mut self) -> Result<(u32, Handle)> {
        let compression = self.options.compression;
        let last = self.last.clone();
        let parts = match self.index.finish(last) {
            Index::One(block) => return Ok((1, self.seal(Kind::Index, &block, compression)?)),
            Index::Parts(parts) => parts,
        };
        let mut upper = Builder::new(1);
        let mut entry = Vec::new();
        for (last, part) in parts {
            entry.clear();
            self.seal(Kind::Index, &part, compression)?
                .encode(&mut entry);
            upper.add(last.as_key(), &entry).map_err(refused)?;
        }
        Ok((2, self.seal(Kind::Index, upper.finish(), compression)?))
    }

    /// Appends a frame, and says where it lies.
    fn seal(&mut self, kind: Kind, payload: &[u8], compression: Compression) -> Result<Handle> {
        let location = self.end();
        let size = seal(kind, payload, compression, location, &mut self.buffer);
        Ok(Handle {
            offset: location.offset,
            size: frame_size(size.map_err(refused)?),
        })
    }
}

/// An unfinished table leaves nothing behind, as far as the disk still does what it is told.
impl Drop for Writer {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // Who dropped it has an error already, or wants none.
            let _ = self.environment.fs.remove(path);
        }
    }
}

/// The size of a frame as a handle has it.
pub(super) fn frame_size(size: usize) -> u32 {
    u32::try_from(size).expect("a frame is not much larger than the largest block")
}
