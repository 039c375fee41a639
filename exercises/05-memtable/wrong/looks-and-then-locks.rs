//! Whether the table is frozen is asked first and the lock is taken afterwards: between the two, freeze may come and go.

impl Memtable {
    pub fn write(&self, timestamp: Timestamp, batch: &Batch) -> Result<()> {
        batch.check()?;
        if self.is_frozen() {
            return Err(Error::Frozen);
        }
        let _frozen = self.frozen.read().unwrap_or_else(PoisonError::into_inner);
        let entries = in_order(batch);
        if entries.is_empty() {
            return Ok(());
        }
        let list = self.list_for(timestamp, &entries)?;
        let mut room = list.reserve(size_in(list, timestamp, &entries))?;
        self.refuse_duplicates(list, timestamp, &entries)?;
        for entry in &entries {
            room.insert(version::of(entry, timestamp), entry.value)?;
        }
        Ok(())
    }
}
