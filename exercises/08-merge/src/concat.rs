//! Sources whose ranges do not overlap, one behind the other.
//!
//! ```text
//!   pieces      ┌ apple … cherry ┐  ┌ fig … plum ┐  ┌ quince … tomato ┐
//!   open                              ▲ this one
//! ```

use std::sync::Arc;

use ferrisdb_core::{InternalKey, Source};

use crate::head::order;

/// A piece of a [`Concat`]: a source that is not open yet, and the range of its versions.
///
/// In the engine this is a table of one level below level 0.
pub trait Piece {
    /// What it is once it is open.
    type Source: Source<Error = Self::Error>;

    /// What can go wrong while opening or reading it.
    type Error;

    /// Its first version, or something before it and behind the piece before.
    fn smallest(&self) -> InternalKey<'_>;

    /// Its last version, or something behind it and before the next piece.
    fn largest(&self) -> InternalKey<'_>;

    /// Opens it, at no version.
    fn open(&self) -> Result<Self::Source, Self::Error>;
}

/// Pieces whose ranges do not overlap, as one source.
///
/// A piece is opened when the way leads to it, and at most one is open at a time.
#[derive(Debug)]
pub struct Concat<P: Piece> {
    pieces: Arc<[P]>,
    /// The number of the piece that is open, and its source.
    open: Option<(usize, P::Source)>,
}

impl<P: Piece> Concat<P> {
    /// Pieces in the order of their ranges, at no version yet. Opens none of them.
    pub fn new(pieces: impl Into<Arc<[P]>>) -> Self {
        Self {
            pieces: pieces.into(),
            open: None,
        }
    }

    /// The source of the piece with this number, opened if it is not open.
    ///
    /// The one that was open is closed first: where opening fails, nothing is left to be at.
    fn enter(&mut self, number: usize) -> Result<&mut P::Source, P::Error> {
        todo!(
            "the source of that piece: the one that is open, or one that is opened now, after the other was closed"
        )
    }

    /// Goes to the first version of the piece `number`, or of the next one that has any.
    fn first_from(&mut self, number: usize) -> Result<(), P::Error> {
        for number in number..self.pieces.len() {
            let source = self.enter(number)?;
            source.seek_to_first()?;
            if source.is_valid() {
                return Ok(());
            }
        }
        self.open = None;
        Ok(())
    }

    /// Goes to the last version of the pieces before `number`.
    fn last_before(&mut self, number: usize) -> Result<(), P::Error> {
        for number in (0..number).rev() {
            let source = self.enter(number)?;
            source.seek_to_last()?;
            if source.is_valid() {
                return Ok(());
            }
        }
        self.open = None;
        Ok(())
    }

    /// The open source at whose version this is.
    fn current(&self) -> &P::Source {
        let open = self.open.as_ref();
        let (_, source) = open.expect("asked for its entry only where `is_valid` says so");
        source
    }
}

impl<P: Piece> Source for Concat<P> {
    type Error = P::Error;

    fn seek_to_first(&mut self) -> Result<(), P::Error> {
        self.first_from(0)
    }

    fn seek_to_last(&mut self) -> Result<(), P::Error> {
        self.last_before(self.pieces.len())
    }

    fn seek(&mut self, target: InternalKey<'_>) -> Result<(), P::Error> {
        let ends_before = |piece: &P| order(piece.largest(), target).is_lt();
        let number = self.pieces.partition_point(ends_before);
        if number < self.pieces.len() {
            let source = self.enter(number)?;
            source.seek(target)?;
            if source.is_valid() {
                return Ok(());
            }
        }
        self.first_from(number + 1)
    }

    fn seek_for_prev(&mut self, target: InternalKey<'_>) -> Result<(), P::Error> {
        todo!(
            "find the last piece that begins at or before `target`, and search it; if it has nothing there, go on before it"
        )
    }

    fn next(&mut self) -> Result<(), P::Error> {
        if let Some((number, source)) = &mut self.open
            && source.is_valid()
        {
            source.next()?;
            if !source.is_valid() {
                let next = *number + 1;
                return self.first_from(next);
            }
        }
        Ok(())
    }

    fn prev(&mut self) -> Result<(), P::Error> {
        if let Some((number, source)) = &mut self.open
            && source.is_valid()
        {
            source.prev()?;
            if !source.is_valid() {
                let number = *number;
                return self.last_before(number);
            }
        }
        Ok(())
    }

    fn is_valid(&self) -> bool {
        self.open
            .as_ref()
            .is_some_and(|(_, source)| source.is_valid())
    }

    fn key(&self) -> InternalKey<'_> {
        self.current().key()
    }

    fn value(&self) -> &[u8] {
        self.current().value()
    }
}
