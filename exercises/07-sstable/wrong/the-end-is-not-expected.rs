//! That the index may lead nowhere is not expected, so the cursor asks for an entry that is not
//! there.

impl<T: Borrow<Table>> Cursor<T> {
    fn descend(&mut self, level: usize, position: Move<'_>) -> Result<()> {
        for level in level..self.depth {
            let parent = &self.levels[level - 1];
            let table = self.table.borrow();
            let handle = table.child(level, parent.handle, parent.cursor.value())?;
            self.enter(level, handle)?;
            self.apply(level, position)?;
        }
        Ok(())
    }
}
