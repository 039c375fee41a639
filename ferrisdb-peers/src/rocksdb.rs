//! RocksDB.

use std::path::Path;

use ferrisdb_workload::{Entry, Error, Result, Target, Tuning};
use rocksdb::{BlockBasedOptions, Cache, DB, DBCompressionType, Options, WriteBatch, WriteOptions};

const NAME: &str = "rocksdb";

fn failed(error: rocksdb::Error) -> Error {
    Error::target(NAME, error)
}

/// `RocksDB`, to be measured.
pub(crate) struct Rocks(DB);

impl Rocks {
    pub(crate) fn open(directory: &Path, tuning: Tuning) -> Result<Self> {
        let size = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
        let mut blocks = BlockBasedOptions::default();
        blocks.set_block_cache(&Cache::new_lru_cache(size(tuning.cache)));
        blocks.set_bloom_filter(10.0, false);
        let mut options = Options::default();
        options.create_if_missing(true);
        options.set_block_based_table_factory(&blocks);
        options.set_write_buffer_size(size(tuning.memtable));
        // As many as ours; two by default.
        options.set_max_write_buffer_number(3);
        options.set_compression_type(DBCompressionType::Lz4);
        // One thread to flush and one to compact, as ours.
        options.set_max_background_jobs(2);
        Ok(Self(DB::open(&options, directory).map_err(failed)?))
    }
}

fn mode(sync: bool) -> WriteOptions {
    let mut options = WriteOptions::default();
    options.set_sync(sync);
    options
}

impl Target for Rocks {
    fn name(&self) -> &'static str {
        NAME
    }

    fn put(&self, (key, value): Entry<'_>, sync: bool) -> Result<()> {
        self.0.put_opt(key, value, &mode(sync)).map_err(failed)
    }

    fn write(&self, entries: &[Entry<'_>], sync: bool) -> Result<()> {
        let mut batch = WriteBatch::default();
        for (key, value) in entries {
            batch.put(key, value);
        }
        self.0.write_opt(batch, &mode(sync)).map_err(failed)
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
        // The raw iterator lends keys and values; the other one copies them.
        let mut all = self.0.raw_iterator();
        match (from, reverse) {
            (None, false) => all.seek_to_first(),
            (None, true) => all.seek_to_last(),
            (Some(from), false) => all.seek(from),
            (Some(from), true) => all.seek_for_prev(from),
        }
        let mut left = limit;
        while left > 0
            && let Some(entry) = all.item()
        {
            meet(entry);
            left -= 1;
            if left == 0 {
                break;
            }
            if reverse {
                all.prev();
            } else {
                all.next();
            }
        }
        all.status().map_err(failed)
    }

    fn close(self: Box<Self>) -> Result<()> {
        self.0.cancel_all_background_work(true);
        Ok(())
    }
}
