//! A restart point that cannot be read counts as one before the target, and the search goes on as
//! if nothing had been seen.

impl Cursor {
    pub fn seek(&mut self, target: InternalKey<'_>) -> Result<()> {
        self.entry = None;
        let (mut low, mut high) = (0, self.block.restart_count());
        while low < high {
            let middle = low.midpoint(high);
            match self
                .compare_restart(middle, target)
                .unwrap_or(Ordering::Less)
            {
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
