//! *Given.* The sources that a cursor merges.

use std::convert::Infallible;
use std::sync::Arc;

use ferrisdb_core::{InternalKey, Source};
use ferrisdb_merge::{Concat, Piece};
use ferrisdb_skiplist::OwnedCursor;
use ferrisdb_sstable::{self as sstable, Table};

use crate::super_version::Live;
use crate::{Error, Result};

/// A sorted source of versions.
#[derive(Debug)]
pub(crate) enum Part {
    Memtable(OwnedCursor),
    Table(sstable::Cursor<Arc<Table>>),
    /// The tables of a level whose ranges do not overlap.
    Level(Concat<Live>),
}

impl Piece for Live {
    type Source = TableSource;
    type Error = Error;

    fn smallest(&self) -> InternalKey<'_> {
        self.meta.smallest.as_key()
    }

    fn largest(&self) -> InternalKey<'_> {
        self.meta.largest.as_key()
    }

    fn open(&self) -> Result<TableSource> {
        Ok(TableSource(sstable::Cursor::new(Arc::clone(&self.table))))
    }
}

/// A cursor over a table, with the errors of this crate.
#[derive(Debug)]
pub(crate) struct TableSource(sstable::Cursor<Arc<Table>>);

/// A call that cannot fail.
fn never(result: Result<(), Infallible>) -> Result<()> {
    result.map_err(|never| match never {})
}

macro_rules! moves {
    ($($name:ident ( $($argument:ident : $type:ty)? )),*) => {
        $(fn $name(&mut self, $($argument: $type)?) -> Result<()> {
            match self {
                Part::Memtable(source) => never(Source::$name(source, $($argument)?)),
                Part::Table(source) => Ok(source.$name($($argument)?)?),
                Part::Level(source) => source.$name($($argument)?),
            }
        })*
    };
}

impl Source for Part {
    type Error = Error;

    moves!(
        seek_to_first(),
        seek_to_last(),
        seek(target: InternalKey<'_>),
        seek_for_prev(target: InternalKey<'_>),
        next(),
        prev()
    );

    fn is_valid(&self) -> bool {
        match self {
            Self::Memtable(source) => source.is_valid(),
            Self::Table(source) => source.is_valid(),
            Self::Level(source) => source.is_valid(),
        }
    }

    fn key(&self) -> InternalKey<'_> {
        match self {
            Self::Memtable(source) => source.key(),
            Self::Table(source) => source.key(),
            Self::Level(source) => source.key(),
        }
    }

    fn value(&self) -> &[u8] {
        match self {
            Self::Memtable(source) => source.value(),
            Self::Table(source) => source.value(),
            Self::Level(source) => source.value(),
        }
    }
}

impl Source for TableSource {
    type Error = Error;

    fn seek_to_first(&mut self) -> Result<()> {
        Ok(self.0.seek_to_first()?)
    }

    fn seek_to_last(&mut self) -> Result<()> {
        Ok(self.0.seek_to_last()?)
    }

    fn seek(&mut self, target: InternalKey<'_>) -> Result<()> {
        Ok(self.0.seek(target)?)
    }

    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<()> {
        Ok(self.0.seek_for_prev(target)?)
    }

    fn next(&mut self) -> Result<()> {
        Ok(self.0.next()?)
    }

    fn prev(&mut self) -> Result<()> {
        Ok(self.0.prev()?)
    }

    fn is_valid(&self) -> bool {
        self.0.is_valid()
    }

    fn key(&self) -> InternalKey<'_> {
        self.0.key()
    }

    fn value(&self) -> &[u8] {
        self.0.value()
    }
}
