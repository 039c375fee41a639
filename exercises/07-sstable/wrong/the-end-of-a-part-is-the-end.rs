//! Only the lowest index level is asked, so the end of a part of the index is the end of the
//! table.

impl<T: Borrow<Table>> Cursor<T> {
    fn turn(&mut self, step: Move<'_>, start: Move<'_>) -> Result<()> {
        for level in (self.depth - 2..self.depth - 1).rev() {
            self.apply(level, step)?;
            if self.levels[level].cursor.is_valid() {
                return self.descend(level + 1, start);
            }
        }
        Ok(())
    }
}
