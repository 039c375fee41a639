//! The search ends at the restart point, and never goes on to the target.

impl Cursor {
    pub fn seek(&mut self, target: InternalKey<'_>) -> Result<()> {
        self.entry = None;
        // The keys at restart points below `low` come before the target, those from `high` on
        // do not.
        let (mut low, mut high) = (0, self.block.restart_count());
        while low < high {
            let middle = low.midpoint(high);
            match self.compare_restart(middle, target)? {
                Ordering::Less => low = middle + 1,
                Ordering::Equal | Ordering::Greater => high = middle,
            }
        }
        self.read_restart(low.saturating_sub(1))?;
        Ok(())
    }
}
