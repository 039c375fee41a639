//! An index cursor that fails counts as one at its end, so the scan ends early and in silence.

impl<T: Borrow<Table>> Cursor<T> {
    fn turn(&mut self, step: Move<'_>, start: Move<'_>) -> Result<()> {
        for level in (0..self.depth - 1).rev() {
            let moved = self.apply(level, step).is_ok();
            if moved && self.levels[level].cursor.is_valid() {
                return self.descend(level + 1, start);
            }
        }
        Ok(())
    }
}
