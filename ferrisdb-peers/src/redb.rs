//! redb: a B+ tree whose pages are copied when they change, so a different kind of store.

use std::path::Path;

use ferrisdb_workload::{Entry, Error, Result, Target, Tuning};
use redb::{Database, Durability, ReadableDatabase, TableDefinition, TableError};

const NAME: &str = "redb";
const KEYS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("keys");

fn failed(error: impl Into<redb::Error>) -> Error {
    Error::target(NAME, error.into())
}

/// redb, to be measured. Its memory for writes is part of its cache.
pub(crate) struct Redb(Database);

impl Redb {
    pub(crate) fn open(directory: &Path, tuning: Tuning) -> Result<Self> {
        let made = std::fs::create_dir_all(directory);
        made.map_err(|error| Error::target(NAME, error))?;
        let cache = tuning.cache + tuning.memtable;
        let db = Database::builder()
            .set_cache_size(usize::try_from(cache).unwrap_or(usize::MAX))
            .create(directory.join("redb"))
            .map_err(failed)?;
        let store = Self(db);
        // So that the table exists for whoever reads first. Where it does, opening writes nothing.
        if !store.has_table()? {
            store.write(&[], true)?;
        }
        Ok(store)
    }

    fn has_table(&self) -> Result<bool> {
        let transaction = self.0.begin_read().map_err(failed)?;
        match transaction.open_table(KEYS) {
            Ok(_) => Ok(true),
            Err(TableError::TableDoesNotExist(_)) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }
}

impl Target for Redb {
    fn name(&self) -> &'static str {
        NAME
    }

    fn put(&self, entry: Entry<'_>, sync: bool) -> Result<()> {
        self.write(&[entry], sync)
    }

    fn write(&self, entries: &[Entry<'_>], sync: bool) -> Result<()> {
        let mut transaction = self.0.begin_write().map_err(failed)?;
        let durability = if sync {
            Durability::Immediate
        } else {
            Durability::None
        };
        transaction.set_durability(durability).map_err(failed)?;
        {
            let mut table = transaction.open_table(KEYS).map_err(failed)?;
            for (key, value) in entries {
                table.insert(*key, *value).map_err(failed)?;
            }
        }
        transaction.commit().map_err(failed)
    }

    fn get(&self, key: &[u8], meet: &mut dyn FnMut(&[u8])) -> Result<bool> {
        let transaction = self.0.begin_read().map_err(failed)?;
        let table = transaction.open_table(KEYS).map_err(failed)?;
        let value = table.get(key).map_err(failed)?;
        if let Some(value) = &value {
            meet(value.value());
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
        let transaction = self.0.begin_read().map_err(failed)?;
        let table = transaction.open_table(KEYS).map_err(failed)?;
        let mut all = match (from, reverse) {
            (None, _) => table.range::<&[u8]>(..),
            (Some(from), false) => table.range(from..),
            (Some(from), true) => table.range(..=from),
        }
        .map_err(failed)?;
        for _ in 0..limit {
            let next = if reverse { all.next_back() } else { all.next() };
            let Some(entry) = next else { break };
            let (key, value) = entry.map_err(failed)?;
            meet((key.value(), value.value()));
        }
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        self.write(&[], true)?;
        self.0.close().map_err(failed)
    }
}
