//! The list is made before the batch is checked, with room for a batch that is then refused; the one that comes next is no longer the first.

impl Memtable {
    pub fn write(&self, timestamp: Timestamp, batch: &Batch) -> Result<()> {
        let frozen = self.frozen.read().unwrap_or_else(PoisonError::into_inner);
        if *frozen {
            return Err(Error::Frozen);
        }
        let entries = in_order(batch);
        if entries.is_empty() {
            return Ok(());
        }
        let list = self.list_for(timestamp, &entries)?;
        batch.check()?;
        let mut room = list.reserve(size_in(list, timestamp, &entries))?;
        self.refuse_duplicates(list, timestamp, &entries)?;
        for entry in &entries {
            room.insert(version::of(entry, timestamp), entry.value)?;
        }
        Ok(())
    }
}
