//! The list has room for the first batch and for nothing else, however small that batch is.

impl Memtable {
    fn first_list(&self, timestamp: Timestamp, entries: &[BatchEntry<'_>]) -> Result<SkipList> {
        let list = SkipList::new(self.size_budget, self.seed)?;
        let needed = size_in(&list, timestamp, entries);
        Ok(SkipList::new(needed, self.seed)?)
    }
}
