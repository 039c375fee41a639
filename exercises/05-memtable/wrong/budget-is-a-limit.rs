//! A first batch larger than the budget is refused, by this table and by every new one.

impl Memtable {
    fn first_list(&self, timestamp: Timestamp, entries: &[BatchEntry<'_>]) -> Result<SkipList> {
        Ok(SkipList::new(self.size_budget, self.seed)?)
    }
}
