//! In each block the cursor starts at the first entry, also on its way back.

impl<T: Borrow<Table>> Cursor<T> {
    fn turn(&mut self, step: Move<'_>, start: Move<'_>) -> Result<()> {
        for level in (0..self.depth - 1).rev() {
            self.apply(level, step)?;
            if self.levels[level].cursor.is_valid() {
                return self.descend(level + 1, &BlockCursor::seek_to_first);
            }
        }
        Ok(())
    }
}
