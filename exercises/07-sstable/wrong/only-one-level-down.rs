//! The cursor goes down one level and stops there: the levels below stay where they were.

impl<T: Borrow<Table>> Cursor<T> {
    fn descend(&mut self, level: usize, position: Move<'_>) -> Result<()> {
        for level in level..self.depth.min(level + 1) {
            let parent = &self.levels[level - 1];
            if !parent.cursor.is_valid() {
                return Ok(());
            }
            let table = self.table.borrow();
            let handle = table.child(level, parent.handle, parent.cursor.value())?;
            self.enter(level, handle)?;
            self.apply(level, position)?;
        }
        Ok(())
    }
}
