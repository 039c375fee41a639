//! A block that cannot be read is taken for the end of the table, in silence.

impl<T: Borrow<Table>> Cursor<T> {
    fn turn(&mut self, step: Move<'_>, start: Move<'_>) -> Result<()> {
        for level in (0..self.depth - 1).rev() {
            self.apply(level, step)?;
            if self.levels[level].cursor.is_valid() {
                let _ = self.descend(level + 1, start);
                return Ok(());
            }
        }
        Ok(())
    }
}
