//! Whatever a part of the index says, a cursor blames the upper index.

impl<T: Borrow<Table>> Cursor<T> {
    fn descend(&mut self, level: usize, position: Move<'_>) -> Result<()> {
        for level in level..self.depth {
            let parent = &self.levels[level - 1];
            if !parent.cursor.is_valid() {
                return Ok(());
            }
            let table = self.table.borrow();
            let handle = table.child(level, self.levels[0].handle, parent.cursor.value())?;
            self.enter(level, handle)?;
            self.apply(level, position)?;
        }
        Ok(())
    }
}
