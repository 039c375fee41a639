//! fjall.

use std::path::Path;

use ferrisdb_workload::{Entry, Error, Result, Target, Tuning};
use fjall::config::CompressionPolicy;
use fjall::{CompressionType, Database, Keyspace, KeyspaceCreateOptions, PersistMode};

const NAME: &str = "fjall";

fn failed(error: fjall::Error) -> Error {
    Error::target(NAME, error)
}

/// fjall, to be measured.
pub(crate) struct Fjall {
    db: Database,
    keys: Keyspace,
}

impl Fjall {
    pub(crate) fn open(directory: &Path, tuning: Tuning) -> Result<Self> {
        let db = Database::builder(directory)
            .cache_size(tuning.cache)
            // As many as ours, to flush and to compact; by default as many as processors, up to four.
            .worker_threads(2)
            .open()
            .map_err(failed)?;
        let options = || {
            // By default the upper levels are not compressed; the others compress all.
            KeyspaceCreateOptions::default()
                .max_memtable_size(tuning.memtable)
                .data_block_compression_policy(CompressionPolicy::all(CompressionType::Lz4))
        };
        let keys = db.keyspace("keys", options).map_err(failed)?;
        Ok(Self { db, keys })
    }

    fn sync(&self, sync: bool) -> Result<()> {
        if sync {
            self.db.persist(PersistMode::SyncData).map_err(failed)?;
        }
        Ok(())
    }
}

impl Target for Fjall {
    fn name(&self) -> &'static str {
        NAME
    }

    fn put(&self, (key, value): Entry<'_>, sync: bool) -> Result<()> {
        self.keys.insert(key, value).map_err(failed)?;
        self.sync(sync)
    }

    fn write(&self, entries: &[Entry<'_>], sync: bool) -> Result<()> {
        let mut batch = self.db.batch();
        for (key, value) in entries {
            batch.insert(&self.keys, *key, *value);
        }
        batch.commit().map_err(failed)?;
        self.sync(sync)
    }

    fn get(&self, key: &[u8], meet: &mut dyn FnMut(&[u8])) -> Result<bool> {
        let value = self.keys.get(key).map_err(failed)?;
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
        let mut all = match (from, reverse) {
            (None, _) => self.keys.iter(),
            (Some(from), false) => self.keys.range(from..),
            (Some(from), true) => self.keys.range(..=from),
        };
        for _ in 0..limit {
            let next = if reverse { all.next_back() } else { all.next() };
            let Some(entry) = next else { break };
            let (key, value) = entry.into_inner().map_err(failed)?;
            meet((&key, &value));
        }
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        self.db.persist(PersistMode::SyncAll).map_err(failed)
    }
}
