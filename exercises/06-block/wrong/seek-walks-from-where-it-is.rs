//! A cursor that stands before the target walks on from there, and not from the nearest restart
//! point, so a search through a large block reads all of it.

impl Cursor {
    pub fn seek(&mut self, target: InternalKey<'_>) -> Result<()> {
        if self.is_valid() && self.key() <= target {
            while self.is_valid() && self.key() < target {
                self.next()?;
            }
            return Ok(());
        }
        self.entry = None;
        let (mut low, mut high) = (0, self.block.restart_count());
        while low < high {
            let middle = low.midpoint(high);
            match self.compare_restart(middle, target)? {
                Ordering::Less => low = middle + 1,
                Ordering::Equal | Ordering::Greater => high = middle,
            }
        }
        self.scan(low.saturating_sub(1), target)
    }
}
