//! The cursor goes over to the right block and is left at no entry of it.

impl<T: Borrow<Table>> Cursor<T> {
    fn descend(&mut self, level: usize, position: Move<'_>) -> Result<()> {
        for level in level..self.depth {
            let parent = &self.levels[level - 1];
            if !parent.cursor.is_valid() {
                return Ok(());
            }
            let table = self.table.borrow();
            let handle = table.child(level, parent.handle, parent.cursor.value())?;
            self.enter(level, handle)?;
        }
        Ok(())
    }
}
