//! Reading a table.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use ferrisdb_block::{Block, Filter, Handle, Kind};
use ferrisdb_core::{Access, Environment, Found, InternalKey, IoContext, Operation, Timestamp};
use ferrisdb_format::HEADER_SIZE;

use crate::cache::{Cached, CachedFilter, Key};
use crate::source::Source;
use crate::tail::Tail;
use crate::{Cache, Cursor, FOOTER_SIZE, Footer, Part, Properties, ReadOptions, Result, TableFile};

/// An open table. Any number of threads may read it at once.
#[derive(Debug)]
pub struct Table {
    pub(crate) source: Source,
    pub(crate) footer: Footer,
    properties: Properties,
    cache: Arc<Cache>,
    /// What the cache calls this table.
    id: u64,
    /// Filter and index, unless they lie in the cache.
    pinned: Option<Pinned>,
}

/// What of a table can stay in memory.
#[derive(Debug)]
struct Pinned {
    filter: Option<Filter>,
    /// The blocks of the index, by offset; the upper one is the last.
    index: Vec<(Handle, Block)>,
}

/// A part of the file that a read had to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// What it was.
    pub part: Part,
    /// Where it lies in the file.
    pub handle: Handle,
    /// Where it came from.
    pub from: Origin,
}

/// Where a part of a table came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// It stays in memory as long as the table is open.
    Memory,
    /// It was in the cache.
    Cache,
    /// It was read from the file.
    File,
}

impl Table {
    /// Opens the table of that number in `directory`, with three reads: the header, the footer,
    /// and all that lies between the data and the footer.
    pub fn open(
        environment: &Environment,
        directory: &Path,
        number: u64,
        cache: Arc<Cache>,
        options: &ReadOptions,
    ) -> Result<Self> {
        let path = TableFile::new(directory, number).path;
        let file = environment.fs.open(&path, Access::Read);
        let file = file.context("open", &path)?;
        let size = file.size().context("ask the size of", &path)?;
        let source = Source {
            file,
            path,
            number,
            size,
        };
        let tail = Tail::read(&source)?;
        let mut table = Self {
            source,
            footer: tail.footer,
            properties: tail.properties,
            id: cache.next_table(),
            cache,
            pinned: None,
        };
        if options.pin {
            table.pinned = Some(Pinned {
                filter: tail.filter.map(|(_, filter)| filter),
                index: tail.index,
            });
        } else {
            for (handle, block) in tail.index {
                table.remember(Kind::Index, handle, &block);
            }
            if let Some((handle, filter)) = tail.filter {
                table.remember_filter(handle, filter);
            }
        }
        Ok(table)
    }

    /// What is known about the table as a whole.
    pub fn properties(&self) -> &Properties {
        &self.properties
    }

    /// The number of the file.
    pub fn number(&self) -> u64 {
        self.source.number
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.source.path
    }

    /// The size of the file, in bytes.
    pub fn size(&self) -> u64 {
        self.source.size
    }

    /// Where in the file everything is.
    pub fn footer(&self) -> &Footer {
        &self.footer
    }

    /// Whether any key of the table may lie between these two, both included.
    pub fn overlaps(&self, first: &[u8], last: &[u8]) -> bool {
        let Properties {
            entries,
            smallest_key,
            largest_key,
            ..
        } = &self.properties;
        *entries > 0 && &**smallest_key <= last && first <= &**largest_key
    }

    /// The newest version of a key at or before a timestamp, copied. `None` if the table knows
    /// nothing of the key at that time.
    pub fn get(
        &self,
        user_key: impl AsRef<[u8]>,
        as_of: Timestamp,
    ) -> Result<Option<Found<Vec<u8>>>> {
        let found = self.lookup(user_key.as_ref(), as_of, &mut |_| ())?;
        Ok(found.map(|found| found.map(|value| value.to_vec())))
    }

    /// Like [`get`](Self::get), without copying: the value shares the memory of its block, and
    /// keeps all of that block in memory as long as it lives.
    pub fn get_pinned(
        &self,
        user_key: impl AsRef<[u8]>,
        as_of: Timestamp,
    ) -> Result<Option<Found<Bytes>>> {
        self.lookup(user_key.as_ref(), as_of, &mut |_| ())
    }

    /// Like [`get_pinned`](Self::get_pinned), and tells `touched` of every part of the file that
    /// it looked at, in order.
    ///
    /// The filter may know that the key is not there. Otherwise each level of the index leads
    /// to one block of the level below, down to the one data block that can hold the key.
    pub fn lookup(
        &self,
        user_key: &[u8],
        as_of: Timestamp,
        touched: &mut impl FnMut(Touch),
    ) -> Result<Option<Found<Bytes>>> {
        if !self.may_contain(user_key, touched)? {
            return Ok(None);
        }
        // No version that a reader at `as_of` may see comes before this one.
        let target = InternalKey {
            user_key,
            timestamp: as_of,
            operation: Operation::Put,
        };
        let (mut kind, mut handle) = (Kind::Index, self.footer.index);
        let mut cursor = self.index_block(handle, touched)?.cursor();
        cursor
            .seek(target)
            .map_err(self.source.damaged(kind, handle))?;
        for level in 1..=self.footer.index_levels as usize {
            if !cursor.is_valid() {
                return Ok(None);
            }
            let next = self.child(level, handle, cursor.value())?;
            (kind, handle) = (self.kind_at(level), next);
            cursor.set_block(match kind {
                Kind::Data => self.block(kind, handle, touched)?,
                _ => self.index_block(handle, touched)?,
            });
            cursor
                .seek(target)
                .map_err(self.source.damaged(kind, handle))?;
        }
        if !cursor.is_valid() || cursor.key().user_key != user_key {
            return Ok(None);
        }
        Ok(Some(match cursor.key().operation {
            Operation::Put => Found::Value(cursor.value_bytes()),
            Operation::Delete => Found::Deleted,
        }))
    }

    /// A cursor over all entries, at none yet. It goes through the blocks once, in order, and
    /// can be told to leave the cache alone.
    pub fn cursor(&self) -> Cursor<&Self> {
        Cursor::new(self)
    }

    /// Whether the filter lets a key pass; `false` is certain.
    fn may_contain(&self, user_key: &[u8], touched: &mut impl FnMut(Touch)) -> Result<bool> {
        let Some(handle) = self.footer.filter else {
            return Ok(true);
        };
        let mut touch = |from| {
            let part = Part::Filter;
            touched(Touch { part, handle, from });
        };
        if let Some(Pinned {
            filter: Some(filter),
            ..
        }) = &self.pinned
        {
            touch(Origin::Memory);
            return Ok(filter.may_contain(user_key));
        }
        if let Some(Cached::Filter(cached)) = self.cache.get(self.key(handle)) {
            touch(Origin::Cache);
            return Ok(cached.filter.may_contain(user_key));
        }
        let frame = self.source.frame(Kind::Filter, handle)?;
        touch(Origin::File);
        let filter = self.source.filter(handle, frame)?;
        let may_contain = filter.may_contain(user_key);
        self.remember_filter(handle, filter);
        Ok(may_contain)
    }

    /// A block of the index, which may be pinned.
    pub(crate) fn index_block(
        &self,
        handle: Handle,
        touched: &mut impl FnMut(Touch),
    ) -> Result<Block> {
        if let Some(Pinned { index, .. }) = &self.pinned
            && let Ok(at) = index.binary_search_by_key(&handle.offset, |(at, _)| at.offset)
        {
            let (part, from) = (Part::Index, Origin::Memory);
            touched(Touch { part, handle, from });
            return Ok(index[at].1.clone());
        }
        let block = self.block(Kind::Index, handle, touched)?;
        self.source.check_index(&self.footer, handle, &block)?;
        Ok(block)
    }

    /// The block at `handle`, of which `touched` is told. It comes from the cache; one that is not
    /// there is read from the file and put into the cache once it was found to be whole.
    pub fn block(
        &self,
        kind: Kind,
        handle: Handle,
        touched: &mut impl FnMut(Touch),
    ) -> Result<Block> {
        let part = kind.into();
        if let Some(block) = self.cached(kind, handle) {
            let from = Origin::Cache;
            touched(Touch { part, handle, from });
            return Ok(block);
        }
        let frame = self.source.frame(kind, handle)?;
        let from = Origin::File;
        touched(Touch { part, handle, from });
        let block = self.source.block(kind, handle, frame)?;
        self.remember(kind, handle, &block);
        Ok(block)
    }

    /// A block that lies in the cache, if it is of that kind.
    pub(crate) fn cached(&self, kind: Kind, handle: Handle) -> Option<Block> {
        match self.cache.get(self.key(handle)) {
            Some(Cached::Block { kind: found, block }) if found == kind => Some(block),
            _ => None,
        }
    }

    /// Puts a block of that kind into the cache.
    pub(crate) fn remember(&self, kind: Kind, handle: Handle, block: &Block) {
        let block = block.clone();
        self.cache
            .insert(self.key(handle), Cached::Block { kind, block });
    }

    /// Puts the filter into the cache.
    fn remember_filter(&self, handle: Handle, filter: Filter) {
        let size = handle.size as usize;
        let cached = Cached::Filter(Arc::new(CachedFilter { filter, size }));
        self.cache.insert(self.key(handle), cached);
    }

    /// Where an index entry of the block at `parent` leads: to a block of this level, where 0 is
    /// the upper index.
    pub(crate) fn child(&self, level: usize, parent: Handle, entry: &[u8]) -> Result<Handle> {
        let what = self.kind_at(level).into();
        self.source
            .handle(parent, entry, what, self.place_of(level))
    }

    /// What the blocks of a level are.
    pub(crate) fn kind_at(&self, level: usize) -> Kind {
        if level < self.footer.index_levels as usize {
            Kind::Index
        } else {
            Kind::Data
        }
    }

    /// Where the blocks of a level lie.
    fn place_of(&self, level: usize) -> Range<u64> {
        match self.kind_at(level) {
            Kind::Data => HEADER_SIZE as u64..self.footer.tail,
            _ => self.footer.tail..self.source.size - FOOTER_SIZE as u64,
        }
    }

    fn key(&self, handle: Handle) -> Key {
        Key {
            table: self.id,
            offset: handle.offset,
        }
    }
}
