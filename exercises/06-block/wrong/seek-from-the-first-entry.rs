//! There is no binary search: every seek begins at the first entry.

impl Cursor {
    pub fn seek(&mut self, target: InternalKey<'_>) -> Result<()> {
        self.seek_to_first()?;
        while self.is_valid() && self.key() < target {
            self.next()?;
        }
        Ok(())
    }
}
