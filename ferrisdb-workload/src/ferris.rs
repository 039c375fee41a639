//! Our own store.

use std::path::Path;

use ferrisdb_storage::{Batch, Db, Options, SyncMode};

use crate::{Entry, Error, Result, Target, Tuning};

/// FerrisDB, to be measured.
#[derive(Debug)]
pub struct Ferris(Db);

const NAME: &str = "ferrisdb";

fn failed(error: ferrisdb_storage::Error) -> Error {
    Error::target(NAME, error)
}

fn mode(sync: bool) -> SyncMode {
    if sync { SyncMode::Data } else { SyncMode::None }
}

impl Ferris {
    /// Opens the database in a directory, which is created if need be.
    pub fn open(directory: &Path, tuning: Tuning) -> Result<Self> {
        let options = Options::new()
            .sync_mode(SyncMode::None)
            .cache_size(tuning.cache)
            .memtable_size(usize::try_from(tuning.memtable).unwrap_or(usize::MAX));
        Ok(Self(Db::open_with(directory, options).map_err(failed)?))
    }
}

impl Target for Ferris {
    fn name(&self) -> &'static str {
        NAME
    }

    fn put(&self, (key, value): Entry<'_>, sync: bool) -> Result<()> {
        let mut batch = Batch::new();
        batch.put(key, value);
        self.0.write_with(&batch, mode(sync)).map_err(failed)
    }

    fn write(&self, entries: &[Entry<'_>], sync: bool) -> Result<()> {
        let mut batch = Batch::new();
        for (key, value) in entries {
            batch.put(key, value);
        }
        self.0.write_with(&batch, mode(sync)).map_err(failed)
    }

    fn get(&self, key: &[u8], meet: &mut dyn FnMut(&[u8])) -> Result<bool> {
        let value = self.0.get_pinned(key).map_err(failed)?;
        if let Some(value) = &value {
            meet(value);
        }
        Ok(value.is_some())
    }

    fn scan(
        &self,
        from: Option<&[u8]>,
        reverse: bool,
        limit: u64,
        meet: &mut dyn FnMut(Entry<'_>),
    ) -> Result<()> {
        let mut cursor = self.0.cursor();
        match (from, reverse) {
            (None, false) => cursor.seek_to_first(),
            (None, true) => cursor.seek_to_last(),
            (Some(from), false) => cursor.seek(from),
            (Some(from), true) => cursor.seek_for_prev(from),
        }
        .map_err(failed)?;
        let mut left = limit;
        while left > 0 && cursor.is_valid() {
            meet((cursor.key(), cursor.value()));
            left -= 1;
            if left == 0 {
                break;
            }
            if reverse {
                cursor.prev()
            } else {
                cursor.next()
            }
            .map_err(failed)?;
        }
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        self.0.close().map_err(failed)
    }
}
