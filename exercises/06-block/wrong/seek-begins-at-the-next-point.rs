//! The search goes on from the first restart point at or after the target, and so passes the
//! entries of the interval before it.

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
        self.read_restart(low)?;
        while self.is_valid() && self.key() < target {
            self.next()?;
        }
        Ok(())
    }
}
