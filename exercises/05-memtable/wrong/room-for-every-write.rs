//! Room is taken for all writes of the batch, also for those that a later one of the same key replaces.

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
        let mut room = list.reserve(size_in(list, timestamp, &batch.iter().collect::<Vec<_>>()))?;
        self.refuse_duplicates(list, timestamp, &entries)?;
        for entry in &entries {
            room.insert(version::of(entry, timestamp), entry.value)?;
        }
        Ok(())
    }
}
