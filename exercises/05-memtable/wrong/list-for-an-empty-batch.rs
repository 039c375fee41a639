//! The list is made before it is known whether there is anything to write. It has room for the budget, and the large batch that comes next is no longer the first.

impl Memtable {
    pub fn write(&self, timestamp: Timestamp, batch: &Batch) -> Result<()> {
        batch.check()?;
        let frozen = self.frozen.read().unwrap_or_else(PoisonError::into_inner);
        if *frozen {
            return Err(Error::Frozen);
        }
        let entries = in_order(batch);
        let list = self.list_for(timestamp, &entries)?;
        if entries.is_empty() {
            return Ok(());
        }
        let mut room = list.reserve(size_in(list, timestamp, &entries))?;
        self.refuse_duplicates(list, timestamp, &entries)?;
        for entry in &entries {
            room.insert(version::of(entry, timestamp), entry.value)?;
        }
        Ok(())
    }
}
