//! A large first batch gets the budget on top of its own room.

impl Memtable {
    fn first_list(&self, timestamp: Timestamp, entries: &[BatchEntry<'_>]) -> Result<SkipList> {
        let list = SkipList::new(self.size_budget, self.seed)?;
        let needed = size_in(&list, timestamp, entries);
        if needed <= list.capacity() {
            return Ok(list);
        }
        Ok(SkipList::new(self.size_budget + needed, self.seed)?)
    }
}
