//! *Given.* The parts of a table, for people and for labs.

use ferrisdb_block::{Handle, OwnedKey};

use crate::{Footer, Part, Result, Table};

/// The size of the header, and of the footer, in bytes.
const END_SIZE: u32 = 64;

/// A part of a table, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub part: Part,
    /// Where it lies.
    pub handle: Handle,
    /// The key by which the index finds it, if it does: no key in it is above.
    pub separator: Option<OwnedKey>,
}

impl Table {
    /// All parts of the file, in the order in which they lie there. Together they are the file.
    pub fn pieces(&self) -> Result<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut add = |part, offset, size, separator| {
            let handle = Handle { offset, size };
            pieces.push(Piece {
                part,
                handle,
                separator,
            });
        };
        add(Part::Header, 0, END_SIZE, None);
        let Footer {
            index,
            filter,
            properties,
            ..
        } = self.footer;
        self.walk(0, index, None, &mut |part, handle, separator| {
            add(part, handle.offset, handle.size, separator);
        })?;
        if let Some(filter) = filter {
            add(Part::Filter, filter.offset, filter.size, None);
        }
        add(Part::Properties, properties.offset, properties.size, None);
        add(
            Part::Footer,
            self.size() - u64::from(END_SIZE),
            END_SIZE,
            None,
        );
        pieces.sort_by_key(|piece| piece.handle.offset);
        Ok(pieces)
    }

    /// Meets a block and all that it leads to.
    fn walk(
        &self,
        level: usize,
        handle: Handle,
        separator: Option<OwnedKey>,
        meet: &mut dyn FnMut(Part, Handle, Option<OwnedKey>),
    ) -> Result<()> {
        let kind = self.kind_at(level);
        meet(kind.into(), handle, separator);
        if level == self.footer.index_levels as usize {
            return Ok(());
        }
        let mut cursor = self.index_block(handle, &mut |_| ())?.cursor();
        let damaged = self.source.damaged(kind, handle);
        cursor.seek_to_first().map_err(&damaged)?;
        while cursor.is_valid() {
            let child = self.child(level + 1, handle, cursor.value())?;
            self.walk(level + 1, child, Some(cursor.key().into()), meet)?;
            cursor.next().map_err(&damaged)?;
        }
        Ok(())
    }
}
