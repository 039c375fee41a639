//! The lock is let go right after the look at it (`*self.frozen.read()` in one expression), so the table can be frozen in the middle of the write.

impl Memtable {
    pub fn write(&self, timestamp: Timestamp, batch: &Batch) -> Result<()> {
        batch.check()?;
        if *self.frozen.read().unwrap_or_else(PoisonError::into_inner) {
            return Err(Error::Frozen);
        }
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
