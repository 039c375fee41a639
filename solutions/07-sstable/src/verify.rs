//! *Given.* Checking a whole table.

use ferrisdb_block::{Block, Filter, Handle, Kind, OwnedKey};
use ferrisdb_core::InternalKey;
use ferrisdb_format::HEADER_SIZE;

use crate::tail::Tail;
use crate::{FOOTER_SIZE, Footer, Part, Properties, Reason, Result, Table};

/// What was seen so far of a table that is being checked.
struct Walk<'a> {
    table: &'a Table,
    filter: Option<Filter>,
    /// Where the next data block must begin.
    end: u64,
    /// The last entry's key.
    last: Option<OwnedKey>,
    /// What the properties should say.
    seen: Properties,
}

impl Table {
    /// Reads the whole file again, past the cache and what is pinned, and checks all that lookups
    /// rely on: every checksum, the order of all keys, that each lies in the block where the
    /// index looks for it and passes the filter, that there are no gaps, and that the properties
    /// are right.
    pub fn verify(&self) -> Result<()> {
        let Tail {
            footer,
            properties,
            mut index,
            filter,
        } = Tail::read(&self.source)?;
        let mut tail: Vec<Handle> = index.iter().map(|(handle, _)| *handle).collect();
        tail.extend(filter.iter().map(|(handle, _)| *handle));
        tail.push(footer.properties);
        let mut walk = Walk {
            table: self,
            filter: filter.map(|(_, filter)| filter),
            end: HEADER_SIZE as u64,
            last: None,
            seen: Properties::new(properties.compression, properties.created_at_us),
        };
        if footer.index_levels == 2
            && let Some((handle, upper)) = index.pop()
        {
            check_upper(self, handle, &upper, &index)?;
        }
        for (handle, part) in &index {
            walk.index(*handle, part)?;
        }
        self.expect(
            Part::Footer,
            self.source.size,
            "end of the data",
            &footer.tail,
            &walk.end,
        )?;
        self.check_tail(&footer, tail)?;
        if let Some(last) = walk.last {
            walk.seen.largest_key = last.user_key;
        }
        let at = footer.properties.offset;
        let (expected, found) = (format!("{:?}", walk.seen), format!("{properties:?}"));
        self.expect(Part::Properties, at, "properties", &expected, &found)
    }

    /// Checks that one part of the tail begins where the one before it ends.
    fn check_tail(&self, footer: &Footer, mut tail: Vec<Handle>) -> Result<()> {
        tail.sort_by_key(|handle| handle.offset);
        let mut end = footer.tail;
        let what = "end of the part before";
        for handle in tail {
            self.expect(Part::Footer, handle.offset, what, &handle.offset, &end)?;
            end += u64::from(handle.size);
        }
        let footer = self.source.size - FOOTER_SIZE as u64;
        self.expect(Part::Footer, footer, what, &footer, &end)
    }

    /// The error for two things that should be equal.
    fn expect<V: PartialEq + ToString + ?Sized>(
        &self,
        part: Part,
        offset: u64,
        what: &'static str,
        expected: &V,
        found: &V,
    ) -> Result<()> {
        if expected == found {
            return Ok(());
        }
        let reason = Reason::mismatch(what, expected.to_string(), found.to_string());
        Err(self.source.corrupt(part, offset, reason))
    }
}

/// Checks that the upper index names the last key of each part.
fn check_upper(table: &Table, at: Handle, upper: &Block, parts: &[(Handle, Block)]) -> Result<()> {
    let mut names = upper.cursor();
    names
        .seek_to_first()
        .map_err(table.source.damaged(Kind::Index, at))?;
    for (handle, part) in parts {
        let mut last = part.cursor();
        last.seek_to_last()
            .map_err(table.source.damaged(Kind::Index, *handle))?;
        let last = last.is_valid().then(|| OwnedKey::from(last.key()));
        let name = names.is_valid().then(|| OwnedKey::from(names.key()));
        if last.is_none() || last != name {
            let reason = Reason::mismatch(
                "last key of a part of the index",
                format!("{name:?}"),
                format!("{last:?}"),
            );
            return Err(table.source.corrupt(Part::Index, handle.offset, reason));
        }
        names
            .next()
            .map_err(table.source.damaged(Kind::Index, at))?;
    }
    Ok(())
}

impl Walk<'_> {
    /// Checks all data blocks that a block of the index leads to.
    fn index(&mut self, at: Handle, block: &Block) -> Result<()> {
        let table = self.table;
        let damaged = table.source.damaged(Kind::Index, at);
        let mut cursor = block.cursor();
        cursor.seek_to_first().map_err(&damaged)?;
        while cursor.is_valid() {
            let handle = table.child(table.footer.index_levels as usize, at, cursor.value())?;
            let what = "offset of the next data block";
            table.expect(Part::Index, at.offset, what, &self.end, &handle.offset)?;
            self.end += u64::from(handle.size);
            self.data(handle, cursor.key())?;
            cursor.next().map_err(&damaged)?;
        }
        Ok(())
    }

    /// Checks all entries of a data block, none of which may be above `separator`.
    fn data(&mut self, at: Handle, separator: InternalKey<'_>) -> Result<()> {
        let source = &self.table.source;
        let damaged = source.damaged(Kind::Data, at);
        let frame = source.read(at.offset, at.size as usize)?;
        let mut cursor = source.block(Kind::Data, at, frame)?.cursor();
        cursor.seek_to_first().map_err(&damaged)?;
        while cursor.is_valid() {
            self.entry(at, cursor.key(), cursor.value())?;
            cursor.next().map_err(&damaged)?;
        }
        self.seen.data_blocks += 1;
        let last = self.last.clone().filter(|last| last.as_key() > separator);
        if let Some(last) = last {
            let expected = format!("nothing above {}", OwnedKey::from(separator));
            let reason = Reason::mismatch("last key of a data block", expected, last.to_string());
            return Err(source.corrupt(Part::Data, at.offset, reason));
        }
        // The next block must begin above the separator, or a lookup would search this one.
        self.last = Some(separator.into());
        Ok(())
    }

    fn entry(&mut self, at: Handle, key: InternalKey<'_>, value: &[u8]) -> Result<()> {
        let corrupt = |reason| Err(self.table.source.corrupt(Part::Data, at.offset, reason));
        if let Some(last) = self.last.as_ref().filter(|last| key <= last.as_key()) {
            let expected = format!("a key above {last}");
            let key = OwnedKey::from(key).to_string();
            return corrupt(Reason::mismatch("order of the keys", expected, key));
        }
        let filter = self.filter.as_ref();
        if filter.is_some_and(|filter| !filter.may_contain(key.user_key)) {
            let key = OwnedKey::from(key);
            return corrupt(Reason::mismatch(
                "filter",
                format!("{key} to pass"),
                "it does not",
            ));
        }
        let last = self.last.as_ref();
        let is_new_key = last.is_none_or(|last| last.user_key != key.user_key);
        self.seen.count(key, value, is_new_key);
        self.last = Some(key.into());
        Ok(())
    }
}
