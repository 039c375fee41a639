//! The restart points are compared by their user keys only, so a search among the versions of a key
//! begins at the first of them.

impl Cursor {
    pub fn seek(&mut self, target: InternalKey<'_>) -> Result<()> {
        self.entry = None;
        let (mut low, mut high) = (0, self.block.restart_count());
        let newest = InternalKey {
            timestamp: ferrisdb_core::Timestamp(u64::MAX),
            ..target
        };
        while low < high {
            let middle = low.midpoint(high);
            match self.compare_restart(middle, newest)? {
                Ordering::Less => low = middle + 1,
                Ordering::Equal | Ordering::Greater => high = middle,
            }
        }
        self.read_restart(low.saturating_sub(1))?;
        while self.is_valid() && self.key() < target {
            self.next()?;
        }
        Ok(())
    }
}
