//! The index always moves forward, also on the way back.

impl<T: Borrow<Table>> Cursor<T> {
    fn turn(&mut self, step: Move<'_>, start: Move<'_>) -> Result<()> {
        for level in (0..self.depth - 1).rev() {
            self.apply(level, &BlockCursor::next)?;
            if self.levels[level].cursor.is_valid() {
                return self.descend(level + 1, start);
            }
        }
        Ok(())
    }
}
