//! Where the index leads nowhere, the cursor goes to the last block in place of none.

impl<T: Borrow<Table>> Cursor<T> {
    fn descend(&mut self, level: usize, position: Move<'_>) -> Result<()> {
        for level in level..self.depth {
            let parent = &self.levels[level - 1];
            if !parent.cursor.is_valid() {
                return self.seek_to_last();
            }
            let table = self.table.borrow();
            let handle = table.child(level, parent.handle, parent.cursor.value())?;
            self.enter(level, handle)?;
            self.apply(level, position)?;
        }
        Ok(())
    }
}
