//! Forward and backward: the same, the other way round.

use std::cmp::Ordering;

use ferrisdb_core::{InternalKey, Source};

use crate::head::order;

/// Which way a merge goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

impl Direction {
    /// An order as this direction sees it: `Less` is what comes first on the way.
    #[inline]
    pub(crate) fn see(self, order: Ordering) -> Ordering {
        match self {
            Self::Forward => order,
            Self::Backward => order.reverse(),
        }
    }

    /// Moves a source one version on.
    pub(crate) fn step<S: Source>(self, source: &mut S) -> Result<(), S::Error> {
        match self {
            Self::Forward => source.next(),
            Self::Backward => source.prev(),
        }
    }

    /// Moves a source to where this direction begins.
    pub(crate) fn start<S: Source>(self, source: &mut S) -> Result<(), S::Error> {
        match self {
            Self::Forward => source.seek_to_first(),
            Self::Backward => source.seek_to_last(),
        }
    }

    /// Turns a source round that went the other way: moves it to its first version past `entry`.
    ///
    /// It was at its last version that was not past `entry`, seen from here, so one step is
    /// enough. If it had come to its end, all of it lies past `entry`. Only a memtable may have
    /// grown since, and then there are some versions more to step over.
    pub(crate) fn turn<S: Source>(
        self,
        source: &mut S,
        entry: InternalKey<'_>,
    ) -> Result<(), S::Error> {
        todo!("move the source to its first version past `entry`, seen in this direction")
    }
}
