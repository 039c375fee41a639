//! Whether the batch is empty is asked first, so a frozen table accepts it.

impl Memtable {
    pub fn write(&self, timestamp: Timestamp, batch: &Batch) -> Result<()> {
        batch.check()?;
        if batch.is_empty() {
            return Ok(());
        }
        let frozen = self.frozen.read().unwrap_or_else(PoisonError::into_inner);
        if *frozen {
            return Err(Error::Frozen);
        }
        let entries = in_order(batch);
        let list = self.list_for(timestamp, &entries)?;
        let mut room = list.reserve(size_in(list, timestamp, &entries))?;
        self.refuse_duplicates(list, timestamp, &entries)?;
        for entry in &entries {
            room.insert(version::of(entry, timestamp), entry.value)?;
        }
        Ok(())
    }
}
