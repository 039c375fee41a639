//! The restart points are tried one after the other.

impl Cursor {
    pub fn seek(&mut self, target: InternalKey<'_>) -> Result<()> {
        self.entry = None;
        let mut low = 0;
        while low < self.block.restart_count()
            && self.compare_restart(low, target)? == Ordering::Less
        {
            low += 1;
        }
        self.read_restart(low.saturating_sub(1))?;
        while self.is_valid() && self.key() < target {
            self.next()?;
        }
        Ok(())
    }
}
