//! The larger list gets a seed of its own, so its towers are not those that were measured.

impl Memtable {
    fn first_list(&self, timestamp: Timestamp, entries: &[BatchEntry<'_>]) -> Result<SkipList> {
        let list = SkipList::new(self.size_budget, self.seed)?;
        let needed = size_in(&list, timestamp, entries);
        if needed <= list.capacity() {
            return Ok(list);
        }
        Ok(SkipList::new(needed, self.seed + 1)?)
    }
}
