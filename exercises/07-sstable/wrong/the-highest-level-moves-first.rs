//! The highest index level moves first, so the rest of each part is skipped.

impl<T: Borrow<Table>> Cursor<T> {
    fn turn(&mut self, step: Move<'_>, start: Move<'_>) -> Result<()> {
        for level in 0..self.depth - 1 {
            self.apply(level, step)?;
            if self.levels[level].cursor.is_valid() {
                return self.descend(level + 1, start);
            }
        }
        Ok(())
    }
}
