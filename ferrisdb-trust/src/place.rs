//! Where an error says that something is damaged.

use std::path::Path;

use ferrisdb_storage::{Error, engine, manifest, sstable, wal};

/// The file that an error names, and the offset in it where the error has one. Batches are missing in
/// a directory. `None` is an error that says nothing of the kind.
pub(crate) fn place(error: &Error) -> Option<(&Path, Option<u64>)> {
    match error {
        Error::Corruption(found) => Some((&found.path, Some(found.offset))),
        Error::OtherTable { path } | Error::TooNew { path, .. } | Error::Settings { path, .. } => {
            Some((path, None))
        }
        Error::Log(
            wal::Error::NotASegment { path, .. }
            | wal::Error::TooLarge { path, .. }
            | wal::Error::NewerVersion { path, .. },
        ) => Some((path, None)),
        Error::Table(error) => match &**error {
            sstable::Error::Corruption(found) => Some((&found.path, Some(found.offset))),
            sstable::Error::NotATable { path, .. } | sstable::Error::NewerVersion { path, .. } => {
                Some((path, None))
            }
            _ => None,
        },
        Error::Manifest(error) => match &**error {
            manifest::Error::Corruption(found) => Some((&found.path, Some(found.offset))),
            manifest::Error::MissingCurrent { path, .. }
            | manifest::Error::MissingManifest { path }
            | manifest::Error::MissingTable { path, .. }
            | manifest::Error::NotOurs { path, .. }
            | manifest::Error::TooLarge { path, .. }
            | manifest::Error::NewerVersion { path, .. } => Some((path, None)),
            _ => None,
        },
        Error::Engine(error) => match &**error {
            engine::Error::MissingBatches { directory, .. } => Some((directory, None)),
            _ => None,
        },
        _ => None,
    }
}
