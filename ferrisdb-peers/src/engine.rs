//! The stores that this program was built with.

use std::path::Path;

use ferrisdb_workload::{Ferris, Result, Target, Tuning};

/// Opens the store in a directory.
type Open = fn(&Path, Tuning) -> Result<Box<dyn Target>>;

/// A store that can be measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    pub(crate) open: Open,
}

/// Ours, and those whose feature is on.
pub(crate) const ALL: &[Engine] = &[
    Engine {
        name: "ferrisdb",
        open: |directory, tuning| Ok(Box::new(Ferris::open(directory, tuning)?)),
    },
    #[cfg(feature = "fjall")]
    Engine {
        name: "fjall",
        open: |directory, tuning| Ok(Box::new(crate::fjall::Fjall::open(directory, tuning)?)),
    },
    #[cfg(feature = "redb")]
    Engine {
        name: "redb",
        open: |directory, tuning| Ok(Box::new(crate::redb::Redb::open(directory, tuning)?)),
    },
    #[cfg(feature = "rocksdb")]
    Engine {
        name: "rocksdb",
        open: |directory, tuning| Ok(Box::new(crate::rocksdb::Rocks::open(directory, tuning)?)),
    },
];

/// The store of a name.
pub(crate) fn named(name: &str) -> Option<Engine> {
    ALL.iter().find(|engine| engine.name == name).copied()
}
