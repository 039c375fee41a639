//! `Batch::size` is taken for the size in the list: it counts what a file needs, and every double.

impl Memtable {
    pub fn write(&self, timestamp: Timestamp, batch: &Batch) -> Result<()> {
        batch.check()?;
        let frozen = self.frozen.read().unwrap_or_else(PoisonError::into_inner);
        if *frozen {
            return Err(Error::Frozen);
        }
        let entries = in_order(batch);
        if entries.is_empty() {
            return Ok(());
        }
        let list = self.list_for(timestamp, &entries)?;
        let (needed, left) = (batch.size(), list.capacity() - list.memory_used());
        if needed > left {
            return Err(Error::Full { needed, left });
        }
        self.refuse_duplicates(list, timestamp, &entries)?;
        for entry in &entries {
            list.insert(version::of(entry, timestamp), entry.value)?;
        }
        Ok(())
    }
}
